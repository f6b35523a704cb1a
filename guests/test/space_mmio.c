// SPDX-License-Identifier: BSD-2-Clause
/*
 * Loads and stores of every form at the offsets of every device: plain ones of each width,
 * pairs, SIMD, exclusives, acquire and release, atomics, unaligned ones, cache maintenance.
 * Each is done, or causes the one exception that the architecture allows for it there. The
 * devices and the guest must work afterwards.
 *
 * Command line: seed=N; `all`: every offset, else NR_SAMPLES of each device; `unaligned`: the
 * machine performs unaligned accesses to Device memory.
 */

#include "board.h"
#include "bootargs.h"
#include "check.h"
#include "exc.h"
#include "gic.h"
#include "mmu.h"
#include "printf.h"
#include "smp.h"
#include "timer.h"

#define NR_SAMPLES 192 /* offsets of a device and form, without `all` */

/* Outcomes of an access. */
#define DONE	  (1u << 0)
#define EXTERNAL  (1u << 1) /* synchronous external abort: the access is not emulated */
#define ALIGNMENT (1u << 2) /* Device memory (DDI 0487 B2.5.2) */
#define UNDEFINED (1u << 3)
#define ATOMIC	  (1u << 4) /* exclusive or atomic not supported here */
#define DENIED	  (1u << 5) /* stage 1 does not allow EL0's accesses */
#define ELSE	  (1u << 6) /* any other outcome, which is always wrong */

#define FSC_ATOMIC     0x35
#define FSC_PERMISSION 0x0c /* and the level, two bits */

/* FORM(name, text): a function that executes one instruction at address %3, with value %0. */
#define FORM(name, text)                                                              \
	static uint64_t name(uintptr_t at, uint64_t value)                            \
	{                                                                             \
		uint64_t other = value;                                               \
		uint32_t status = 0;                                                  \
                                                                                      \
		asm volatile(".arch armv8.1-a+fp+simd+lse\n\t" text                   \
			     : "+&r"(value), "+&r"(other), "+&r"(status)              \
			     : "r"(at)                                                \
			     : "memory");                                             \
		return value;                                                         \
	}

FORM(ldrb, "ldrb %w0, [%3]")
FORM(ldrh, "ldrh %w0, [%3]")
FORM(ldr_w, "ldr %w0, [%3]")
FORM(ldr_x, "ldr %0, [%3]")
FORM(strb, "strb %w0, [%3]")
FORM(strh, "strh %w0, [%3]")
FORM(str_w, "str %w0, [%3]")
FORM(str_x, "str %0, [%3]")
FORM(ldrsb, "ldrsb %0, [%3]")
FORM(ldrsw, "ldrsw %0, [%3]")
FORM(ldtr, "ldtr %w0, [%3]")
FORM(ldp_w, "ldp %w0, %w1, [%3]")
FORM(ldp_x, "ldp %0, %1, [%3]")
FORM(stp_w, "stp %w0, %w1, [%3]")
FORM(stp_x, "stp %0, %1, [%3]")
FORM(ldnp_x, "ldnp %0, %1, [%3]")
FORM(ldr_b, "ldr b0, [%3]")
FORM(ldr_s, "ldr s0, [%3]")
FORM(ldr_q, "ldr q0, [%3]")
FORM(str_s, "str s0, [%3]")
FORM(str_q, "str q0, [%3]")
FORM(ldp_q, "ldp q0, q1, [%3]")
FORM(stp_d, "stp d0, d1, [%3]")
FORM(ld1, "ld1 {v0.4s, v1.4s}, [%3]")
FORM(st1, "st1 {v0.b}[3], [%3]")
FORM(ldxr, "ldxr %w0, [%3]")
FORM(stxr, "stxr %w2, %w0, [%3]")
FORM(ldaxr, "ldaxr %0, [%3]")
FORM(ldxp, "ldxp %0, %1, [%3]")
FORM(ldar, "ldar %w0, [%3]")
FORM(stlr, "stlr %w0, [%3]")
FORM(ldadd, "ldadd %w0, %w1, [%3]")
FORM(swp, "swpal %0, %1, [%3]")
FORM(cas, "cas %w0, %w1, [%3]")
FORM(dc_zva, "dc zva, %3")
FORM(dc_civac, "dc civac, %3")
FORM(dc_ivac, "dc ivac, %3")
FORM(ic_ivau, "ic ivau, %3")
FORM(prfm, "prfm pstl1keep, [%3]")
FORM(at, "at s1e1w, %3")

/*
 * `align`: alignment of the offsets; `shift`: added to each offset; `may`: the allowed
 * outcomes. An access that is not emulated is an external abort, as by hvk-run on /dev/kvm.
 */
