// SPDX-License-Identifier: GPL-2.0-only
/*
 * The distributor's image (EL1, any context): the parts of it that are copies. EL2 reads
 * them; a write that another vCPU makes at the same time may or may not be seen, as on
 * hardware.
 */
#include <linux/atomic.h>
#include <linux/bits.h>

#include "core/vm.h"
#include "el2/image/el2_abi.h"
#include "irq/gicd_regs.h"
#include "irq/image.h"

/* The word is that of several interrupts. */
static void put_bits(u32 *word, u32 mask, u32 val)
{
	atomic_t *a = (atomic_t *)word;

	atomic_or(val, a);
	atomic_andnot(mask & ~val, a);
}

void hvk_image_place(struct hvk_irq *irq)
{
	unsigned int word = irq->intid / 32, byte = irq->intid;
	bool private = irq->intid < HVK_NR_PRIVATE;

	irq->at = (struct hvk_irq_place){
		.enabled = private ? HVK_GICD_ENABLE : GICD_ISENABLER / sizeof(u32) + word,
		.busy = private ? HVK_GICD_BUSY : HVK_IMAGE_BUSY / sizeof(u32) + word,
		.priority = (private ? HVK_GICD_PRIORITY * sizeof(u32) : GICD_IPRIORITYR) + byte,
		.targets = (private ? HVK_GICD_TARGETS * sizeof(u32) : GICD_ITARGETSR) + byte,
	};
}

void hvk_image_copy(const struct hvk_irq *irq)
{
	bool private = irq->intid < HVK_NR_PRIVATE;
	u32 *group = &irq->image[private ? HVK_GICD_GROUP : GICD_IGROUPR / sizeof(u32)];
	u32 *config = &irq->image[private ? HVK_GICD_CONFIG : GICD_ICFGR / sizeof(u32)];
	u32 shift = irq->intid % 16 * 2;

	put_bits(&group[irq->intid / 32], hvk_image_bit(irq), irq->group1 ? hvk_image_bit(irq) : 0);
	put_bits(&config[irq->intid / 16], 3u << shift, (irq->edge ? ICFGR_EDGE : 0) << shift);
}

void hvk_image_word(struct hvk_vm *vm, u32 offset, u32 val)
{
	WRITE_ONCE(vm->vgic.image[offset / sizeof(u32)], val);
}
