/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_IRQFLAGS_H
#define KSHIM_IRQFLAGS_H

#define local_irq_save(flags)		((flags) = 0)
#define local_irq_restore(flags)	((void)(flags))
#define local_irq_disable()		((void)0)
#define local_irq_enable()		((void)0)
#define irqs_disabled()			1

#endif