static const struct form {
	const char *name;
	uint64_t (*access)(uintptr_t at, uint64_t value);
	unsigned int align, shift, size;
	bool store;
	unsigned int may;
} forms[] = {
	{ "ldrb", ldrb, 1, 0, 1, false, DONE | EXTERNAL },
	{ "ldrh", ldrh, 2, 0, 2, false, DONE | EXTERNAL },
	{ "ldr-w", ldr_w, 4, 0, 4, false, DONE | EXTERNAL },
	{ "ldr-x", ldr_x, 8, 0, 8, false, DONE | EXTERNAL },
	{ "strb", strb, 1, 0, 1, true, DONE | EXTERNAL },
	{ "strh", strh, 2, 0, 2, true, DONE | EXTERNAL },
	{ "str-w", str_w, 4, 0, 4, true, DONE | EXTERNAL },
	{ "str-x", str_x, 8, 0, 8, true, DONE | EXTERNAL },
	{ "ldrsb", ldrsb, 1, 0, 1, false, DONE | EXTERNAL },
	{ "ldrsw", ldrsw, 4, 0, 4, false, DONE | EXTERNAL },
	{ "ldtr", ldtr, 4, 0, 4, false, DENIED },
	{ "ldp-w", ldp_w, 4, 0, 8, false, DONE | EXTERNAL },
	{ "ldp-x", ldp_x, 8, 0, 16, false, DONE | EXTERNAL },
	{ "stp-w", stp_w, 4, 0, 8, true, DONE | EXTERNAL },
	{ "stp-x", stp_x, 8, 0, 16, true, DONE | EXTERNAL },
	{ "ldnp-x", ldnp_x, 8, 0, 16, false, DONE | EXTERNAL },
	{ "ldr-b", ldr_b, 1, 0, 1, false, DONE | EXTERNAL },
	{ "ldr-s", ldr_s, 4, 0, 4, false, DONE | EXTERNAL },
	{ "ldr-q", ldr_q, 16, 0, 16, false, DONE | EXTERNAL },
	{ "str-s", str_s, 4, 0, 4, true, DONE | EXTERNAL },
	{ "str-q", str_q, 16, 0, 16, true, DONE | EXTERNAL },
	{ "ldp-q", ldp_q, 16, 0, 32, false, DONE | EXTERNAL },
	{ "stp-d", stp_d, 8, 0, 16, true, DONE | EXTERNAL },
	{ "ld1", ld1, 16, 0, 32, false, DONE | EXTERNAL },
	{ "st1", st1, 1, 0, 1, true, DONE | EXTERNAL },
	{ "ldxr", ldxr, 4, 0, 4, false, DONE | EXTERNAL | ATOMIC },
	{ "stxr", stxr, 4, 0, 4, true, DONE | EXTERNAL | ATOMIC },
	{ "ldaxr", ldaxr, 8, 0, 8, false, DONE | EXTERNAL | ATOMIC },
	{ "ldxp", ldxp, 16, 0, 16, false, DONE | EXTERNAL | ATOMIC },
	{ "ldar", ldar, 4, 0, 4, false, DONE | EXTERNAL },
	{ "stlr", stlr, 4, 0, 4, true, DONE | EXTERNAL },
	/* FEAT_LSE; UNDEFINED without it, as on a Cortex-A72 */
	{ "ldadd", ldadd, 4, 0, 4, true, UNDEFINED },
	{ "swp", swp, 8, 0, 8, true, UNDEFINED },
	{ "cas", cas, 4, 0, 4, true, UNDEFINED },
	{ "ldrh-unaligned", ldrh, 2, 1, 2, false, ALIGNMENT },
	{ "ldr-w-unaligned", ldr_w, 4, 2, 4, false, ALIGNMENT },
	{ "ldr-x-unaligned", ldr_x, 8, 4, 8, false, ALIGNMENT },
	{ "str-w-unaligned", str_w, 4, 1, 4, true, ALIGNMENT },
	{ "stp-x-unaligned", stp_x, 8, 4, 16, true, ALIGNMENT },
	{ "ldxr-unaligned", ldxr, 4, 2, 4, false, ALIGNMENT },
	/* ALIGNMENT by the architecture, but QEMU performs the store */
	{ "dc-zva", dc_zva, 64, 0, 64, true, ALIGNMENT | EXTERNAL | DONE },
	{ "dc-civac", dc_civac, 64, 0, 64, false, DONE },
	{ "dc-ivac", dc_ivac, 64, 0, 64, true, DONE },
	{ "ic-ivau", ic_ivau, 64, 0, 64, false, DONE },
	{ "prfm", prfm, 8, 0, 8, false, DONE },
	{ "at", at, 64, 0, 64, true, DONE },
};

