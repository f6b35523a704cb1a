/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-2-Clause */
/*
 * hvk's hypercalls: what a guest may ask of hvk, by HVC or SMC, in the SMC
 * Calling Convention's range for vendor-specific hypervisor services (DEN0028
 * 6.1). For guests in C and in assembly; docs/hypercalls.md tells more.
 *
 * Finding them: HVK_PARA_UID returns the four words below in w0 to w3 (DEN0028
 * 7.2; the UUID 4c977ee0-0257-4635-bbf6-484b9cea31a1), and nothing else does.
 * HVK_PARA_REVISION returns major and minor in w0 and w1. A major number that
 * is unknown is another interface. Which of the
 * calls there are, HVK_PARA_FEATURES tells: a guest whose VMM answers none of
 * them (HVK_VM_PARA) has those that need nothing but time.
 *
 * All calls but UID and REVISION are fast SMC64 calls: function in w0,
 * arguments in x1 to x3, result in x0 and values in x1 to x3. x4 to x17 are kept.
 * Results are 0 or a count, or one of HVK_PARA_E*, negative, as 64 bits.
 * Buffers are named by the IPA of their first byte and by their size in bytes;
 * they lie in the guest's own RAM. Times are nanoseconds of the guest's virtual
 * counter: CNTVCT_EL0 * 10^9 / CNTFRQ_EL0. All guests of a system count from its
 * start, one that was started again too: a time of one is a time of each.
 *
 * Every call may come from any PE of the guest, at EL1, at any time.
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
 * Function numbers. HVK_PARA_FEATURES: x1 = a bit for each call that there is,
 * bit n for HVK_PARA_FN_BASE + n.
 */
#define HVK_PARA_FN_BASE	0xc6000040
#define HVK_PARA_FEATURES	0xc6000040

/* Console. PUTC: x1 = character. WRITE: x1 = ipa, x2 = size, at most
 * HVK_PARA_WRITE_MAX; x0 = bytes written, which may be fewer. FAULT, INVALID.
 */
#define HVK_PARA_CONSOLE_PUTC	0xc6000041
#define HVK_PARA_CONSOLE_WRITE	0xc6000042
#define HVK_PARA_WRITE_MAX	1024

/*
 * Who am I. INFO: x1 = ipa, x2 = size of a struct hvk_para_info, of which no
 * more than that is filled; x0 = bytes filled. FAULT, INVALID (size below 16).
 */
#define HVK_PARA_INFO		0xc6000043

/* Time. NOW: x1 = ns. */
#define HVK_PARA_TIME_NOW	0xc6000044
/*
 * A timer for each PE. SET: x1 = deadline in ns, absolute; replaces the one
 * before; one that has passed fires at once. It fires once, as an edge of the
 * PPI HVK_PARA_TIMER_INTID of this PE, whether or not the PE waits. CANCEL: no
 * edge comes any more; x1 = 1 if one was still to come, else 0.
 */
#define HVK_PARA_TIMER_SET	0xc6000045
#define HVK_PARA_TIMER_CANCEL	0xc6000046
#define HVK_PARA_TIMER_INTID	20

/*
 * YIELD: gives up the rest of this window, if there is one, else a turn. WAIT:
 * x1 = deadline in ns, or HVK_PARA_FOREVER; x0 = 0 when an event channel has an
 * unmasked pending event or an interrupt is pending (masked by PSTATE or not),
 * TIMEDOUT at the deadline.
 */
#define HVK_PARA_YIELD		0xc6000047
#define HVK_PARA_WAIT		0xc6000048
#define HVK_PARA_FOREVER	0xffffffffffffffff

/*
 * Event channels, by their number in the system, 0 to 63. NOTIFY: x1 = channel
 * of which this guest is the sender. The receiver's event becomes pending, and
 * its interrupt (INTID HVK_PARA_EVENT_INTID + channel, an SPI, edge) unless it is masked
 * there; events that are not yet taken coalesce. MASK: x1 = channel of which
 * this guest is the receiver, x2 = 1 or 0; unmasking a pending one raises its
 * interrupt. PENDING: x1 = the channels (a bit each) whose pending events are
 * taken; x1 = those of them that were pending, x2 = all that still are. DENIED
 * (not granted, or no such channel), INVALID.
 */
