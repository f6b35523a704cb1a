// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an instruction of the guest has begun and takes long (EL1, the vCPU's
 * thread): as long as the guest has memory, or interrupts. At a partition's
 * priority nobody preempts its thread, so the work is cut into steps of
 * microseconds, and between them the RUN loop does what it does between two
 * entries: it looks at signals and requests, and waits for the next window if
 * this one is over. The guest is entered when all is done.
 *
 * To the guest the instruction is not complete before. The VMM that a signal
 * brings back in between sees it as executed: PC and registers are those behind
 * it, the rest is owed to the next KVM_RUN, as the answer to an MMIO exit is.
 * That holds up whatever happens meanwhile:
 * - Other vCPUs run, and may begin the same: each goes through all by itself,
 *   and a step that is done twice does no harm.
 * - Memory comes, goes and moves: it is cleaned as it is mapped and as it is
 *   unmapped (memory/table.c), so that an IPA says well enough where to go on.
 * - Registers are read and written (KVM_GET_ONE_REG and so on): the work depends on
 *   none of them. Moved to another VM, the guest finds its memory clean there,
 *   as all of it is mapped anew, and its interrupts where the VMM's writes to
 *   the vGIC put them.
 * - KVM_ARM_VCPU_INIT unmaps all memory, which cleans it: see vcpu.c. PSCI
 *   CPU_ON of a vCPU that the VMM stopped leaves the work to be done.
 */
#include <linux/bitops.h>
#include <linux/irqflags.h>

#include "core/unfinished.h"
#include "core/vcpu.h"
#include "irq/vgic.h"
#include "memory/stage2.h"
#include "run/unfinished.h"
#include "sched/frame.h"

/* true: done; else *at says where to go on. */
typedef bool (*step_fn)(struct hvk_vm *vm, u64 *at);

static const step_fn steps[HVK_UNFINISHED_KINDS] = {
	[HVK_UNFINISHED_CLEAN]	= hvk_s2_clean_step,
	[HVK_UNFINISHED_VGIC]	= hvk_vgic_update_step,
};

int hvk_unfinished_step(struct hvk_vcpu *vcpu)
{
	unsigned int kind = __ffs(vcpu->unfinished.due);
	bool may_run;

	/* The same look as before an entry: the window counts as used, too. */
	local_irq_disable();
	may_run = hvk_frame_enter(vcpu);
	local_irq_enable();
	if (may_run && steps[kind](vcpu->vm, &vcpu->unfinished.at[kind]))
		hvk_unfinished_drop(&vcpu->unfinished, kind);
	return 1;
}
