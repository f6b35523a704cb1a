/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * The ioctls of /dev/hvk: those of KVM on arm64 (<linux/kvm.h>), and the few below that
 * are hvk's own. hvk's own calls are strict: an unknown flag or padding that is not zero is
 * EINVAL. Any of them may fail with EFAULT if its argument is not accessible, and with
 * ENOMEM or EMFILE where it creates something.
 */
#ifndef _UAPI_HVK_H
#define _UAPI_HVK_H

#include <linux/types.h>
#include <linux/ioctl.h>
#include <linux/kvm.h>

/* hvk's own ioctl type; KVM's is 0xAE. */
#define HVKIO 0xB7

/* Who owns a CPU's EL2: hvk_host_info.el2_owner. */
#define HVK_EL2_STUB	0	/* the kernel's hyp-stub: EL2 is free */
#define HVK_EL2_KVM	1	/* the kernel's own KVM */
#define HVK_EL2_HVK	2	/* this module */

/* Bits of hvk_host_info.mitigations. */
#define HVK_MITIG_V2_FIRMWARE	(1 << 0) /* SMCCC_ARCH_WORKAROUND_1 at each exit */
#define HVK_MITIG_BHB_FIRMWARE	(1 << 1) /* SMCCC_ARCH_WORKAROUND_3 at each exit */
#define HVK_MITIG_BHB_LOOP	(1 << 2) /* branch-history loop at each exit */
#define HVK_MITIG_V2_MISSING	(1 << 3) /* a PE needs V2_FIRMWARE, firmware lacks it */
#define HVK_MITIG_SPEC_AT	(1 << 4) /* speculative AT (1319367, kin) worked around */
#define HVK_MITIG_V4_FIRMWARE	(1 << 5) /* SMCCC_ARCH_WORKAROUND_2 is on in guests, always */
#define HVK_MITIG_V4_OPEN	(1 << 6) /* Spectre v4: left to PSTATE.SSBS, or unmitigated */

/**
 * struct hvk_host_info - what the module found on this host
 * @size: in: size of the structure as the caller knows it, in bytes; out: the bytes
 *	that were filled in, which are no more than that
 * @el2_owner: HVK_EL2_* of the CPU on which the call is made
 * @gic_version: 2 or 3
 * @vtimer_intid: INTID of the EL1 virtual timer's PPI
 * @maint_intid: INTID of the GIC's maintenance PPI
 * @gic_nr_lr: number of the GIC's list registers
 * @vmid_bits: size of VMIDs, 8 or 16 bits
 * @ipa_bits: size of the largest guest physical address space, in bits
 * @mitigations: HVK_MITIG_* of all CPUs together that were online at load
 * @refusal: why EL2 was last refused, and what to do about it; NUL-terminated, empty if
 *	there is nothing to report
 *
 * HVK_HOST_INFO on /dev/hvk; it changes nothing. EFAULT, EINVAL (@size is below that of
 * the first three fields).
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

/* Kinds of exits: indices into hvk_vcpu_stats.exits. */
#define HVK_STAT_IRQ		0	/* a host interrupt, or a kick by another thread */
#define HVK_STAT_WFI		1
#define HVK_STAT_WFE		2
#define HVK_STAT_HVC		3	/* hypercalls, PSCI */
#define HVK_STAT_SMC		4
#define HVK_STAT_SYSREG		5	/* trapped system registers, AArch32's too */
#define HVK_STAT_MMIO_KERNEL	6	/* handled in the module: the distributor, ioeventfds */
#define HVK_STAT_MMIO_USER	7	/* handled by the VMM */
#define HVK_STAT_MEMORY		8	/* stage-2 faults on guest memory */
#define HVK_STAT_OTHER		9
#define HVK_STAT_FAST		10	/* answered at EL2, in none of the above */
#define HVK_STAT_KINDS		11

/**
 * struct hvk_vcpu_stats - counters of one vCPU since its creation
 * @size: in: size of the structure as the caller knows it, in bytes; out: the bytes
 *	that were filled in, which are no more than that
 * @pad: 0
 * @guest_ns: time in guest mode, in ns
 * @exits: number of exits of each kind HVK_STAT_*
 *
 * HVK_VCPU_STATS on a vCPU's fd; does not wait for a thread in KVM_RUN. EFAULT, EINVAL
 * (@size is below that of the first three fields, padding).
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
 * HVK_VM_PARA on a VM's fd, before its first vCPU: HVK_PARA_TO_VMM enables all hypercalls
 * of hvk_para.h. FEATURES, TIME_NOW, TIMER_*, YIELD, WAIT and WINDOW are enabled without.
 */
