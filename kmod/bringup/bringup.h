/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bring-up on untried hardware: the ladder takes EL2 of one CPU step by step, and each
 * step is a rung. bringup/ladder.c starts a rung, waits for it and reports, on one CPU;
 * bringup/rungs.c carries it out, on another.
 */
#ifndef HVK_BRINGUP_H
#define HVK_BRINGUP_H

#include <linux/atomic.h>
#include <linux/types.h>

struct dentry;
struct hvk_el2_cpu;

/* Ways in which root can make a rung fail, to see how that is reported. */
enum hvk_rung_fail {
	HVK_FAIL_NONE,
	HVK_FAIL_LOST,		/* as HVK_FAIL_FAULT, and EL1 does not report the fault */
	HVK_FAIL_FAULT,		/* EL2's structure is not mapped: its first store faults */
	HVK_FAIL_OVERFLOW,	/* EL2's stack is nearly full: RUN overflows it */
};

/* The memory of the smallest guest, and its registers. */
struct hvk_rung_guest {
	u64 *root, *leaves;	/* its stage-2 tables */
	u32 *code;
	struct hvk_el2_ctx *ctx;
	u64 vttbr, vtcr;
};

/* State of a climb, which is one try of a rung; changed by cmpxchg where two CPUs race. */
enum hvk_climb_state {
	HVK_CLIMB_IDLE,
	HVK_CLIMB_ASKED,	/* the thread is to begin */
	HVK_CLIMB_GIVEN_UP,	/* the thread has not begun in time, and must not any more */
	HVK_CLIMB_CLIMBING,
	HVK_CLIMB_FAULTED,	/* EL2 has faulted; that CPU stands still */
	HVK_CLIMB_DONE,
};

struct hvk_climb {
	atomic_t state;
	unsigned int cpu;	/* where EL2 is taken */
	bool alone;		/* no other CPU is online: print stages ahead */
	const struct hvk_rung *rung;
	enum hvk_rung_fail fail;
	struct hvk_rung_guest guest;
	bool unmapped;		/* EL2 has not mapped its structure, from one climb to the next */
	/* The rung's result, valid from HVK_CLIMB_DONE on. */
	int err;
	u32 midr;
	u64 esr, elr;		/* ESR_EL2 and ELR_EL2 of the guest's exit */
	char says[120];		/* the result in words */
};

/* One rung. climb: 0 or errno; runs with interrupts off, in a thread bound to its CPU. */
struct hvk_rung {
	const char *name;
	int (*climb)(struct hvk_climb *c);
	bool takes;		/* it takes EL2, and can be made to fail */
	bool guest;		/* needs hvk_climb.guest */
};

/* Ends with an empty entry. */
extern const struct hvk_rung hvk_rungs[];

/*
 * Called before and after a climb. 0, or -ENOMEM: there is nothing to clean up, and nothing
 * may be climbed. Process context.
 */
int hvk_rung_prepare(struct hvk_climb *c);
void hvk_rung_clean_up(struct hvk_climb *c);

/* At load: with take_only forbids VMs. 0, or -EINVAL: take_only is no online CPU. */
int hvk_bringup_init(void);
/* Creates the file `bringup` in dir, if take_only is set. */
void hvk_bringup_debugfs(struct dentry *dir);
/* Whether the module was loaded with take_only, and so without VMs. */
bool hvk_bringup_only(void);
/* The CPU that did not come back from its rung, or -1: never wait for it. */
int hvk_bringup_lost_cpu(void);

#endif /* HVK_BRINGUP_H */
