// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traps that EL2 answers before it does anything else for the guest's exit (EL2,
 * interrupts masked, every EL1&0 register still the guest's): SMCCC and PSCI calls whose
 * answers are constant, reads of ID registers, the physical timer (answer_timer.h), the
 * distributor (answer_dist.h), and what answer_gic.h has of interrupts.
 *
 * What an exit does first in entry.S is left out here, because nothing of the host or of
 * EL1 runs before the guest goes on:
 * - The branch predictors are not cleaned. Nothing that the guest trained can steer this
 *   file, as it has no indirect branch, and returns without RET; the build checks that.
 *   Conditional branches only choose between the guest's own answers. The indices that are
 *   the guest's have seven bits (ID registers) and ten (words of GICD, bytes of which
 *   arrays have one for each INTID), so that even speculation past a check reads no more
 *   than the VM's own two pages and the vCPU's context; and no address depends on what was
 *   read there.
 * - No SError is waited for: a guest's stays pending and is taken as the guest's, as soon
 *   as it goes on.
 * - A kick that comes after the look at shared.kick is followed by an interrupt, which is
 *   taken as soon as the guest goes on (core/kick.c).
 * It takes no lock, and has no loop without a bound, but for the exclusive accesses by which
 * it sets a bit in the context of another vCPU of the VM that it sends an SGI to, and bits of
 * the distributor. All else that it writes is this vCPU's context, the distributor's
 * image, and the interrupt controller of this PE. Each function has one caller or is always
 * inlined.
 */
#include "answer_dist.h"
#include "answer_gic.h"
#include "answer_timer.h"
#include "el2_image.h"

/* DEN0028 6 and 7: owners are bits 29:24 of a function's number. */
#define SMCCC_OWNER(fn)		((fn) >> 24 & 0x3f)
#define OWNER_ARCH		0
#define OWNER_STANDARD		4	/* PSCI and TRNG */
#define OWNER_VENDOR_HYP	6	/* hvk's own calls, and general queries about them */
#define VENDOR_HYP_QUERIES	0x8600ff00
#define OWNER_PSCI_0_1		0x15	/* KVM's numbers of PSCI 0.1's calls */
#define SMCCC_VERSION		0x80000000
#define SMCCC_ARCH_FEATURES	0x80000001
#define SMCCC_ARCH_WA_1		0x80008000
#define SMCCC_ARCH_WA_2		0x80007fff
#define SMCCC_ARCH_WA_3		0x80003fff
#define SMCCC_1_1		0x10001
#define NOT_SUPPORTED		(~0UL)

/* DEN0022 5.1 */
#define PSCI_VERSION		0x84000000
#define PSCI_MIGRATE_INFO_TYPE	0x84000006
#define PSCI_FEATURES		0x8400000a
#define PSCI_FN64		0x40000000
#define PSCI_NO_MIGRATION	2	/* there is no Trusted OS that has to migrate */

/* ISS of a trapped MSR or MRS (DDI 0487 D17.2.37): a read of op0 = 3, op1 = 0, CRn = 0. */
#define ISS_ID_MASK		(3UL << 20 | 7UL << 14 | 0xfUL << 10 | 1)
#define ISS_ID_READ		(3UL << 20 | 1)
#define ISS_RT(iss)		((iss) >> 5 & 31)
#define ISS_OP2(iss)		((iss) >> 17 & 7)
#define ISS_CRM(iss)		((iss) >> 1 & 15)

/* SPSR_EL2 */
#define SPSR_SS			BIT(21)
#define SPSR_BTYPE		(3UL << 10)

/* As hvk_skip_insn() does it: a step that was due is taken as the guest goes on. */
static void skip_insn(void)
{
	u64 spsr = read_sysreg(spsr_el2);

	write_sysreg(read_sysreg(elr_el2) + 4, elr_el2);
	if (spsr & (SPSR_SS | SPSR_BTYPE))
		write_sysreg(spsr & ~(SPSR_SS | SPSR_BTYPE), spsr_el2);
}

static u64 arch_feature(const struct hvk_el2_vm *vm, u32 fn)
{
	if (fn == SMCCC_VERSION || fn == SMCCC_ARCH_FEATURES)
		return 0;
	if (fn == SMCCC_ARCH_WA_1)
		return vm->workaround[0];
	if (fn == SMCCC_ARCH_WA_2)
		return vm->workaround[1];
	if (fn == SMCCC_ARCH_WA_3)
		return vm->workaround[2];
	return NOT_SUPPORTED;
}

static u64 psci_feature(const struct hvk_el2_vm *vm, u32 fn)
{
	u32 known = fn & PSCI_FN64 ? vm->psci_features[1] : vm->psci_features[0];
	u32 nr = (fn & ~PSCI_FN64) - PSCI_VERSION;

	if (fn == SMCCC_VERSION)
		return 0;
	return nr < 32 && (known >> nr & 1) ? 0 : NOT_SUPPORTED;
}

