/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * hvk's hypercalls: the services that a guest can call by HVC or SMC, in the SMC Calling
 * Convention's range for vendor-specific hypervisor services (DEN0028 6.1). For guests in C
 * and in assembly; docs/hypercalls.md has more.
 *
 * Discovery: HVK_PARA_UID returns the four words below in w0 to w3 (DEN0028 7.2; the UUID
 * 4c977ee0-0257-4635-bbf6-484b9cea31a1) on hvk only. HVK_PARA_REVISION returns the major
 * and minor version in w0 and w1; an unknown major version is a different interface.
 * HVK_PARA_FEATURES says which calls are available: a guest whose VMM has not set
 * HVK_PARA_TO_VMM (HVK_VM_PARA) has only FEATURES, TIME_NOW, TIMER_*, YIELD, WAIT and
 * WINDOW.
 *
 * All calls but UID and REVISION are fast SMC64 calls: the function is in w0, the arguments
 * in x1 to x3, the result in x0 and further values in x1 to x3. x4 to x17 are preserved.
 * The result is 0, a count, or one of HVK_PARA_E*, which are negative, in 64 bits. A buffer
 * is given by the IPA of its first byte and its size in bytes; it has to be in the guest's
 * own RAM. Times are nanoseconds of the guest's virtual counter: CNTVCT_EL0 * 10^9 /
 * CNTFRQ_EL0. All guests of a system count from the system's start, even after a restart of
 * the guest, so that a time means the same in each of them.
 *
 * Every call may be made on any PE of the guest, at EL1, at any time.
 */
#ifndef _UAPI_HVK_PARA_H
#define _UAPI_HVK_PARA_H

#define HVK_PARA_UID		0x8600ff01	/* DEN0028: Call UID query */
#define HVK_PARA_REVISION	0x8600ff03	/* DEN0028: Revision query */

#define HVK_PARA_UID_0		0xe07e974c
#define HVK_PARA_UID_1		0x35465702
#define HVK_PARA_UID_2		0x4b48f6bb
#define HVK_PARA_UID_3		0xa131ea9c

#define HVK_PARA_MAJOR		1
#define HVK_PARA_MINOR		0

/*
 * Function numbers. FEATURES: returns x1 = a bit for each call that is available, bit n
 * for HVK_PARA_FN_BASE + n.
 */
#define HVK_PARA_FN_BASE	0xc6000040
#define HVK_PARA_FEATURES	0xc6000040

/*
 * The console. PUTC: x1 = character. WRITE: x1 = ipa, x2 = size, at most
 * HVK_PARA_WRITE_MAX; returns x0 = bytes written, which may be fewer. EFAULT, EINVAL.
 */
#define HVK_PARA_CONSOLE_PUTC	0xc6000041
#define HVK_PARA_CONSOLE_WRITE	0xc6000042
#define HVK_PARA_WRITE_MAX	1024

/*
 * What a guest is. INFO: x1 = ipa, x2 = size of a struct hvk_para_info, of which no more
 * than that size is filled in; returns x0 = bytes filled in. EFAULT, EINVAL (size below
 * 16).
 */
#define HVK_PARA_INFO		0xc6000043

/* The time. NOW: returns x1 = ns. */
#define HVK_PARA_TIME_NOW	0xc6000044
/*
 * A timer for each PE. SET: x1 = deadline in ns, absolute; replaces the last deadline; one
 * that has passed fires at once. The timer fires once, as an edge of this PE's PPI
 * HVK_PARA_TIMER_INTID, whether or not the PE waits. ENOSUP: the guest has no GIC. CANCEL:
 * the timer does not fire any more; returns x1 = 1 if it was still to fire, else 0.
 */
#define HVK_PARA_TIMER_SET	0xc6000045
#define HVK_PARA_TIMER_CANCEL	0xc6000046
#define HVK_PARA_TIMER_INTID	20

/*
 * YIELD: gives up the rest of the present window; without windows, lets the host's
 * scheduler choose. WAIT: x1 = deadline in ns, or HVK_PARA_FOREVER; returns x0 = 0 when an
 * event channel has an unmasked pending event or an interrupt is pending (masked by PSTATE
 * or not), ETIMEDOUT at the deadline.
 */
#define HVK_PARA_YIELD		0xc6000047
#define HVK_PARA_WAIT		0xc6000048
#define HVK_PARA_FOREVER	0xffffffffffffffff

/*
 * Event channels, by their number in the system, 0 to 63. NOTIFY: x1 = a channel of which
 * this guest is the sender. The receiver's event becomes pending, and so does its interrupt
 * (the SPI with INTID HVK_PARA_EVENT_INTID + channel, edge-triggered) unless the receiver has
 * masked the channel; events that the receiver has not taken yet coalesce. MASK: x1 = a
 * channel of which this guest is the receiver, x2 = 1 to mask it or 0 to unmask it; the
 * latter raises the interrupt of a pending event. PENDING: x1 = the channels (a bit each)
 * whose pending events are taken; returns x1 = those of them that were pending, x2 = all
 * that still are. EDENIED (not granted, or no such channel), EINVAL.
 */
