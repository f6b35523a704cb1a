/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of ioctl_fuzz share: numbers from a seed, the file descriptors
 * of a round, the calls.
 */
#ifndef HVK_TESTS_API_FUZZ_H
#define HVK_TESTS_API_FUZZ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- numbers ------------------------------------------------------------------- */

struct rng {
	uint64_t state;
};

/* Another generator for each thread of a round, from the round's seed. */
struct rng rng_from(uint64_t seed, uint64_t salt);
uint64_t rnd(struct rng *r);
/* 0 to n - 1 */
uint64_t below(struct rng *r, uint64_t n);
bool one_in(struct rng *r, uint64_t n);
/* A number of the kind that programs mistake: 0, powers of two, their neighbours. */
uint64_t odd_number(struct rng *r);
/* One of the arguments. */
#define ANY(r, ...)						\
	(((const uint64_t[]){ __VA_ARGS__ })			\
	 [below(r, sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t))])

/* --- the guest's addresses ------------------------------------------------------- */

#define FUZZ_CODE	0x10000000ull	/* the guest's program */
#define FUZZ_RAM	0x40000000ull
#define FUZZ_RAM_SIZE	0x00800000ull
#define FUZZ_GICD	0x08000000ull
#define FUZZ_GICC	0x08010000ull
#define FUZZ_MMIO	0x09000000ull	/* nobody's: the VMM's, ioeventfds */
#define FUZZ_PAGE	4096ull

/* --- what a round has ------------------------------------------------------------- */

enum kind {
	SYSTEM,		/* /dev/hvk */
	VM,
	VCPU,
	VGIC,
	CHANNEL,
	FRAME,
	EVENT,		/* eventfds */
	ELSE,		/* files that are none of these */
	NR_KINDS,
	NOTHING = NR_KINDS,
};

/* An open fd of that kind, as far as one knows, or a number that is none. */
int fuzz_fd(struct rng *r, enum kind kind);
/* Keeps it; another one, which it takes the place of, is closed. */
void fuzz_keep(struct rng *r, enum kind kind, int fd);
/* Closes one of that kind, if there is one at the place that chance chose. */
void fuzz_close(struct rng *r, enum kind kind);
/* Another number for this fd, which chance does not come upon. */
int fuzz_hide(int fd);

/* What the guests are given, mapped here. */
extern struct fuzz_memory {
	char *ram;		/* private, FUZZ_RAM_SIZE bytes */
	char *code;		/* private, fuzz_guest.S */
	char *shared;		/* of memfd, FUZZ_RAM_SIZE bytes */
	int memfd;
} fuzz_memory;

/* Maps it, and forgets all fds; ends the process if that does not work. */
void fuzz_make_memory(void);
/* The guest's program as it was, also where nothing can be written any more. */
void fuzz_restore_code(void);
/* Somewhere in that memory, or where none is. */
uint64_t fuzz_address(struct rng *r);

/* A VM with memory, one to three vCPUs and mostly a GIC, and its fds. */
void fuzz_start_vm(struct rng *r);
/* Of its making: the memory; a register, by KVM's identifier or X0 to X30; an attribute. */
void fuzz_give_memory(int vm);
void fuzz_set_reg(int vcpu, uint64_t id, uint64_t value);
void fuzz_set_x(int vcpu, unsigned int n, uint64_t value);
void fuzz_set_attr(int device, unsigned int group, uint64_t attr, uint64_t value);
/* Maps a vCPU's run page, in the place of another. */
void fuzz_map_run_page(struct rng *r, int vcpu);
/* One of those, or NULL; another thread may unmap it at any time. */
struct kvm_run *fuzz_run_page(struct rng *r);

/* Another process, which is given fds and uses them; ends with this one. */
void fuzz_make_friend(uint64_t seed);
void fuzz_give_away(struct rng *r);

/* Counters that outlive the round; shared between processes. */
struct call_count {
	atomic_ulong worked, failed;
};

/* --- calls -------------------------------------------------------------------------- */

#define MAX_CALLS	80

struct call {
	const char *name;
	unsigned long cmd;
	enum kind kind;		/* of the fd that it is meant for */
	enum kind makes;	/* what it returns an fd of, or NOTHING */
	/* The argument: a number, or buf after it was filled. NULL: buf as it is, random. */
	uint64_t (*arg)(struct rng *r, void *buf);
	enum { ALL, ROOT, SOME } who;	/* works for: everybody, root, on some hosts */
};

extern const struct call calls[];
extern const size_t nr_calls;

/* One ioctl with hostile arguments; KVM_RUN is among them now and then. */
void fuzz_ioctl(struct rng *r, struct call_count *counts);
/* The same on this fd, whatever it is. */
void fuzz_ioctl_on(struct rng *r, int fd);

/* --- a round ------------------------------------------------------------------------- */

struct race;
struct race_count;

struct round {
	const char *device;
	const struct race *race;	/* that is all it does; or NULL */
	struct race_count *race_count;
	uint64_t seed;
	unsigned int ms;		/* how long it lasts */
	bool unprivileged;		/* as nobody, in group gid */
	unsigned int gid;
	struct call_count *counts;	/* nr_calls of them */
};

/* This thread goes to one of the first two CPUs, and at times to one of eight. */
void fuzz_pin(struct rng *r);
/* In a process of its own; does not return. */
_Noreturn void fuzz_round(const struct round *round);

#endif /* HVK_TESTS_API_FUZZ_H */
