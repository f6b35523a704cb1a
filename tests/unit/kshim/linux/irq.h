/* SPDX-License-Identifier: GPL-2.0-only */
/* Per-CPU interrupts that somebody else has requested and enabled. */
#ifndef KSHIM_IRQ_H
#define KSHIM_IRQ_H

#include <linux/interrupt.h>

static inline bool irq_has_action(unsigned int irq) { return true; }
static inline bool irq_percpu_is_enabled(unsigned int irq) { return true; }
static inline unsigned int irq_get_trigger_type(unsigned int irq) { return 0; }
static inline void enable_percpu_irq(unsigned int irq, unsigned int type) { }
static inline void disable_percpu_irq(unsigned int irq) { }
static inline int irq_set_vcpu_affinity(unsigned int irq, void *info) { return 0; }
static inline void free_percpu_irq(unsigned int irq, void *dev) { }

static inline int request_percpu_irq(unsigned int irq, irq_handler_t handler,
				     const char *name, void *dev)
{
	return 0;
}

#endif