#define HVK_PARA_EVENT_NOTIFY	0xc6000049
#define HVK_PARA_EVENT_MASK	0xc600004a
#define HVK_PARA_EVENT_PENDING	0xc600004b
#define HVK_PARA_EVENT_INTID	96
#define HVK_PARA_EVENT_MAX	64

/*
 * What was granted. CHANNEL_INFO, SHARED_INFO: x1 = index from 0, x2 = ipa, x3
 * = size of a struct hvk_para_channel or hvk_para_shared; x0 = bytes filled.
 * NOT_FOUND past the last, FAULT, INVALID.
 */
#define HVK_PARA_CHANNEL_INFO	0xc600004c
#define HVK_PARA_SHARED_INFO	0xc600004d

/*
 * The window of this PE that is or was last: x1 = its start, x2 = its end, in ns;
 * x3 = overruns: windows that were cut while the guest still had work, those before its
 * PE first waited (WFI or WAIT), yielded, notified or called PENDING not counted.
 * NOT_FOUND: this PE has no windows.
 */
#define HVK_PARA_WINDOW		0xc600004e

/*
 * The end. HALT: x1 = exit code, 0 a good end, else it counts as a crash.
 * REBOOT: a cold start. Neither returns.
 */
#define HVK_PARA_HALT		0xc600004f
#define HVK_PARA_REBOOT		0xc6000050

/*
 * HEALTH: x1 = code, the guest's own, x2 = ipa and x3 = size (0: none) of a
 * message, at most HVK_PARA_HEALTH_MAX bytes; goes into the system's report. FAULT, INVALID.
 */
#define HVK_PARA_HEALTH		0xc6000051
#define HVK_PARA_HEALTH_MAX	120

/* Results */
#define HVK_PARA_OK		0
#define HVK_PARA_ENOSUP		(-1)	/* no such call here (DEN0028 5.2) */
#define HVK_PARA_EINVAL		(-2)	/* an argument that no guest may give */
#define HVK_PARA_EDENIED	(-3)	/* the system's author did not grant it */
#define HVK_PARA_EFAULT		(-4)	/* a buffer outside of the guest's RAM */
#define HVK_PARA_ENOENT		(-5)	/* there is no such thing */
#define HVK_PARA_ETIMEDOUT	(-6)	/* the deadline came first */

#ifndef __ASSEMBLER__
#include <linux/types.h>

#define HVK_PARA_NAME_MAX	32	/* with its NUL */

/**
 * struct hvk_para_info - what HVK_PARA_INFO tells
 * @size: bytes that hvk knows of this structure
 * @id: number of this guest in the system, from 0 in the file's order
 * @nr_partitions: guests in the system
 * @nr_vcpus: PEs of this guest
 * @ram_ipa: IPA of the RAM's first byte
 * @ram_size: bytes
 * @frame_ns: length of the major frame; 0: there is no schedule
 * @nr_windows: windows of this guest in a frame
 * @nr_channels: event channels that it has an end of
 * @nr_shared: shared-memory regions that it may see
 * @boots: times that this guest was started before
 * @name: its name, NUL-terminated; empty: a guest of hvk-run without a system
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
 * @number: what HVK_PARA_EVENT_* call it
 * @role: HVK_PARA_SEND or HVK_PARA_RECEIVE
 * @intid: of the receiver's interrupt; 0 for the sender
 * @peer: number of the guest at the other end
 * @name: NUL-terminated
 */
struct hvk_para_channel {
	__u32 number;
	__u32 role;
	__u32 intid;
	__u32 peer;
	char name[HVK_PARA_NAME_MAX];
};

#define HVK_PARA_SHARED_WRITE	(1 << 0)	/* else writes abort */
#define HVK_PARA_SHARED_CACHED	(1 << 1)	/* Normal Write-Back for all; else Non-cacheable */

/**
 * struct hvk_para_shared - a shared-memory region
 * @ipa: where this guest sees it
 * @size: bytes, a multiple of 4096
 * @flags: HVK_PARA_SHARED_*
 * @pad: 0
 * @name: NUL-terminated
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
