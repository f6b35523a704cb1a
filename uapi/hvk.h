/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The ioctls of /dev/hvk: those of KVM on arm64 (<linux/kvm.h>), and the few
 * below that are hvk's own. Its own calls are strict: an unknown flag or
 * padding that is not zero is EINVAL.
 */
#ifndef _UAPI_HVK_H
#define _UAPI_HVK_H

#include <linux/types.h>
#include <linux/ioctl.h>
#include <linux/kvm.h>

/* hvk's own ioctl type; KVM's is 0xAE. */
#define HVKIO 0xB7

/* Who answers at EL2, in hvk_host_info.el2_owner. */
#define HVK_EL2_STUB	0	/* the kernel's hyp-stub: free */
#define HVK_EL2_KVM	1	/* the kernel's own KVM */
#define HVK_EL2_HVK	2	/* this module */

/* Bits of hvk_host_info.mitigations. */
#define HVK_MITIG_V2_FIRMWARE	(1 << 0) /* SMCCC_ARCH_WORKAROUND_1 at each exit */
#define HVK_MITIG_BHB_FIRMWARE	(1 << 1) /* SMCCC_ARCH_WORKAROUND_3 at each exit */
#define HVK_MITIG_BHB_LOOP	(1 << 2) /* branch-history loop at each exit */
#define HVK_MITIG_V2_MISSING	(1 << 3) /* a PE needs it, firmware lacks it */
#define HVK_MITIG_SPEC_AT	(1 << 4) /* speculative AT (1319367, kin) worked around */
#define HVK_MITIG_V4_FIRMWARE	(1 << 5) /* SMCCC_ARCH_WORKAROUND_2 is on in guests, always */
#define HVK_MITIG_V4_OPEN	(1 << 6) /* store bypass: a guest's own affair, or unmitigated */

/**
 * struct hvk_host_info - what the module found on this host
 * @size: size of the structure as the caller knows it, in bytes; the module
 *	fills no more than that and writes back what it knows
 * @el2_owner: HVK_EL2_* of the CPU that answers
 * @gic_version: 2 or 3
 * @vtimer_intid: INTID of the EL1 virtual timer's PPI
 * @maint_intid: INTID of the GIC's maintenance PPI
 * @gic_nr_lr: number of list registers
 * @vmid_bits: 8 or 16
 * @ipa_bits: size of the largest guest physical address space, in bits
 * @mitigations: HVK_MITIG_*
 * @refusal: why EL2 was last not to be had, and what to do; empty if it was
 *	(NUL-terminated)
 *
 * HVK_HOST_INFO on /dev/hvk; read-only, any context. EFAULT, EINVAL (a size
 * below that of the first three fields).
 */
struct hvk_host_info {
	__u32 size;
	__u32 el2_owner;
	__u32 gic_version;
	__u32 vtimer_intid;
	__u32 maint_intid;
	__u32 gic_nr_lr;
	__u32 vmid_bits;
	__u32 ipa_bits;
	__u64 mitigations;
	char refusal[216];
};

#define HVK_HOST_INFO	_IOWR(HVKIO, 0x00, struct hvk_host_info)

/* --- vCPUs: what they did ------------------------------------------------------------ */

/* Kinds of exits, indices of hvk_vcpu_stats.exits. */
#define HVK_STAT_IRQ		0	/* a host interrupt */
#define HVK_STAT_WFI		1
#define HVK_STAT_WFE		2
#define HVK_STAT_HVC		3	/* hypercalls, PSCI */
#define HVK_STAT_SMC		4
#define HVK_STAT_SYSREG		5	/* trapped system registers, AArch32's too */
#define HVK_STAT_MMIO_KERNEL	6	/* answered by the module: the distributor */
#define HVK_STAT_MMIO_USER	7	/* went to the VMM */
#define HVK_STAT_MEMORY		8	/* stage-2 faults on guest memory */
#define HVK_STAT_OTHER		9
#define HVK_STAT_KINDS		10

/**
 * struct hvk_vcpu_stats - counters of one vCPU since its creation
 * @size: size of the structure as the caller knows it, in bytes; the module
 *	fills no more than that and writes back what it knows
 * @pad: 0
 * @guest_ns: time in guest mode
 * @exits: HVK_STAT_*
 *
 * HVK_VCPU_STATS on a vCPU's fd; also while another thread is in KVM_RUN. EFAULT, EINVAL
 * (size below that of the first three fields, padding).
 */
struct hvk_vcpu_stats {
	__u32 size;
	__u32 pad;
	__u64 guest_ns;
	__u64 exits[HVK_STAT_KINDS];
};

#define HVK_VCPU_STATS	_IOWR(HVKIO, 0x01, struct hvk_vcpu_stats)

/* --- hypercalls ---------------------------------------------------------------------- */

/*
 * HVK_VM_PARA on a VM's fd, before its first vCPU: switches the hypercalls of
 * hvk_para.h on. Those about time are on without it.
 */
