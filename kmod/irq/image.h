/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image: the distributor's registers in memory that EL1 and EL2 share, a page for the VM
 * and words in the vCPU's context for what is private. EL2 answers reads from it, and carries
 * out some writes in it (el2/image/answer_dist.h).
 *
 * Whether an interrupt is enabled, its priority and its targets are only in the image. EL1
 * changes them under irq->lock; EL2 takes no lock, so all changes are atomic. Groups and
 * configuration are copies of what struct hvk_irq has.
 *
 * EL2 changes these registers only for interrupts that are quiet: not pending, the line low,
 * not active, on no ap_list, in no list register. Whatever their registers say, EL1 has nothing
 * to do for them. All others have their bit "busy" set, beside the registers. EL1 sets it,
 * under irq->lock, before an interrupt becomes pending or active or its line rises, and
 * clears it when the interrupt is quiet again. SGIs, and the timer's PPI that EL2 delivers,
 * are always busy: hvk_direct_arm() has told EL2 what their list registers are to be. So is
 * an interrupt that was made edge-triggered while its line was high, until it is
 * level-sensitive again.
 *
 * How the two meet:
 *
 *	EL1			EL2
 *	sets busy		reads busy; if it is set, changes nothing: a full exit
 *	full barrier		changes the register
 *	reads the register	full barrier
 *				reads busy again
 *
 * If EL1 reads the register as it was before, EL2 finds busy set at its second look. Then the
 * guest's instruction is complete, but its vCPU first leaves the guest for EL1, which moves
 * the interrupt where it belongs by now (fast.recheck, hvk_direct_finish()). The write is not
 * repeated there: another vCPU may have seen this one, and have made one of its own since.
 * Nor is it made before a full exit, which may end in an exception of the guest's instead.
 * If EL2 finds busy clear again, the interrupt was over before this write was. Between the
 * two looks the register may change under irq->lock, as GICD_CTLR may at any time: code that
 * reads it twice there has to cope with that.
 *
 * tests/unit/vgic_el2_test.cc runs both sides' code in many orders: EL1's steps (an injection,
 * a round trip of a vCPU) before each access of EL2's, and EL2's store before each of EL1's
 * looks at the register; vgic_el2_writers_test.cc has two vCPUs write. There each access is
 * seen at once, so that no test shows what the barriers are for.
 */
#ifndef HVK_IRQ_IMAGE_H
#define HVK_IRQ_IMAGE_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/lockdep.h>

#include "irq/irq.h"

struct hvk_vm;

/* After a change of the interrupt's group or configuration, irq->lock held (or not needed yet). */
void hvk_image_copy(const struct hvk_irq *irq);
/* GICD_CTLR and the registers that tell what this distributor is. */
void hvk_image_word(struct hvk_vm *vm, u32 offset, u32 val);

/* Sets irq->at: where its registers are. */
void hvk_image_place(struct hvk_irq *irq);

/* In words that have a bit for each interrupt. */
static inline u32 hvk_image_bit(const struct hvk_irq *irq)
{
	return BIT(irq->intid % 32);
}

static inline u32 *hvk_image_enabled(const struct hvk_irq *irq)
{
	return &irq->image[irq->at.enabled];
}

static inline u8 *hvk_image_priority(const struct hvk_irq *irq)
{
	return (u8 *)irq->image + irq->at.priority;
}

static inline u8 *hvk_image_targets(const struct hvk_irq *irq)
{
	return (u8 *)irq->image + irq->at.targets;
}

static inline atomic_t *hvk_image_busy(const struct hvk_irq *irq)
{
	return (atomic_t *)&irq->image[irq->at.busy];
}

/* --- what is in the image alone; of a quiet interrupt it changes at any time ------------- */

static inline bool hvk_irq_enabled(const struct hvk_irq *irq)
{
	return READ_ONCE(*hvk_image_enabled(irq)) & hvk_image_bit(irq);
}

static inline u8 hvk_irq_priority(const struct hvk_irq *irq)
{
	return READ_ONCE(*hvk_image_priority(irq));
}

static inline u8 hvk_irq_targets(const struct hvk_irq *irq)
{
	return READ_ONCE(*hvk_image_targets(irq));
}

/* irq->lock held, or nobody else knows the interrupt yet. */
static inline void hvk_irq_set_enabled(struct hvk_irq *irq, bool enabled)
{
	atomic_t *word = (atomic_t *)hvk_image_enabled(irq);

	if (enabled)
		atomic_or(hvk_image_bit(irq), word);
	else
		atomic_andnot(hvk_image_bit(irq), word);
}

static inline void hvk_irq_set_priority(struct hvk_irq *irq, u8 priority)
{
	WRITE_ONCE(*hvk_image_priority(irq), priority);
}

static inline void hvk_irq_set_targets(struct hvk_irq *irq, u8 targets)
{
	WRITE_ONCE(*hvk_image_targets(irq), targets);
}

/* --- busy ------------------------------------------------------------------------------ */

/*
 * irq->lock held (or nobody else knows the interrupt yet), before it stops being quiet. Who
 * reads its registers afterwards under the lock sees what EL2 wrote while it was quiet.
 */
static inline void hvk_irq_set_busy(struct hvk_irq *irq)
{
	atomic_t *busy = hvk_image_busy(irq);

	if (atomic_read(busy) & hvk_image_bit(irq))
		return;
	atomic_or(hvk_image_bit(irq), busy);
	/* busy is set before the registers are read; pairs with EL2's DMB in dist_changed(). */
	smp_mb__after_atomic();
}

static inline bool hvk_irq_quiet(const struct hvk_irq *irq)
{
	return !irq->hw && !hvk_irq_is_sgi(irq) && !irq->vcpu && !irq->in_lr && !irq->latch &&
	       !irq->level && !irq->active;
}

/* irq->lock held, after changes: clears busy if the interrupt is quiet. */
static inline void hvk_irq_drop_busy(struct hvk_irq *irq)
{
	lockdep_assert_held(&irq->lock);
	/* No order is needed: the registers of a quiet interrupt decide nothing. */
	if (hvk_irq_quiet(irq) && atomic_read(hvk_image_busy(irq)) & hvk_image_bit(irq))
		atomic_andnot(hvk_image_bit(irq), hvk_image_busy(irq));
}

#endif /* HVK_IRQ_IMAGE_H */
