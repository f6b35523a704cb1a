/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bring-up on hardware that nobody has tried: the ladder, its rungs, and what
 * they say of themselves. bringup/ladder.c asks, waits and reports, on one CPU;
 * bringup/rungs.c does it, on another.
 */
#ifndef HVK_BRINGUP_H
#define HVK_BRINGUP_H

#include <linux/atomic.h>
#include <linux/types.h>

struct dentry;
struct hvk_el2_cpu;

/* Ways in which root lets a rung fail, to see what the others make of it. */
enum hvk_rung_fail {
	HVK_FAIL_NONE,
	HVK_FAIL_LOST,		/* as the next, and EL1 does not report it either */
	HVK_FAIL_FAULT,		/* EL2's tables lack its structure: its first store */
	HVK_FAIL_OVERFLOW,	/* EL2's stack is nearly full when it is called */
};

/* What the smallest guest is made of. */
struct hvk_rung_guest {
	u64 *root, *leaves;	/* its stage 2 */
	u32 *code;
	struct hvk_el2_ctx *ctx;
	u64 vttbr, vtcr;
};

/* How one climb stands; changed by cmpxchg where two sides race. */
enum hvk_climb_state {
	HVK_CLIMB_IDLE,
	HVK_CLIMB_ASKED,	/* the thread is to begin */
	HVK_CLIMB_GIVEN_UP,	/* it has not begun, and shall not */
	HVK_CLIMB_CLIMBING,
	HVK_CLIMB_FAULTED,	/* EL2 has trapped; that CPU stands still */
	HVK_CLIMB_DONE,
};

struct hvk_climb {
	atomic_t state;
	unsigned int cpu;	/* where EL2 is taken */
	bool alone;		/* no other CPU is online: stages are told ahead */
	const struct hvk_rung *rung;
	enum hvk_rung_fail fail;
	struct hvk_rung_guest guest;
	/* The rung's answer, valid from HVK_CLIMB_DONE on. */
	int err;
	u32 midr;
	u64 esr, elr;		/* of a guest that did something else */
	char says[120];
};

/* One rung; runs with interrupts off in a thread that is bound to its CPU. */
struct hvk_rung {
	const char *name;
	int (*climb)(struct hvk_climb *c);
	bool takes;		/* EL2 is taken: it can be made to fail */
	bool guest;		/* needs hvk_climb.guest */
};

/* Ends with an empty entry. */
extern const struct hvk_rung hvk_rungs[];

/* Before and after a climb; process context. 0 or -ENOMEM. */
int hvk_rung_prepare(struct hvk_climb *c);
void hvk_rung_clean_up(struct hvk_climb *c);

/* 0; -EINVAL: take_only names no CPU that is online. */
int hvk_bringup_init(void);
/* The file `bringup`, if there is a ladder. */
void hvk_bringup_debugfs(struct dentry *dir);
/* Whether the module was loaded with take_only: no VMs. */
bool hvk_bringup_only(void);
/* The CPU that did not come back from its rung, or -1: never wait for it. */
int hvk_bringup_lost_cpu(void);

#endif /* HVK_BRINGUP_H */
