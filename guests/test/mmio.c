// SPDX-License-Identifier: BSD-2-Clause
/*
 * Loads and stores of every width and extension to a device that the VMM
 * emulates. The register is PL031's match register: 32 bits that read back
 * what was written and start nothing, as the interrupt stays masked.
 */

#include "board.h"
#include "check.h"
#include "exc.h"
#include "printf.h"
#include "smp.h"

#define RTCMR (BOARD_PL031 + 0x4)
#define RTCLR (BOARD_PL031 + 0x8)

#define PATTERN 0x89abcdefu /* the top bit of each width is set */
#define BEFORE	0x5555aaaa5555aaaaul

/* LOAD(name, "ldrsb %x0"): returns the register, which was BEFORE, after the load. */
#define LOAD(name, instruction)                                                   \
	static uint64_t name(uintptr_t address)                                   \
	{                                                                         \
		uint64_t value = BEFORE;                                          \
                                                                                  \
		asm volatile(instruction ", [%1]" : "+r"(value) : "r"(address) : "memory"); \
		return value;                                                     \
	}

#define STORE(name, instruction)                                                  \
	static void name(uintptr_t address, uint64_t value)                       \
	{                                                                         \
		asm volatile(instruction ", [%1]" ::"r"(value), "r"(address) : "memory"); \
	}

LOAD(ldrb_w, "ldrb %w0")
LOAD(ldrsb_w, "ldrsb %w0")
LOAD(ldrsb_x, "ldrsb %x0")
LOAD(ldrh_w, "ldrh %w0")
LOAD(ldrsh_w, "ldrsh %w0")
LOAD(ldrsh_x, "ldrsh %x0")
LOAD(ldr_w, "ldr %w0")
LOAD(ldrsw_x, "ldrsw %x0")
LOAD(ldar_w, "ldar %w0")
LOAD(ldarb_w, "ldarb %w0")
LOAD(ldarh_w, "ldarh %w0")

static const struct {
	const char *name;
	uint64_t (*load)(uintptr_t address);
	uint64_t expected;
} loads[] = {
	{ "ldrb-w", ldrb_w, 0xef },
	{ "ldrsb-w", ldrsb_w, 0xffffffef },
	{ "ldrsb-x", ldrsb_x, 0xffffffffffffffef },
	{ "ldrh-w", ldrh_w, 0xcdef },
	{ "ldrsh-w", ldrsh_w, 0xffffcdef },
	{ "ldrsh-x", ldrsh_x, 0xffffffffffffcdef },
	{ "ldr-w", ldr_w, 0x89abcdef },
	{ "ldrsw-x", ldrsw_x, 0xffffffff89abcdef },
	{ "ldar-w", ldar_w, 0x89abcdef },
	{ "ldarb-w", ldarb_w, 0xef },
	{ "ldarh-w", ldarh_w, 0xcdef },
};

STORE(strb_w, "strb %w0")
STORE(strh_w, "strh %w0")
STORE(str_w, "str %w0")
STORE(stlr_w, "stlr %w0")
STORE(stlrb_w, "stlrb %w0")


/* The device's register has all 32 bits of the store: those above its width must be 0. */
static const struct {
	const char *name;
	void (*store)(uintptr_t address, uint64_t value);
	uint64_t expected;
} stores[] = {
	{ "strb-w", strb_w, 0x98 },	   { "strh-w", strh_w, 0xba98 },
	{ "str-w", str_w, 0xfedcba98 },	   
	{ "stlr-w", stlr_w, 0xfedcba98 },  { "stlrb-w", stlrb_w, 0x98 },
};

