/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_SPINLOCK_H
#define KSHIM_SPINLOCK_H

#include <asm/barrier.h>
#include <linux/bitops.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/types.h>

typedef struct {
	struct kshim_lock kshim;
} raw_spinlock_t, spinlock_t, rwlock_t;

#define KSHIM_UNLOCKED			{ { 0 } }
#define DEFINE_SPINLOCK(name)		spinlock_t name = KSHIM_UNLOCKED
#define DEFINE_RAW_SPINLOCK(name)	raw_spinlock_t name = KSHIM_UNLOCKED

#define raw_spin_lock_init(l)		((l)->kshim.held = 0)
#define raw_spin_lock(l)		kshim_acquire(&(l)->kshim)
#define raw_spin_unlock(l)		kshim_release(&(l)->kshim)
#define raw_spin_lock_irq(l)		raw_spin_lock(l)
#define raw_spin_unlock_irq(l)		raw_spin_unlock(l)
#define raw_spin_lock_irqsave(l, f)					\
	do { local_irq_save(f); raw_spin_lock(l); } while (0)
#define raw_spin_unlock_irqrestore(l, f)				\
	do { raw_spin_unlock(l); local_irq_restore(f); } while (0)

#define spin_lock_init(l)		raw_spin_lock_init(l)
#define spin_lock(l)			raw_spin_lock(l)
#define spin_unlock(l)			raw_spin_unlock(l)
#define spin_lock_irq(l)		raw_spin_lock(l)
#define spin_unlock_irq(l)		raw_spin_unlock(l)
#define spin_lock_irqsave(l, f)		raw_spin_lock_irqsave(l, f)
#define spin_unlock_irqrestore(l, f)	raw_spin_unlock_irqrestore(l, f)

#define rwlock_init(l)			raw_spin_lock_init(l)
#define read_lock(l)			raw_spin_lock(l)
#define read_unlock(l)			raw_spin_unlock(l)
#define write_lock(l)			raw_spin_lock(l)
#define write_unlock(l)			raw_spin_unlock(l)

#endif