#define HVK_PARA_TO_VMM	(1 << 0)	/* calls that the module does not handle go to the VMM */
#define HVK_PARA_LOCKED	(1 << 1)	/* HVK_PREFAULT maps memory as executable */

/**
 * struct hvk_vm_para - which hypercalls a VM has
 * @flags: HVK_PARA_*
 * @pad: 0
 *
 * A hypercall that goes to the VMM ends KVM_RUN with KVM_EXIT_HYPERCALL: nr is the
 * function, args[0..2] are x1 to x3, ret is preset to HVK_PARA_ENOSUP. The next KVM_RUN
 * sets the guest's x0 to ret and x1 to x3 to args[0..2]. EINVAL (flags, padding), EBUSY
 * (the VM has a vCPU).
 */
struct hvk_vm_para {
	__u32 flags;
	__u32 pad;
};

#define HVK_VM_PARA	_IOW(HVKIO, 0x02, struct hvk_vm_para)

/* --- event channels ------------------------------------------------------------------ */

/*
 * HVK_CREATE_CHANNEL on /dev/hvk creates a channel to which no VM is bound, and returns its
 * fd. HVK_CHANNEL_NOTIFY on that fd notifies as a sender does. The argument of both is 0.
 */
#define HVK_CREATE_CHANNEL	_IO(HVKIO, 0x03)
#define HVK_CHANNEL_NOTIFY	_IO(HVKIO, 0x04)

#define HVK_CHANNEL_SEND	(1 << 0)
#define HVK_CHANNEL_RECEIVE	(1 << 1)

/**
 * struct hvk_channel_bind - makes a VM an end of a channel
 * @channel_fd: fd of the channel
 * @number: the number by which the guest names the channel, 0 to 63; a VM uses each
 *	number once
 * @role: HVK_CHANNEL_SEND or HVK_CHANNEL_RECEIVE, not both
 * @intid: for a receiver, the INTID of an SPI, on which each event is an edge; for a
 *	sender, 0
 * @event_fd: for a receiver, an eventfd that is signalled with each notification that it
 *	gets, or -1; for a sender, -1
 * @pad: 0
 *
 * HVK_BIND_CHANNEL on a VM's fd. The binding lasts as long as the VM. A channel has any
 * number of senders and at most one receiver at a time; a notification while there is no
 * receiver stays pending for the next one. EBADF, EINVAL, EEXIST (the VM uses @number
 * already), EBUSY (the channel has a receiver), ENODEV (the receiver's vGIC is not
 * initialised).
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
#define HVK_FRAME_MIN_NS	100000ULL	/* length of the major frame: 100 us to 10 s */
#define HVK_FRAME_MAX_NS	10000000000ULL
#define HVK_WINDOW_MIN_NS	20000ULL

/**
 * struct hvk_window - a part of each major frame on one CPU
 * @cpu: number of the host's CPU
 * @owner: number of the partition whose vCPU runs in the window, 0 to 63
 * @offset_ns: start of the window, counted from the frame's start
 * @length_ns: length of the window, at least HVK_WINDOW_MIN_NS
 */
struct hvk_window {
	__u32 cpu;
	__u32 owner;
	__u64 offset_ns;
	__u64 length_ns;
};

/**
 * struct hvk_frame - a cyclic schedule
 * @size: size of this structure, in bytes
 * @nr_windows: 1 to HVK_FRAME_WINDOWS
 * @major_ns: length of the major frame, HVK_FRAME_MIN_NS to HVK_FRAME_MAX_NS
 * @window: sorted by CPU, then by offset; within the frame; windows of a CPU do not
 *	overlap
 *
 * HVK_CREATE_FRAME on /dev/hvk creates a schedule that is not running, and returns its
 * fd. Needs CAP_SYS_NICE, because its threads will be SCHED_FIFO. EPERM, EINVAL, ENODEV
 * (a CPU is not online), EBUSY (a CPU has windows of another schedule).
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
 * @start_ns: time of CLOCK_MONOTONIC; if it has passed, the frame begins as soon as all
 *	CPUs are ready
 *
 * HVK_FRAME_START on the schedule's fd. EBUSY (the schedule is running), EINVAL
 * (@start_ns is too far ahead), ENODEV (a CPU is offline). HVK_FRAME_STOP, with argument
 * 0, stops the schedule: no vCPU of it runs until it is started again. After a CPU of the
 * schedule went offline, HVK_FRAME_START, which needs no HVK_FRAME_STOP then, begins anew
 * once that CPU is back.
 */
struct hvk_frame_start {
	__u64 start_ns;
};

#define HVK_FRAME_START	_IOW(HVKIO, 0x07, struct hvk_frame_start)
#define HVK_FRAME_STOP	_IO(HVKIO, 0x08)

