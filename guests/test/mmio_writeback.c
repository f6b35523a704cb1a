// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device accesses that the syndrome does not describe (ESR_ELx.ISV is 0 with write-back,
 * DDI 0487 D17.2.37), so that the hypervisor has to decode the instruction. Not in mmio.c,
 * because a hypervisor that does not do that ends the guest.
 */

#include "board.h"
#include "check.h"
#include "smp.h"

#define RTCMR	(BOARD_PL031 + 0x4)
#define PATTERN 0x89abcdefu
#define BEFORE	0x5555aaaa5555aaaaul

struct result {
	uint64_t value;
	uint64_t base;
};

/* `form` is the instruction, with the value as %0 and the base register as %1. */
#define LOAD(name, form)                                                          \
	static struct result name(uint64_t base)                                  \
	{                                                                         \
		struct result r = { BEFORE, base };                               \
                                                                                  \
		asm volatile(form : "+&r"(r.value), "+&r"(r.base)::"memory");      \
		return r;                                                         \
	}

#define STORE(name, form)                                                         \
	static struct result name(uint64_t base)                                  \
	{                                                                         \
		struct result r = { 0x76543210fedcba98ul, base };                 \
                                                                                  \
		asm volatile(form : "+&r"(r.value), "+&r"(r.base)::"memory");      \
		return r;                                                         \
	}

LOAD(ldr_post, "ldr %w0, [%1], #4")
LOAD(ldr_post_negative, "ldr %w0, [%1], #-256")
LOAD(ldr_pre, "ldr %w0, [%1, #4]!")
LOAD(ldr_pre_negative, "ldr %w0, [%1, #-8]!")
LOAD(ldrb_post, "ldrb %w0, [%1], #1")
LOAD(ldrb_pre, "ldrb %w0, [%1, #4]!")
LOAD(ldrsb_w_post, "ldrsb %w0, [%1], #1")
LOAD(ldrsb_x_post, "ldrsb %x0, [%1], #1")
LOAD(ldrsb_x_pre, "ldrsb %x0, [%1, #4]!")
LOAD(ldrh_post, "ldrh %w0, [%1], #2")
LOAD(ldrsh_w_post, "ldrsh %w0, [%1], #2")
LOAD(ldrsh_x_pre, "ldrsh %x0, [%1, #4]!")
LOAD(ldrsw_post, "ldrsw %x0, [%1], #4")
LOAD(ldrsw_pre, "ldrsw %x0, [%1, #4]!")

STORE(str_post, "str %w0, [%1], #4")
STORE(str_pre, "str %w0, [%1, #4]!")
STORE(str_pre_negative, "str %w0, [%1, #-12]!")
STORE(strb_post, "strb %w0, [%1], #1")
STORE(strb_pre, "strb %w0, [%1, #4]!")
STORE(strh_post, "strh %w0, [%1], #2")
STORE(strh_pre, "strh %w0, [%1, #4]!")

static const struct {
	const char *name;
	const char *name_base;
	struct result (*access)(uint64_t base);
	int before; /* base register - RTCMR before the instruction */
	int after;
	bool store;
	uint64_t expected; /* in the general register of a load, in RTCMR after a store */
} cases[] = {
	{ "ldr-post", "ldr-post-base", ldr_post, 0, 4, false, PATTERN },
	{ "ldr-post-negative", "ldr-post-negative-base", ldr_post_negative, 0, -256, false,
	  PATTERN },
	{ "ldr-pre", "ldr-pre-base", ldr_pre, -4, 0, false, PATTERN },
	{ "ldr-pre-negative", "ldr-pre-negative-base", ldr_pre_negative, 8, 0, false, PATTERN },
	{ "ldrb-post", "ldrb-post-base", ldrb_post, 0, 1, false, 0xef },
	{ "ldrb-pre", "ldrb-pre-base", ldrb_pre, -4, 0, false, 0xef },
	{ "ldrsb-w-post", "ldrsb-w-post-base", ldrsb_w_post, 0, 1, false, 0xffffffef },
	{ "ldrsb-x-post", "ldrsb-x-post-base", ldrsb_x_post, 0, 1, false, 0xffffffffffffffef },
	{ "ldrsb-x-pre", "ldrsb-x-pre-base", ldrsb_x_pre, -4, 0, false, 0xffffffffffffffef },
	{ "ldrh-post", "ldrh-post-base", ldrh_post, 0, 2, false, 0xcdef },
	{ "ldrsh-w-post", "ldrsh-w-post-base", ldrsh_w_post, 0, 2, false, 0xffffcdef },
	{ "ldrsh-x-pre", "ldrsh-x-pre-base", ldrsh_x_pre, -4, 0, false, 0xffffffffffffcdef },
	{ "ldrsw-post", "ldrsw-post-base", ldrsw_post, 0, 4, false, 0xffffffff89abcdef },
	{ "ldrsw-pre", "ldrsw-pre-base", ldrsw_pre, -4, 0, false, 0xffffffff89abcdef },
	{ "str-post", "str-post-base", str_post, 0, 4, true, 0xfedcba98 },
	{ "str-pre", "str-pre-base", str_pre, -4, 0, true, 0xfedcba98 },
	{ "str-pre-negative", "str-pre-negative-base", str_pre_negative, 12, 0, true, 0xfedcba98 },
	{ "strb-post", "strb-post-base", strb_post, 0, 1, true, 0x98 },
	{ "strb-pre", "strb-pre-base", strb_pre, -4, 0, true, 0x98 },
	{ "strh-post", "strh-post-base", strh_post, 0, 2, true, 0xba98 },
	{ "strh-pre", "strh-pre-base", strh_pre, -4, 0, true, 0xba98 },
};

/* A pair is two accesses, here to RTCMR and RTCLR. */
static void pairs(void)
{
	uint64_t low, high, base = RTCMR;

	asm volatile("stp %w0, %w1, [%2]" ::"r"(PATTERN), "r"(0x13572468), "r"(base) : "memory");
	check("stp-low", PATTERN, mmio_read32(RTCMR));
	check("stp-high", 0x13572468, mmio_read32(RTCMR + 4));
	asm volatile("ldp %w0, %w1, [%2], #8"
		     : "=&r"(low), "=&r"(high), "+r"(base)::"memory");
	check("ldp-low", PATTERN, low);
	check("ldp-high", 0x13572468, high);
	check("ldp-post-base", RTCMR + 8, base);
	asm volatile("ldpsw %x0, %x1, [%2]" : "=&r"(low), "=&r"(high) : "r"(RTCMR) : "memory");
	check("ldpsw-low", 0xffffffff89abcdef, low);
	check("ldpsw-high", 0x13572468, high);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct result r;

		mmio_write32(RTCMR, cases[i].store ? 0 : PATTERN);
		r = cases[i].access(RTCMR + (uint64_t)(int64_t)cases[i].before);
		check(cases[i].name, cases[i].expected,
		      cases[i].store ? mmio_read32(RTCMR) : r.value);
		check(cases[i].name_base, RTCMR + (uint64_t)(int64_t)cases[i].after, r.base);
	}
	pairs();
	check_finish();
}