static const struct device {
	const char *name;
	uintptr_t base;
	unsigned int size;
	unsigned int first_store; /* no stores to lower offsets: the console's data register */
} devices[] = {
	{ "gicd", BOARD_GICD, 0x1000, 0 },
	{ "gicc", BOARD_GICC, 0x2000, 0 },
	{ "pl011", BOARD_PL011, 0x1000, 0x40 },
	{ "pl031", BOARD_PL031, 0x1000, 0 },
	{ "pl061", BOARD_PL061, 0x1000, 0 },
	{ "virtio", BOARD_VIRTIO, 0x1000, 0 },
	{ "nobody", BOARD_NOBODY, 0x1000, 0 },
};

#define GICC_APR0    (BOARD_GICC + 0xd0)

/* The UART's control register, set again after random writes to its registers. */
#define UARTCR	  (BOARD_PL011 + 0x30)
#define UARTCR_ON 0x301u

static uint64_t random_state;

static uint64_t random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static unsigned int outcome(const struct exc_record *fault)
{
	if (!fault->count)
		return DONE;
	if (fault->count > 1)
		return ELSE;
	if (ESR_EC(fault->esr) == ESR_EC_UNKNOWN)
		return UNDEFINED;
	if (ESR_EC(fault->esr) != ESR_EC_DABT_SAME)
		return ELSE;
	if ((ESR_FSC(fault->esr) & ~3u) == FSC_PERMISSION)
		return DENIED;
	switch (ESR_FSC(fault->esr)) {
	case ESR_FSC_EXTERNAL:
		return EXTERNAL;
	case ESR_FSC_ALIGNMENT:
		return ALIGNMENT;
	case FSC_ATOMIC:
		return ATOMIC;
	default:
		return ELSE;
	}
}

/* The allowed outcomes of the form on this PE. */
static unsigned int may(const struct form *form)
{
	/* With FEAT_LSE, atomics have the same outcomes as exclusives. */
	if (form->may == UNDEFINED && (sysreg_read(id_aa64isar0_el1) >> 20 & 0xf))
		return DONE | EXTERNAL | ATOMIC;
	/* QEMU's raspi4b performs unaligned accesses to Device memory, also of a guest of KVM's. */
	if (form->may == ALIGNMENT && bootarg_given("unaligned"))
		return ALIGNMENT | DONE | EXTERNAL;
	return form->may;
}

/* Returns all outcomes of one form at one device, or'ed; prints those that are not allowed. */
static unsigned int attack(const struct form *form, const struct device *device, bool all)
{
	unsigned int places = device->size / form->align, seen = 0;
	unsigned int count = all || places < NR_SAMPLES ? places : NR_SAMPLES;
	unsigned int from = (unsigned int)random() % places;

	for (unsigned int i = 0; i < count; i++) {
		unsigned int offset = ((from + i) % places) * form->align + form->shift;
		struct exc_record fault;
		unsigned int got;

		if (offset + form->size > device->size)
			continue;
		if (form->store && offset < device->first_store)
			continue;
		exc_catch(&fault);
		form->access(device->base + offset, random());
		exc_release();
		got = outcome(&fault);
		if (!(seen & got) && !(got & may(form)))
			printf("%s at %s+%x: ESR %lx FAR %lx, %u exceptions\n", form->name,
			       device->name, offset, fault.esr, fault.far, fault.count);
		seen |= got;
	}
	return seen;
}

/* Every form at every device. */
static void forms_at_devices(bool all)
{
	for (unsigned int f = 0; f < ARRAY_SIZE(forms); f++) {
		unsigned int seen = 0;

		for (unsigned int d = 0; d < ARRAY_SIZE(devices); d++) {
			seen |= attack(&forms[f], &devices[d], all);
			mmio_write32(UARTCR, UARTCR_ON);
		}
		check(forms[f].name, 0, seen & ~may(&forms[f]));
	}
}

/* Sets up the devices again and checks that they work. */
static void devices_after(void)
{
	/* Registers that gic_init() does not write, as they are 0 after a reset. */
	for (unsigned int i = 0; i < 16; i += 4)
		mmio_write32(GICD_CPENDSGIR + i, ~0u);
	mmio_write32(GICD_IGROUPR, 0);
	mmio_write32(GICC_APR0, 0);
	gic_init();
	gic_init_cpu();
	check("distributor-on", 1, mmio_read32(GICD_CTLR));
	check_at_least("distributor-has-spis", 1, mmio_read32(GICD_TYPER) & 0x1f);
	mmio_write32(BOARD_PL031 + 4, 0x1234);
	check("pl031-keeps", 0x1234, mmio_read32(BOARD_PL031 + 4));
	gic_enable(3);
	gic_send_sgi(3, 1);
	check("interrupt-after", 3, gic_ack_within(1000) & 0x3ff);
	gic_eoi(3);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	irq_disable();
	random_state = bootarg_number("seed", timer_now()) | 1;
	printf("seed=%lu\n", random_state);
	exc_count_serrors(true);
	forms_at_devices(bootarg_given("all"));
	check("no-serrors", 0, exc_serrors());
	exc_count_serrors(false);
	devices_after();
	check_finish();
}