/**
 * struct hvk_vcpu_frame - gives a vCPU its place in a schedule
 * @frame_fd: fd of the schedule
 * @owner: number of the partition in whose windows the vCPU runs
 *
 * HVK_VCPU_FRAME on a vCPU's fd, before its first KVM_RUN. From then on the vCPU runs only
 * in the owner's windows on the one CPU that its thread is bound to. The thread is
 * SCHED_FIFO, priority 50, while it is in KVM_RUN. If it could make itself that
 * (CAP_SYS_NICE, or RLIMIT_RTPRIO of 50), it also is outside, until its open window ends or
 * was given up; else, and then, it is SCHED_OTHER. So are threads that it starts outside.
 * Who is given @frame_fd is trusted with that priority. KVM_RUN fails with EINVAL if
 * the thread may run on several CPUs, or on one where the owner has no window; with EBUSY
 * if another vCPU has those windows; with ENODEV after a CPU of the schedule went offline,
 * until the next HVK_FRAME_START, or after the schedule's fd was closed. HVK_VCPU_FRAME:
 * EBADF, EINVAL, EBUSY (the vCPU has run, or has a place already).
 */
struct hvk_vcpu_frame {
	__s32 frame_fd;
	__u32 owner;
};

#define HVK_VCPU_FRAME	_IOW(HVKIO, 0x09, struct hvk_vcpu_frame)

/**
 * struct hvk_window_stats - statistics of a window, over all frames so far
 * @index: index in hvk_frame.window; set by the caller
 * @pad: 0
 * @runs: number of frames in which the guest was entered in the window
 * @cuts: number of frames in which the window ended while the guest still had work, after
 *	its start-up
 * @late: number of times that guest mode ended more than HVK_WINDOW_LATE_NS after the
 *	window's end
 * @start_max_ns: longest time from the window's start to the first entry into the guest
 * @start_sum_ns: sum of these times
 * @end_max_ns: longest time from the window's end to the end of guest mode
 * @guest_ns: time in guest mode
 * @startup_cuts: as @cuts, during the guest's start-up: from its vCPU's creation until it
 *	first waits (WFI or HVK_PARA_WAIT), yields, notifies, or looks for events
 * @lost: number of frames in which the guest was ready to run but was not entered
 *
 * HVK_WINDOW_STATS on the schedule's fd. EINVAL (no such window, padding). The number of
 * the ioctl contains the structure's size: a caller that knows the structure only up to
 * @guest_ns uses another number, and gets the fields up to there.
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

#define HVK_TRACE_WINDOW_START	0	/* the timer of a window's start was handled */
#define HVK_TRACE_ENTER		1	/* first entry into the guest in this window */
#define HVK_TRACE_YIELD		2	/* the guest gave up the rest of the window */
#define HVK_TRACE_WINDOW_END	3	/* the timer of a window's end was handled */
#define HVK_TRACE_LEFT		4	/* guest mode ended after the window's end */
#define HVK_TRACE_LATE		5	/* the same, more than HVK_WINDOW_LATE_NS after it */
#define HVK_TRACE_OVERRUN	6	/* right before WINDOW_END: counts in @cuts */
#define HVK_TRACE_STARTUP	7	/* the same: counts in @startup_cuts */
#define HVK_TRACE_LOST		8	/* the same: counts in @lost */

/**
 * struct hvk_trace - a record of the schedule as it ran
 * @ns: time of the event, CLOCK_MONOTONIC
 * @event: HVK_TRACE_*
 * @cpu: number of the host's CPU
 * @window: index in hvk_frame.window
 * @lost: number of this CPU's records that were dropped right before this one, because
 *	there was no room
 *
 * read() on the schedule's fd returns whole records, of one CPU after the other, the
 * oldest of each first. It does not block (EAGAIN: there is no record), and no reader is
 * woken for a record: read at intervals. The module keeps up to 2048 records for each CPU.
 * At a window's end guest mode ends first, and the timer is handled after that: LEFT and
 * LATE most often come right before their window's WINDOW_END.
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
 * @ipa: start of the range, a multiple of 4096; out: start of what is left
 * @size: in bytes, a multiple of 4096; out: size of what is left
 *
 * HVK_PREFAULT on a VM's fd: every page of the range, which must lie in memory regions, is
 * faulted in, writable where the region is, and mapped; with HVK_PARA_LOCKED as executable.
 * It does not keep pages in memory: that is for mlock(2). EINTR (a signal; @ipa and @size
 * say what is left), EFAULT, EINVAL, ENOENT (no region there).
 */
struct hvk_prefault {
	__u64 ipa;
	__u64 size;
};

#define HVK_PREFAULT	_IOWR(HVKIO, 0x0b, struct hvk_prefault)

#endif /* _UAPI_HVK_H */