#define HVK_PARA_TO_VMM	(1 << 0)	/* those that the module does not answer go to the VMM */
#define HVK_PARA_LOCKED	(1 << 1)	/* memory is prefaulted: executable from its mapping on */

/**
 * struct hvk_vm_para - what kind of guest this is
 * @flags: HVK_PARA_*
 * @pad: 0
 *
 * A hypercall that goes to the VMM ends KVM_RUN with KVM_EXIT_HYPERCALL: nr is
 * the function, args[0..2] are x1 to x3, ret is HVK_PARA_ENOSUP. At the next
 * KVM_RUN x0 is set to ret and x1 to x3 to args[0..2]. EINVAL (flags, padding),
 * EBUSY (there is a vCPU).
 */
struct hvk_vm_para {
	__u32 flags;
	__u32 pad;
};

#define HVK_VM_PARA	_IOW(HVKIO, 0x02, struct hvk_vm_para)

/* --- event channels ------------------------------------------------------------------ */

/*
 * HVK_CREATE_CHANNEL on /dev/hvk: the fd of a channel without ends.
 * HVK_CHANNEL_NOTIFY on that fd: as if a sender had notified. Any thread.
 */
#define HVK_CREATE_CHANNEL	_IO(HVKIO, 0x03)
#define HVK_CHANNEL_NOTIFY	_IO(HVKIO, 0x04)

#define HVK_CHANNEL_SEND	(1 << 0)
#define HVK_CHANNEL_RECEIVE	(1 << 1)

/**
 * struct hvk_channel_bind - makes a VM an end of a channel
 * @channel_fd: the channel
 * @number: what the guest calls it, 0 to 63; one channel a number and VM
 * @role: HVK_CHANNEL_SEND or HVK_CHANNEL_RECEIVE, not both
 * @intid: of the receiver an SPI, which is edge-triggered; of a sender 0
 * @event_fd: an eventfd that is signalled with each notification that the
 *	receiver gets, or -1; of a sender -1
 * @pad: 0
 *
 * HVK_BIND_CHANNEL on a VM's fd. Binding lasts as long as the VM. A channel
 * has any number of senders and at most one receiver at a time; notifications
 * without a receiver stay pending for the next. EBADF, EINVAL, EEXIST (number),
 * EBUSY (another receiver), ENODEV (a receiver whose vGIC is not initialised).
 */
struct hvk_channel_bind {
	__s32 channel_fd;
	__u32 number;
	__u32 role;
	__u32 intid;
	__s32 event_fd;
	__u32 pad;
};

#define HVK_BIND_CHANNEL	_IOW(HVKIO, 0x05, struct hvk_channel_bind)

/* --- the cyclic schedule ------------------------------------------------------------- */

#define HVK_FRAME_WINDOWS	64
#define HVK_FRAME_MIN_NS	100000ULL	/* major frame: 100 us to 10 s */
#define HVK_FRAME_MAX_NS	10000000000ULL
#define HVK_WINDOW_MIN_NS	20000ULL

/**
 * struct hvk_window - a part of each major frame on one CPU
 * @cpu: the host's number of it
 * @owner: number of the partition whose vCPU runs then, 0 to 63
 * @offset_ns: from the frame's start
 * @length_ns: at least HVK_WINDOW_MIN_NS
 */
struct hvk_window {
	__u32 cpu;
	__u32 owner;
	__u64 offset_ns;
	__u64 length_ns;
};

/**
 * struct hvk_frame - a schedule
 * @size: of this structure, in bytes
 * @nr_windows: 1 to HVK_FRAME_WINDOWS
 * @major_ns: length of the major frame
 * @window: by CPU and offset ascending, without overlap, within the frame
 *
 * HVK_CREATE_FRAME on /dev/hvk: the fd of a schedule that stands still. Needs
 * CAP_SYS_NICE, as its threads will be SCHED_FIFO. EPERM, EINVAL, ENODEV (a
 * CPU that is not online), EBUSY (a CPU has windows of another schedule).
 */
struct hvk_frame {
	__u32 size;
	__u32 nr_windows;
	__u64 major_ns;
	struct hvk_window window[HVK_FRAME_WINDOWS];
};

#define HVK_CREATE_FRAME	_IOW(HVKIO, 0x06, struct hvk_frame)

/**
 * struct hvk_frame_start - when the first frame begins
 * @start_ns: CLOCK_MONOTONIC; in the past: as soon as all CPUs are ready
 *
 * HVK_FRAME_START on the schedule's fd. EBUSY (it runs). HVK_FRAME_STOP ends it: no vCPU
 * of the schedule runs until it is started again.
 */
struct hvk_frame_start {
	__u64 start_ns;
};

#define HVK_FRAME_START	_IOW(HVKIO, 0x07, struct hvk_frame_start)
#define HVK_FRAME_STOP	_IO(HVKIO, 0x08)

