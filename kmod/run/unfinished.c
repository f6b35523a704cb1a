// SPDX-License-Identifier: GPL-2.0-only
/*
 * Long work that one instruction of the guest has begun (EL1, the vCPU's thread). Its length
 * grows with the guest's memory or the number of its interrupts. A partition's thread is
 * SCHED_FIFO and not preempted by others, so the work is cut into steps of microseconds.
 * Between steps the RUN loop does what it does between two entries: it handles signals and
 * requests, and waits for the next window if this one is over. The guest is entered when all
 * work is done.
 *
 * For the guest, the instruction is not complete before. If a signal ends KVM_RUN in
 * between, the VMM sees the instruction as executed: PC and registers are those after it.
 * The remaining work is done by the next KVM_RUN, as is the completion of an MMIO exit. This
 * is correct whatever happens in between:
 * - Other vCPUs run and may begin the same work: each does all of it by itself, and a step
 *   that is done twice does no harm.
 * - Memory is mapped, unmapped or moved: it is cleaned when it is mapped and when it is
 *   unmapped (memory/table.c), so that an IPA is enough to tell where to go on.
 * - Registers are read and written (KVM_GET_ONE_REG and so on): the work depends on none of
 *   them. If the guest is moved to a new VM, its memory is clean there, as all of it is
 *   mapped anew, and its interrupts are as the VMM's writes to the vGIC set them.
 * - KVM_ARM_VCPU_INIT unmaps all memory, which cleans it: abi/vcpu_fd.c. PSCI CPU_ON of a
 *   vCPU that the VMM has stopped leaves the work due.
 */
#include <linux/bitops.h>
#include <linux/irqflags.h>

#include "core/unfinished.h"
#include "core/vcpu.h"
#include "irq/vgic.h"
#include "memory/stage2.h"
#include "run/unfinished.h"
#include "sched/frame.h"

/* Does one step from *at on. true: all is done; false: *at is where the next step begins. */
typedef bool (*step_fn)(struct hvk_vm *vm, u64 *at);

static const step_fn steps[HVK_UNFINISHED_KINDS] = {
	[HVK_UNFINISHED_CLEAN]	= hvk_s2_clean_step,
	[HVK_UNFINISHED_VGIC]	= hvk_vgic_update_step,
};

int hvk_unfinished_step(struct hvk_vcpu *vcpu)
{
	unsigned int kind = __ffs(vcpu->unfinished.due);
	bool may_run;

	/* The same check as before an entry, so that the window also counts as used. */
	local_irq_disable();
	may_run = hvk_frame_enter(vcpu);
	local_irq_enable();
	if (may_run && steps[kind](vcpu->vm, &vcpu->unfinished.at[kind]))
		hvk_unfinished_drop(&vcpu->unfinished, kind);
	return 1;
}
