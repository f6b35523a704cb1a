// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rungs of the ladder (EL1, on the CPU whose EL2 is taken, interrupts off): each
 * does a little more than the one before it, and then puts everything back. The last one
 * runs the smallest guest that there can be.
 */
#include <linux/bitfield.h>
#include <linux/gfp.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <asm/barrier.h>

#include "base/cache.h"
#include "base/esr.h"
#include "base/host.h"
#include "base/mitig.h"
#include "bringup/bringup.h"
#include "el2/call.h"
#include "el2/crumb.h"
#include "el2/map.h"
#include "el2/pages.h"
#include "el2/pcpu.h"
#include "el2/take.h"
#include "memory/table.h"

/* Sets the result in words; returns err. */
static __printf(3, 4) int answer(struct hvk_climb *c, int err,
				 const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vscnprintf(c->says, sizeof(c->says), format, args);
	va_end(args);
	return err;
}

static const char *owner_name(enum hvk_el2_owner owner)
{
	switch (owner) {
	case HVK_OWNER_STUB:
		return "the kernel's stub";
	case HVK_OWNER_HVK:
		return "hvk";
	default:
		return "KVM";
	}
}

/* --- the guest of one page ----------------------------------------------- */

#define GUEST_IPA_BITS	32	/* every CPU has as many; the walk starts at level 2 */
#define GUEST_ROOT_PAGES	4
#define GUEST_VMID	1	/* with take_only no VM has one */
#define GUEST_ANSWER	0x4856
#define GUEST_TRIES	1000	/* a host interrupt may end RUN before the HVC */

/* Runs at EL1 with the MMU off, at IPA 0. */
static const u32 guest_code[] = {
	0xd2800000 | GUEST_ANSWER << 5,	/* mov x0, #GUEST_ANSWER */
	0xd4000002,			/* hvc #0 */
	0x14000000,			/* b . */
};

#define GUEST_PC_AFTER	8	/* an HVC sets ELR_EL2 to the next instruction */
#define GUEST_PSTATE	0x3c5	/* EL1h, D A I F masked */
#define GUEST_SCTLR	0x30d00800	/* the RES1 bits of v8.0: MMU off */

static void free_guest(struct hvk_rung_guest *g)
{
	if (g->root)
		free_pages_exact(g->root, GUEST_ROOT_PAGES * PAGE_SIZE);
	free_page((unsigned long)g->leaves);
	free_page((unsigned long)g->code);
	if (g->ctx) {
		hvk_el2_unmap(virt_to_phys(g->ctx), PAGE_SIZE);
		free_page((unsigned long)g->ctx);
	}
	memset(g, 0, sizeof(*g));
}

static int make_guest(struct hvk_rung_guest *g)
{
	u64 desc;

	g->root = alloc_pages_exact(GUEST_ROOT_PAGES * PAGE_SIZE,
				    GFP_KERNEL | __GFP_ZERO);
	g->leaves = (u64 *)get_zeroed_page(GFP_KERNEL);
	g->code = (u32 *)get_zeroed_page(GFP_KERNEL);
	g->ctx = (struct hvk_el2_ctx *)get_zeroed_page(GFP_KERNEL);
	if (!g->root || !g->leaves || !g->code || !g->ctx ||
	    hvk_el2_map(virt_to_phys(g->ctx), PAGE_SIZE, GFP_KERNEL)) {
		free_guest(g);
		return -ENOMEM;
	}

	memcpy(g->code, guest_code, sizeof(guest_code));
	/*
	 * With its MMU off the guest may fetch past the data cache: clean the code to
	 * the PoC, and drop what instruction caches hold of the page.
	 */
	hvk_dcache_flush(g->code, PAGE_SIZE);
	hvk_icache_sync(g->code, PAGE_SIZE);

	desc = virt_to_phys(g->code) | HVK_S2_VALID | HVK_S2_TABLE |
	       FIELD_PREP(HVK_S2_MEMATTR, HVK_S2_MEMATTR_NORMAL_WB) |
	       HVK_S2_AP_READ | FIELD_PREP(HVK_S2_SH, HVK_S2_SH_INNER) |
	       HVK_S2_AF;
	WRITE_ONCE(g->leaves[0], desc);
	desc = virt_to_phys(g->leaves) | HVK_S2_VALID | HVK_S2_TABLE;
	WRITE_ONCE(g->root[0], desc);
	dsb(ishst);	/* walks see the descriptors before the guest is entered */
	g->vttbr = virt_to_phys(g->root) | FIELD_PREP(HVK_VTTBR_VMID, GUEST_VMID);
	g->vtcr = hvk_s2_vtcr(GUEST_IPA_BITS, hvk_host.pa_bits,
			      hvk_host.vmid_bits);
	return 0;
}

static void reset_guest(struct hvk_rung_guest *g)
{
	struct hvk_el2_ctx *ctx = g->ctx;

	memset(ctx, 0, sizeof(*ctx));
	ctx->pstate = GUEST_PSTATE;
	ctx->sys[HVK_SYS_SCTLR_EL1] = GUEST_SCTLR;
	ctx->sys[HVK_SYS_MPIDR_EL1] = BIT_ULL(31);	/* RES1 */
	ctx->cfg.vttbr = g->vttbr;
	ctx->cfg.vtcr = g->vtcr;
}

