/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Races of ioctl_fuzz: a call that publishes something against those who find it,
 * guests among them. fuzz_guest.S includes this too.
 */
#ifndef HVK_TESTS_API_FUZZ_RACE_H
#define HVK_TESTS_API_FUZZ_RACE_H

/* x25 of the guest: what it does in a loop. */
#define RACE_BIT_CALLS	0	/* hypercalls about the first RACE_CHANNELS channels */
#define RACE_BIT_RAM	1	/* x19 on */
#define RACE_BIT_MMIO	2	/* stores to the first RACE_MMIO_SIZE bytes from x24 on */
#define RACE_BIT_IRQS	3	/* takes interrupts, sends SGIs, reads the distributor */
#define RACE_BIT_POWER	4	/* PSCI about vCPUs 0 to 7 */
#define RACE_BIT_YIELD	5	/* gives up its windows */

#define RACE_CHANNELS	2
#define RACE_MMIO_SIZE	64

#ifndef __ASSEMBLER__
#include "fuzz.h"

#define RACE_RAM	0x50000000ull
#define RACE_RAM_SIZE	(64 * FUZZ_PAGE)
#define RACE_VCPUS	2
#define RACE_EVENTS	4

struct race {
	const char *name;
	unsigned int guest;		/* RACE_BIT_* of the guests, as a mask */
	bool root;			/* nobody else can */
	/* One call or a few that publish or take back; whether the last one worked. */
	bool (*publish)(struct rng *r);
	/* Who finds it; or NULL, if guests alone do. */
	void (*find)(struct rng *r);
};

extern const struct race races[];
extern const size_t nr_races;

#define MAX_RACES	16

/* What came of it in all rounds; shared between processes. */
struct race_count {
	atomic_ulong worked, failed;	/* publish() */
	atomic_ulong found;		/* find() */
	atomic_ulong exits;		/* of the guests */
};

/* A VM whose vCPUs run from the first moment, with a GIC and hypercalls. */
extern struct race_world {
	int system, vm, gic;
	int vcpu[RACE_VCPUS];
	int channel;			/* with a receiver, number 63 of that VM */
	atomic_int event[RACE_EVENTS];	/* eventfds */
	/* Of VMs that come and go with each publish(); others' at times. */
	atomic_int young_vm, young_vcpu, young_gic, frame;
	void *ring;			/* of coalesced MMIO */
} race_world;

void fuzz_race_prepare(const struct race *race, const char *device);
/* A VM with memory and hypercalls alone; its fd, or -1. */
int fuzz_race_vm(void);
/* Its next vCPU, which will run the guest of this race. */
int fuzz_race_vcpu(int vm, unsigned int id, unsigned int guest);
/* KVM_CREATE_DEVICE; the GIC at its place, but not initialised; its fd, or -1. */
int fuzz_race_gic(int vm);
/* One of the numbers that new fds get, whatever it is at the moment. */
int fuzz_race_guess(struct rng *r);

#endif /* __ASSEMBLER__ */
#endif /* HVK_TESTS_API_FUZZ_RACE_H */
