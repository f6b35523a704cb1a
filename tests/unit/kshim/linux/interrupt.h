/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_INTERRUPT_H
#define KSHIM_INTERRUPT_H

#include <linux/types.h>

typedef enum { IRQ_NONE, IRQ_HANDLED } irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *dev);

enum irqchip_irq_state { IRQCHIP_STATE_ACTIVE };

/* The bench's. */
int irq_set_irqchip_state(unsigned int irq, enum irqchip_irq_state which, bool on);

#endif
