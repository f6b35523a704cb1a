// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a thread owes the kernel before it enters a guest (process context):
 * a reschedule, task work, the return to the VMM for a signal.
 *
 * The kernel's own function for that notes a signal in the vCPU of its KVM
 * that it is given (until 6.17), so it gets one that stands for all of ours
 * and that nobody reads.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "base/compat.h"
#include "sched/guestwork.h"

#ifdef HVK_XFER_WORK_VCPU
#include <linux/kvm_host.h>

static struct kvm_run nobodys_run;
static struct kvm_vcpu nobody = { .run = &nobodys_run };

int hvk_guest_work(void)
{
	return xfer_to_guest_mode_handle_work(&nobody);
}
#elif defined(HVK_XFER_WORK)
int hvk_guest_work(void)
{
	return xfer_to_guest_mode_handle_work();
}
#else
/*
 * A kernel without KVM. What only the way back to the VMM does (task work) is done
 * there, and then KVM_RUN goes on by itself: a VMM sees EINTR for a signal alone.
 */
int hvk_guest_work(void)
{
	if (signal_pending(current))
		return -EINTR;
	if (need_resched())
		schedule();
	return test_thread_flag(TIF_NOTIFY_RESUME) ? restart_syscall() : 0;
}
#endif