#define HVK_PARA_EVENT_NOTIFY	0xc6000049
#define HVK_PARA_EVENT_MASK	0xc600004a
#define HVK_PARA_EVENT_PENDING	0xc600004b
#define HVK_PARA_EVENT_INTID	96
#define HVK_PARA_EVENT_MAX	64

/*
 * What was granted to this guest. CHANNEL_INFO, SHARED_INFO: x1 = index, from 0, x2 = ipa,
 * x3 = size of a struct hvk_para_channel or hvk_para_shared; returns x0 = bytes filled in.
 * ENOENT (past the last index), EFAULT, EINVAL.
 */
#define HVK_PARA_CHANNEL_INFO	0xc600004c
#define HVK_PARA_SHARED_INFO	0xc600004d

/*
 * The window in which this PE runs or ran last. Returns x1 = its start, x2 = its end, in
 * ns; x3 = overruns: the number of windows that ended while the guest still had work, not
 * counting those before its PE first waited (WFI or WAIT), yielded, notified or called
 * PENDING. ENOENT: this PE has no windows.
 */
#define HVK_PARA_WINDOW		0xc600004e

/*
 * The end of the guest. HALT: x1 = exit code, 0 for success, else it counts as a crash.
 * REBOOT: a cold start. Neither returns.
 */
#define HVK_PARA_HALT		0xc600004f
#define HVK_PARA_REBOOT		0xc6000050

/*
 * HEALTH: x1 = a code that the guest chooses, x2 = ipa and x3 = size of a message, 0 to
 * HVK_PARA_HEALTH_MAX bytes. Both go into the system's report. EFAULT, EINVAL.
 */
#define HVK_PARA_HEALTH		0xc6000051
#define HVK_PARA_HEALTH_MAX	120

/* Results */
#define HVK_PARA_OK		0
#define HVK_PARA_ENOSUP		(-1)	/* no such call here (DEN0028 5.2) */
#define HVK_PARA_EINVAL		(-2)	/* an argument that is never valid */
#define HVK_PARA_EDENIED	(-3)	/* the system's author did not grant it */
#define HVK_PARA_EFAULT		(-4)	/* the buffer is not in the guest's RAM */
#define HVK_PARA_ENOENT		(-5)	/* the object does not exist */
#define HVK_PARA_ETIMEDOUT	(-6)	/* the deadline came first */

#ifndef __ASSEMBLER__
#include <linux/types.h>

#define HVK_PARA_NAME_MAX	32	/* with its NUL */

/**
 * struct hvk_para_info - what HVK_PARA_INFO fills in
 * @size: size of this structure as hvk knows it, in bytes
 * @id: number of this guest in the system, from 0 in the file's order
 * @nr_partitions: number of guests in the system
 * @nr_vcpus: number of PEs of this guest
 * @ram_ipa: IPA of the RAM's first byte
 * @ram_size: size of the RAM, in bytes
 * @frame_ns: length of the major frame; 0: there is no schedule
 * @nr_windows: number of this guest's windows in a frame
 * @nr_channels: number of event channels of which it is the sender or receiver
 * @nr_shared: number of shared-memory regions that it can access
 * @boots: how often this guest was started before
 * @name: name of this guest, NUL-terminated; empty if hvk-run has no system file
 */
struct hvk_para_info {
	__u32 size;
	__u32 id;
	__u32 nr_partitions;
	__u32 nr_vcpus;
	__u64 ram_ipa;
	__u64 ram_size;
	__u64 frame_ns;
	__u32 nr_windows;
	__u32 nr_channels;
	__u32 nr_shared;
	__u32 boots;
	char name[HVK_PARA_NAME_MAX];
};

#define HVK_PARA_SEND		(1 << 0)	/* this guest may notify */
#define HVK_PARA_RECEIVE	(1 << 1)	/* this guest gets the interrupt */

/**
 * struct hvk_para_channel - an event channel that this guest has an end of
 * @number: its number in HVK_PARA_EVENT_*
 * @role: HVK_PARA_SEND or HVK_PARA_RECEIVE
 * @intid: for the receiver, the INTID of its interrupt; for the sender, 0
 * @peer: number of the guest at the other end
 * @name: name in the system file, NUL-terminated
 */
struct hvk_para_channel {
	__u32 number;
	__u32 role;
	__u32 intid;
	__u32 peer;
	char name[HVK_PARA_NAME_MAX];
};

#define HVK_PARA_SHARED_WRITE	(1 << 0)	/* writes are permitted; else they abort */
#define HVK_PARA_SHARED_CACHED	(1 << 1)	/* all map it Write-Back, else Non-cacheable */

/**
 * struct hvk_para_shared - a shared-memory region
 * @ipa: IPA of its first byte in this guest
 * @size: in bytes, a multiple of 4096
 * @flags: HVK_PARA_SHARED_*
 * @pad: 0
 * @name: name in the system file, NUL-terminated
 */
struct hvk_para_shared {
	__u64 ipa;
	__u64 size;
	__u32 flags;
	__u32 pad;
	char name[HVK_PARA_NAME_MAX];
};
#endif /* __ASSEMBLER__ */

#endif /* _UAPI_HVK_PARA_H */