/* --- made to fail -------------------------------------------------------- */

static struct hvk_el2_cpu *el2_cpu(const struct hvk_climb *c)
{
	return per_cpu_ptr(&hvk_el2_pcpu, c->cpu)->cpu;
}

/*
 * Bytes that RUN pushes (entry.S, host_run). With no more stack than that, the C function
 * that it calls overflows the stack.
 */
#define STACK_FOR_RUN	112

/* PA of the stack's first byte. */
static u64 stack_bottom(const struct hvk_climb *c)
{
	return virt_to_phys(per_cpu_ptr(&hvk_el2_pcpu, c->cpu)->pages) +
	       HVK_EL2_STACK_PAGE * PAGE_SIZE;
}

static void set_stack(struct hvk_climb *c, bool full)
{
	el2_cpu(c)->stack_top = stack_bottom(c) + (full ? STACK_FOR_RUN : PAGE_SIZE);
}

/* EL2 returns here after its fault, instead of to hvk_el2_panic(), which reports it. */
static void __noreturn stand_still(void)
{
	for (;;)
		wfe();
}

/*
 * Maps EL2's structure again, if it was unmapped for a rung to fail. The stack, in the page
 * before, has kept the tables: 0, or -ENOMEM if not even spare ones can be allocated.
 */
static int map_again(struct hvk_climb *c)
{
	int err = 0;

	if (c->unmapped)
		err = hvk_el2_map(el2_cpu(c)->self, PAGE_SIZE, GFP_KERNEL);
	if (!err)
		c->unmapped = false;
	return err;
}

int hvk_rung_prepare(struct hvk_climb *c)
{
	struct hvk_el2_cpu *cpu = el2_cpu(c);
	int err;

	/* The last climb may have left it: EL2's first store would fault. */
	err = map_again(c);
	if (!err && c->rung->guest)
		err = make_guest(&c->guest);
	if (err)
		return err;
	switch (c->fail) {
	case HVK_FAIL_NONE:
		break;
	case HVK_FAIL_LOST:
		cpu->panic_pc = (u64)stand_still;
		fallthrough;
	case HVK_FAIL_FAULT:
		hvk_el2_unmap(cpu->self, PAGE_SIZE);
		c->unmapped = true;
		break;
	case HVK_FAIL_OVERFLOW:
		set_stack(c, true);
		break;
	}
	return 0;
}

void hvk_rung_clean_up(struct hvk_climb *c)
{
	struct hvk_el2_cpu *cpu = el2_cpu(c);

	/* Undo the preparations, in case the failure did not happen. */
	cpu->panic_pc = (u64)hvk_el2_panic;
	set_stack(c, false);
	map_again(c);	/* else hvk_rung_prepare() does it, before the next climb */
	free_guest(&c->guest);
}

/* --- the rungs ----------------------------------------------------------- */

static int climb_probe(struct hvk_climb *c)
{
	hvk_el2_crumb(HVK_CRUMB_PROBE);
	return answer(c, 0, "%s answers at EL2", owner_name(hvk_el2_probe()));
}

static int climb_restart(struct hvk_climb *c)
{
	struct hvk_el2_cpu *cpu = el2_cpu(c);
	enum hvk_el2_owner owner, now;
	u64 x0;

	hvk_el2_crumb(HVK_CRUMB_PROBE);
	owner = hvk_el2_probe();
	if (owner == HVK_OWNER_KVM) {
		hvk_el2_crumb(HVK_CRUMB_KVM_RESET);
		if (hvk_hvc(HVK_STUB_RESET_VECTORS, 0, 0, 0, 0).x0)
			return answer(c, -EPERM, "KVM keeps EL2 (protected?)");
	}
	hvk_el2_crumb(HVK_CRUMB_RESTART);
	/* EL2 reads and writes it with the MMU off: clean it to the PoC. */
	hvk_dcache_flush(cpu, sizeof(*cpu));
	x0 = hvk_el2_soft_restart(hvk_el2_bounce_pa, cpu);
	if (x0 != HVK_EL2_ANSWER)
		return answer(c, -EIO, "EL2 came back with %#llx, not from hvk's image", x0);
	now = hvk_el2_probe();
	if (now != HVK_OWNER_STUB)
		return answer(c, -EIO, "afterwards %s answers at EL2, not the stub",
			      owner_name(now));
	if (owner == HVK_OWNER_KVM && hvk_el2_give_to_kvm_here())
		return answer(c, -EIO, "KVM did not take EL2 back");
	return answer(c, 0, "to EL2 and back with its MMU off; EL2 is with %s",
		      owner_name(hvk_el2_probe()));
}