/* Whether the call was answered; the guest's x0 has the answer then. */
static int answer_call(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx)
{
	u32 fn = ctx->x[0], owner = SMCCC_OWNER(fn);

	if (!(vm->flags & HVK_FAST_CALLS))
		return 0;
	if (owner == OWNER_ARCH) {
		/* An exit does what they ask for, whichever way this PE has. */
		if (fn == SMCCC_ARCH_WA_1 || fn == SMCCC_ARCH_WA_3)
			return 0;
		if (fn == SMCCC_VERSION)
			ctx->x[0] = SMCCC_1_1;
		else if (fn == SMCCC_ARCH_FEATURES)
			ctx->x[0] = arch_feature(vm, ctx->x[1]);
		else
			ctx->x[0] = NOT_SUPPORTED;
		return 1;
	}
	if (owner == OWNER_STANDARD) {
		if (fn == PSCI_VERSION)
			ctx->x[0] = vm->psci_version;
		else if (fn == PSCI_MIGRATE_INFO_TYPE)
			ctx->x[0] = PSCI_NO_MIGRATION;
		else if (fn == PSCI_FEATURES && vm->psci_features[0] >> 10 & 1)
			ctx->x[0] = psci_feature(vm, ctx->x[1]);
		else
			return 0;
		return 1;
	}
	if (owner == OWNER_VENDOR_HYP &&
	    (fn - HVK_FAST_PARA_BASE < HVK_FAST_PARA_MAX ||
	     fn - VENDOR_HYP_QUERIES < 0x100))
		return 0;
	if (owner == OWNER_PSCI_0_1)
		return 0;
	ctx->x[0] = NOT_SUPPORTED;
	return 1;
}

static int answer_id(const struct hvk_el2_vm *vm, struct hvk_el2_ctx *ctx, u64 iss)
{
	u64 crm = ISS_CRM(iss), rt = ISS_RT(iss);

	/* CRm 0 has MIDR_EL1 and the like, which do not trap or are a vCPU's own. */
	if ((iss & ISS_ID_MASK) != ISS_ID_READ || !crm || crm > 7)
		return 0;
	if ((read_sysreg(spsr_el2) & SPSR_M_MASK) == SPSR_M_EL0T)
		return 0;
	if (rt != 31)
		ctx->x[rt] = vm->idreg[crm << 3 | ISS_OP2(iss)];
	return 1;
}

/*
 * ANSWER_*: whether the trap was answered, so that the guest may go on. Its general-purpose
 * registers are in ctx->x; no other part of an exit was done.
 */
static int answer(struct hvk_el2_ctx *ctx)
{
	const struct hvk_el2_vm *vm = (const struct hvk_el2_vm *)ctx->fast.vm;
	u64 esr = read_sysreg(esr_el2), ec = ESR_EC(esr);
	int done = 0;

	if (!vm || ctx->shared.kick ||
	    ctx->cfg.flags & (HVK_CTX_F_VMM_DEBUG | HVK_CTX_F_TDE))
		return 0;
	/* The most frequent ones first; a switch would be searched from its middle. */
	if (ec == EC_HVC64 || (ec == EC_SMC64 && !(esr & ESR_IMM16)))
		done = answer_call(vm, ctx);
	else if (ec == EC_SYS64)
		done = answer_id(vm, ctx, esr) || answer_ptimer(ctx, esr);
	else if (ec == EC_DABT_LOW)
		done = answer_abort(vm, ctx, esr);
	else if (ec == EC_WFX)
		done = answer_wfi(vm, ctx, esr);
	if (!done)
		return 0;
	/* ELR_EL2 is behind an HVC already (DDI 0487 D1.3.3). */
	if (ec != EC_HVC64)
		skip_insn();
	ctx->fast.count++;
	return done;
}

/* The same for an interrupt. */
static int answer_interrupt(struct hvk_el2_ctx *ctx)
{
	const struct hvk_el2_vm *vm = (const struct hvk_el2_vm *)ctx->fast.vm;

	if (!vm || !ctx->fast.timer_lr || ctx->shared.kick || !fire_timer(vm, ctx))
		return 0;
	ctx->fast.count++;
	return 1;
}

#ifdef HVK_HOST_TEST
int hvk_el2_interrupt(struct hvk_el2_ctx *ctx)
{
	return answer_interrupt(ctx);
}

int hvk_el2_answer(struct hvk_el2_ctx *ctx)
{
	return answer(ctx);
}
#else
/*
 * Goes on at one of two labels of entry.S, as RET would be an indirect branch. They expect
 * SP as it is now: this file uses no stack, which the build checks as well.
 */
void hvk_el2_answer(struct hvk_el2_ctx *ctx)
{
	int done = answer(ctx);

	if (done == ANSWER_DONE)
		asm volatile("b guest_goes_on" : : : "memory");
	else if (done == ANSWER_NONE)
		asm volatile("b guest_leaves" : : : "memory");
	else
		asm volatile("b guest_is_kicked" : : : "memory");
	__builtin_unreachable();
}

void hvk_el2_interrupt(struct hvk_el2_ctx *ctx)
{
	if (answer_interrupt(ctx))
		asm volatile("b guest_goes_on" : : : "memory");
	else
		asm volatile("b guest_interrupted" : : : "memory");
	__builtin_unreachable();
}
#endif