/**
 * struct hvk_vcpu_frame - gives a vCPU its place in a schedule
 * @frame_fd: the schedule
 * @owner: whose windows are its own
 *
 * HVK_VCPU_FRAME on a vCPU's fd, before its first KVM_RUN. The vCPU then runs
 * in the owner's windows on the one CPU that its thread is bound to, and
 * nowhere else; its thread is SCHED_FIFO while it is in KVM_RUN and
 * SCHED_OTHER outside. KVM_RUN fails with EINVAL in a thread that may run on
 * several CPUs or on one where the owner has no window, with EBUSY if another
 * vCPU has those windows, with ENODEV after its CPU went offline. EBADF,
 * EINVAL, EBUSY (it has run, or has a place).
 */
struct hvk_vcpu_frame {
	__s32 frame_fd;
	__u32 owner;
};

#define HVK_VCPU_FRAME	_IOW(HVKIO, 0x09, struct hvk_vcpu_frame)

/**
 * struct hvk_window_stats - what became of a window
 * @index: in hvk_frame.window; set by the caller
 * @pad: 0
 * @runs: frames in which guest mode was entered in it
 * @cuts: frames in which it ended while the guest still had work, after its start-up
 * @late: frames in which guest mode ended more than HVK_WINDOW_LATE_NS after its end
 * @start_max_ns: longest time from its start to the first entry into the guest
 * @start_sum_ns: sum of these times
 * @end_max_ns: longest time from its end until guest mode had ended
 * @guest_ns: time in guest mode
 * @startup_cuts: as @cuts, while the guest starts up: from its vCPU's creation until it
 *	first waits (WFI or HVK_PARA_WAIT), yields, notifies, or looks for events
 * @lost: frames in which the guest was ready to run and was not entered
 *
 * HVK_WINDOW_STATS on the schedule's fd. EINVAL (no such window, padding). The call's
 * number has the structure's size in it: a caller who knows the structure up to
 * @guest_ns has another number, which is answered up to there.
 */
struct hvk_window_stats {
	__u32 index;
	__u32 pad;
	__u64 runs;
	__u64 cuts;
	__u64 late;
	__u64 start_max_ns;
	__u64 start_sum_ns;
	__u64 end_max_ns;
	__u64 guest_ns;
	__u64 startup_cuts;
	__u64 lost;
};

#define HVK_WINDOW_LATE_NS	20000ULL
#define HVK_WINDOW_STATS	_IOWR(HVKIO, 0x0a, struct hvk_window_stats)

#define HVK_TRACE_WINDOW_START	0	/* the timer of a window's start was served */
#define HVK_TRACE_ENTER		1	/* first entry into the guest in this window */
#define HVK_TRACE_YIELD		2	/* the guest gave up the rest of it */
#define HVK_TRACE_WINDOW_END	3	/* the timer of its end was served */
#define HVK_TRACE_LEFT		4	/* the guest was left because of it */
#define HVK_TRACE_LATE		5	/* the same, after HVK_WINDOW_LATE_NS */
#define HVK_TRACE_OVERRUN	6	/* right before an end: one of hvk_window_stats.cuts */
#define HVK_TRACE_STARTUP	7	/* the same: of startup_cuts */
#define HVK_TRACE_LOST		8	/* the same: of lost */

/**
 * struct hvk_trace - a record of the schedule as it ran
 * @ns: CLOCK_MONOTONIC
 * @event: HVK_TRACE_*
 * @cpu: host CPU
 * @window: index in hvk_frame.window
 * @lost: records of this CPU before this one that there was no room for
 *
 * read() on the schedule's fd gives whole records, of one CPU after the other,
 * each oldest first. It does not block (EAGAIN: there is none), and the module wakes
 * nobody for one: read every now and then. There is room for 2048 a CPU. The guest
 * is left first and the timer served then: LEFT and LATE most often come right
 * before their window's end.
 */
struct hvk_trace {
	__u64 ns;
	__u32 event;
	__u32 cpu;
	__u32 window;
	__u32 lost;
};

/* --- memory -------------------------------------------------------------------------- */

/**
 * struct hvk_prefault - makes stage-2 mappings before they are needed
 * @ipa: multiple of 4096
 * @size: bytes, multiple of 4096; on return what was not done yet
 *
 * HVK_PREFAULT on a VM's fd: every page of the range, which must lie in
 * memory regions, is faulted in, writable where the region is, and mapped. With
 * HVK_PARA_LOCKED it is executable from then on. What stays in memory is for mlock(2)
 * to say. EINTR (ipa and size say what is left), EFAULT, EINVAL, ENOENT (no region there).
 */
struct hvk_prefault {
	__u64 ipa;
	__u64 size;
};

#define HVK_PREFAULT	_IOWR(HVKIO, 0x0b, struct hvk_prefault)

#endif /* _UAPI_HVK_H */
