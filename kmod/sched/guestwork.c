// SPDX-License-Identifier: GPL-2.0-only
/*
 * The work that the kernel wants done before a thread enters a guest (process context):
 * a reschedule, task work, the return to the VMM for a signal.
 *
 * Until 6.17 the kernel's own function for that takes a struct kvm_vcpu, in which it
 * records a signal. hvk has no such structure and passes a dummy that nobody reads.
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
 * A kernel without KVM. Task work is only done on the way back to userspace, so the ioctl
 * is left and restarted by the kernel: the VMM sees EINTR for a signal alone.
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