/* Loads into every register, as only number 31 may be special. */
#define LOAD_INTO(n)                                                         \
	asm volatile("mov x" #n ", #-1\n\tldrh w" #n ", [%1]\n\tmov %0, x" #n \
		     : "=r"(values[n])                                        \
		     : "r"(RTCMR)                                            \
		     : "x" #n, "memory")

static void every_register(void)
{
	uint64_t values[29];
	unsigned int right = 0;

	str_w(RTCMR, PATTERN);
	LOAD_INTO(0); LOAD_INTO(1); LOAD_INTO(2); LOAD_INTO(3); LOAD_INTO(4);
	LOAD_INTO(5); LOAD_INTO(6); LOAD_INTO(7); LOAD_INTO(8); LOAD_INTO(9);
	LOAD_INTO(10); LOAD_INTO(11); LOAD_INTO(12); LOAD_INTO(13); LOAD_INTO(14);
	LOAD_INTO(15); LOAD_INTO(16); LOAD_INTO(17); LOAD_INTO(18); LOAD_INTO(19);
	LOAD_INTO(20); LOAD_INTO(21); LOAD_INTO(22); LOAD_INTO(23); LOAD_INTO(24);
	LOAD_INTO(25); LOAD_INTO(26); LOAD_INTO(27); LOAD_INTO(28);
	for (unsigned int i = 0; i < ARRAY_SIZE(values); i++)
		right += values[i] == 0xcdef;
	check("load-into-every-register", ARRAY_SIZE(values), right);
}

static void zero_register(void)
{
	uint64_t sp_before, sp_after;

	str_w(RTCMR, PATTERN);
	asm volatile("mov %0, sp\n\tldr wzr, [%2]\n\tmov %1, sp"
		     : "=&r"(sp_before), "=&r"(sp_after)
		     : "r"(RTCMR)
		     : "memory");
	check("load-into-zr-leaves-sp", sp_before, sp_after);
	asm volatile("str wzr, [%0]" ::"r"(RTCMR) : "memory");
	check("store-of-zr", 0, ldr_w(RTCMR));
}

/*
 * An access of 64 bits, at RTCLR, because the address must be aligned. What the high word
 * reads as depends on the device and is not checked.
 */
static void doubleword(void)
{
	uint64_t value;

	asm volatile("str %x0, [%1]" ::"r"(0xffffffff00000000ul | PATTERN), "r"(RTCLR) : "memory");
	asm volatile("ldr %x0, [%1]" : "=r"(value) : "r"(RTCLR) : "memory");
	check("ldr-x-low-word", PATTERN, value & 0xffffffff);
}

/* Accesses with all forms of offsets reach the same register. */
static void addressing(void)
{
	uint64_t value;

	str_w(RTCMR, PATTERN);
	asm volatile("ldr %w0, [%1, #4]" : "=r"(value) : "r"(BOARD_PL031) : "memory");
	check("offset-immediate", PATTERN, value);
	asm volatile("ldur %w0, [%1, #-4]" : "=r"(value) : "r"(BOARD_PL031 + 8) : "memory");
	check("offset-unscaled", PATTERN, value);
	asm volatile("ldr %w0, [%1, %w2, uxtw #2]"
		     : "=r"(value)
		     : "r"(BOARD_PL031), "r"(1)
		     : "memory");
	check("offset-register", PATTERN, value);
}

/* An access does not change the flags. */
static void state_kept(void)
{
	uint64_t flags;

	asm volatile("msr nzcv, %1\n\tldr wzr, [%2]\n\tmrs %0, nzcv"
		     : "=r"(flags)
		     : "r"(0xa0000000ul), "r"(RTCMR)
		     : "memory", "cc");
	check("flags-kept", 0xa0000000, flags);
}

/* Unknown offsets of a device read as zero and ignore writes. */
static void unknown_offset(void)
{
	struct exc_record fault;

	exc_catch(&fault);
	check("unknown-offset-reads-zero", 0, ldr_w(BOARD_PL031 + 0x100));
	str_w(BOARD_PL031 + 0x100, PATTERN);
	exc_release();
	check("unknown-offset-no-abort", 0, fault.count);
}

/* Cache maintenance of a device's address has no effect and does not abort. */
static void cache_maintenance(void)
{
	struct exc_record fault;

	str_w(RTCMR, PATTERN);
	exc_catch(&fault);
	asm volatile("dc civac, %0\n\tdc cvac, %0\n\tdsb sy" ::"r"(RTCMR) : "memory");
	exc_release();
	check("cache-maintenance-no-abort", 0, fault.count);
	check("cache-maintenance-no-effect", PATTERN, ldr_w(RTCMR));
}

/*
 * All virtio-mmio transports exist (virtio 1.2 4.2.2); the last one has the source of random
 * numbers, and the others have no device here.
 */
static void virtio_transports(void)
{
	struct exc_record fault;
	unsigned int magic = 0, version = 0, taken = 0, rest = 0;

	exc_catch(&fault);
	for (unsigned int i = 0; i < BOARD_VIRTIO_SLOTS; i++) {
		uintptr_t base = BOARD_VIRTIO + i * BOARD_VIRTIO_SIZE;
		/* Another register of each transport. */
		uintptr_t at = base + BOARD_VIRTIO_SIZE - 4 * (i + 1);

		str_w(base, PATTERN);
		str_w(at, PATTERN);
		magic += ldr_w(base) == 0x74726976;
		version += ldr_w(base + 4) == 2;
		taken += ldr_w(base + 8) != (i == BOARD_VIRTIO_SLOTS - 1 ? 4 : 0);
		rest += ldr_w(at) != 0;
	}
	exc_release();
	check("virtio-no-abort", 0, fault.count);
	check("virtio-magic", BOARD_VIRTIO_SLOTS, magic);
	check("virtio-version-2", BOARD_VIRTIO_SLOTS, version);
	check("virtio-without-devices", 0, taken);
	check("virtio-nothing-else", 0, rest);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;

	for (unsigned int i = 0; i < ARRAY_SIZE(loads); i++) {
		str_w(RTCMR, PATTERN);
		check(loads[i].name, loads[i].expected, loads[i].load(RTCMR));
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(stores); i++) {
		str_w(RTCMR, 0);
		stores[i].store(RTCMR, 0x76543210fedcba98ul);
		check(stores[i].name, stores[i].expected, ldr_w(RTCMR));
	}
	every_register();
	zero_register();
	doubleword();
	addressing();
	state_kept();
	unknown_offset();
	virtio_transports();
	cache_maintenance();
	check_finish();
}