static int take(struct hvk_climb *c)
{
	int err = hvk_el2_take_here(true);

	if (err == -EPERM)
		return answer(c, err, "KVM keeps EL2 (protected?)");
	if (err)
		return answer(c, err, "EL2 does not answer as hvk's");
	if (c->fail == HVK_FAIL_OVERFLOW)
		set_stack(c, false);	/* SP_EL2 stays; el2_fault reloads it from here */
	return 0;
}

/* Gives EL2 back after a rung. Returns the rung's `err`, or -EIO if that fails. */
static int give_back(struct hvk_climb *c, int err)
{
	enum hvk_el2_owner now;

	if (hvk_el2_release_here(true))
		return answer(c, -EIO, "KVM did not take EL2 back");
	now = hvk_el2_probe();
	if (now == HVK_OWNER_HVK)
		return answer(c, -EIO, "hvk still answers at EL2 after the release");
	return err;
}

static int climb_mmu(struct hvk_climb *c)
{
	int err = take(c);

	if (err)
		return err;
	answer(c, 0, "EL2 taken with its MMU on, and given back");
	return give_back(c, 0);
}

static int climb_tlbi(struct hvk_climb *c)
{
	static const struct {
		u64 stage, call;
		const char *name;
	} calls[] = {
		{ HVK_CRUMB_TLBI_EL2, HVK_EL2_CALL_TLBI_EL2, "TLBI_EL2" },
		{ HVK_CRUMB_TLBI_ALL, HVK_EL2_CALL_TLBI_ALL, "TLBI_ALL" },
		{ HVK_CRUMB_TLBI_VMID, HVK_EL2_CALL_TLBI_VMID, "TLBI_VMID" },
		{ HVK_CRUMB_TLBI_IPA, HVK_EL2_CALL_TLBI_IPA, "TLBI_IPA" },
		{ HVK_CRUMB_TLBI_LOCAL, HVK_EL2_CALL_TLBI_LOCAL, "TLBI_LOCAL" },
	};
	unsigned int i;
	int err = take(c);

	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(calls) && !err; i++) {
		hvk_el2_crumb(calls[i].stage);
		if (hvk_hvc(calls[i].call, c->guest.vttbr, c->guest.vtcr, 0,
			    hvk_host_errata() & HVK_EL2_F_REPEAT_TLBI).x0 != HVK_EL2_ANSWER)
			err = answer(c, -EIO, "%s was not answered", calls[i].name);
	}
	if (!err)
		answer(c, 0, "each of %zu TLBI calls was answered", ARRAY_SIZE(calls));
	return give_back(c, err);
}

/* Calls RUN until something other than a host interrupt ends it, or GUEST_TRIES times. */
static u64 run_guest(struct hvk_climb *c)
{
	phys_addr_t ctx = virt_to_phys(c->guest.ctx);
	unsigned int i;
	u64 exit;

	for (i = 0; i < GUEST_TRIES; i++) {
		hvk_el2_crumb(HVK_CRUMB_GUEST);
		exit = hvk_hvc(HVK_EL2_CALL_RUN, ctx, 0, 0, 0).x0;
		if (exit != HVK_EL2_EXIT_BASE + HVK_EXIT_IRQ)
			break;
		/* Take the interrupt here, on this CPU, before the guest is entered again. */
		local_irq_enable();
		local_irq_disable();
	}
	hvk_el2_crumb(HVK_CRUMB_GUEST_LEFT);
	return exit;
}

static int judge_guest(struct hvk_climb *c, u64 exit)
{
	const struct hvk_el2_ctx *ctx = c->guest.ctx;

	if (exit - HVK_EL2_EXIT_BASE >= 0x100)
		return answer(c, -EIO, "RUN was answered %#llx", exit);
	c->esr = ctx->exit.esr;
	c->elr = ctx->pc;
	if (exit != HVK_EL2_EXIT_BASE + HVK_EXIT_SYNC)
		return answer(c, -EIO, "the guest left by exit %llu",
			      exit - HVK_EL2_EXIT_BASE);
	if (hvk_esr_ec(ctx->exit.esr) != HVK_EC_HVC64)
		return answer(c, -EIO, "the guest did no HVC: far %#llx hpfar %#llx",
			      ctx->exit.far, ctx->exit.hpfar);
	if (ctx->pc != GUEST_PC_AFTER || ctx->x[0] != GUEST_ANSWER)
		return answer(c, -EIO, "the guest's HVC came from elsewhere: x0 %#llx",
			      ctx->x[0]);
	return answer(c, 0, "a guest of one page ran at EL1 and did its HVC");
}

static int climb_guest(struct hvk_climb *c)
{
	int err;

	reset_guest(&c->guest);
	err = take(c);
	if (err)
		return err;
	err = judge_guest(c, run_guest(c));
	return give_back(c, err);
}

const struct hvk_rung hvk_rungs[] = {
	{ .name = "probe", .climb = climb_probe },
	{ .name = "restart", .climb = climb_restart },
	{ .name = "mmu", .climb = climb_mmu, .takes = true },
	{ .name = "tlbi", .climb = climb_tlbi, .takes = true, .guest = true },
	{ .name = "guest", .climb = climb_guest, .takes = true, .guest = true },
	{}
};
