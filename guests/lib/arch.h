/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access to the architecture for all files of the library: system registers, barriers,
 * device accesses, and a few fields of the exception syndrome.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NORETURN __attribute__((noreturn))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Reads the system register `reg`, a name or S<op0>_<op1>_C<n>_C<m>_<op2>. */
#define sysreg_read(reg)                                               \
	({                                                             \
		uint64_t value_;                                       \
		asm volatile("mrs %0, " #reg : "=r"(value_)::"memory"); \
		value_;                                                \
	})

/* Writes the system register `reg`; the caller adds the isb() that it needs. */
#define sysreg_write(reg, value) \
	asm volatile("msr " #reg ", %0" ::"r"((uint64_t)(value)) : "memory")

static inline void isb(void)
{
	asm volatile("isb" ::: "memory");
}

/* Waits until all earlier memory accesses are complete, device accesses included. */
static inline void dsb(void)
{
	asm volatile("dsb sy" ::: "memory");
}

/* Orders memory accesses among the PEs of the inner shareable domain. */
static inline void dmb(void)
{
	asm volatile("dmb ish" ::: "memory");
}

/* Sleeps until an interrupt is pending; all earlier accesses are complete before. */
static inline void wfi(void)
{
	asm volatile("dsb sy\n\twfi" ::: "memory");
}

static inline void wfe(void)
{
	asm volatile("wfe" ::: "memory");
}

/* Wakes PEs in wfe(), which then see this PE's earlier stores. */
static inline void sev(void)
{
	asm volatile("dsb ish\n\tsev" ::: "memory");
}

/* A hint for loops that poll for something. */
static inline void relax(void)
{
	asm volatile("yield" ::: "memory");
}

static inline void irq_enable(void)
{
	asm volatile("msr daifclr, #2" ::: "memory");
}

static inline void irq_disable(void)
{
	asm volatile("msr daifset, #2" ::: "memory");
}

/* Masks interrupts on this PE; returns the mask as it was before, for irq_restore(). */
static inline uint64_t irq_save(void)
{
	uint64_t daif = sysreg_read(daif);

	irq_disable();
	return daif;
}

static inline void irq_restore(uint64_t daif)
{
	sysreg_write(daif, daif);
}

/*
 * Device accesses by exactly one load or store without write-back. If such an access traps,
 * its syndrome describes it (ESR_ELx.ISV, DDI 0487 D17.2.37), so that any hypervisor can
 * emulate it.
 */
static inline uint8_t mmio_read8(uintptr_t address)
{
	uint32_t value;

	asm volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return (uint8_t)value;
}

static inline uint32_t mmio_read32(uintptr_t address)
{
	uint32_t value;

	asm volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write8(uintptr_t address, uint8_t value)
{
	asm volatile("strb %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

static inline void mmio_write32(uintptr_t address, uint32_t value)
{
	asm volatile("str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

/* ESR_EL1, DDI 0487 D17.2.37. */
#define ESR_EC(esr)	  (((esr) >> 26) & 0x3f)
#define ESR_ISS(esr)	  ((esr) & 0x1ffffff)
#define ESR_FSC(esr)	  ((esr) & 0x3f)
#define ESR_EC_UNKNOWN	  0x00
#define ESR_EC_FP	  0x07
#define ESR_EC_SVC	  0x15
#define ESR_EC_SYSREG	  0x18
#define ESR_EC_IABT_SAME  0x21
#define ESR_EC_DABT_SAME  0x25
#define ESR_EC_BRK	  0x3c
#define ESR_FSC_TRANSLATION_L3 0x07
#define ESR_FSC_PERMISSION_L3  0x0f
#define ESR_FSC_EXTERNAL  0x10
#define ESR_FSC_ALIGNMENT 0x21

/* PSTATE in SPSR_EL1. */
#define PSTATE_I (1u << 7)
#define PSTATE_A (1u << 8)
