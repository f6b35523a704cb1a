/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface between the module (EL1) and the EL2 image: the calls, the per-PE
 * structure and the vCPU context. The image compiles this without kernel headers; its
 * assembly gets the structures' offsets from asm_offsets.c.
 *
 * Addresses in these structures are physical unless said otherwise: EL2 runs with
 * VA = PA.
 */
#ifndef HVK_EL2_ABI_H
#define HVK_EL2_ABI_H

/*
 * Calls from EL1: `hvc #0` with x0 = one of these and the arguments from x1 on. May
 * clobber x1-x17. Neither the kernel's hyp-stub nor KVM has calls with these numbers:
 * to PROBE the stub answers HVK_STUB_ERR, KVM -1 and the image HVK_EL2_ANSWER, which is
 * a cheap way to find out who owns EL2 of this CPU.
 */
#define HVK_EL2_CALL_BASE	0xC6008000
#define HVK_EL2_CALL_PROBE	(HVK_EL2_CALL_BASE + 0)	/* () */
#define HVK_EL2_CALL_RUN	(HVK_EL2_CALL_BASE + 1)	/* (ctx PA) -> HVK_EXIT_* */
#define HVK_EL2_CALL_RELEASE	(HVK_EL2_CALL_BASE + 2)	/* () */
/*
 * vttbr and vtcr are the VM's VTTBR_EL2 and VTCR_EL2: VTCR_EL2.VS says how many bits
 * of the VMID in VTTBR_EL2 count (DDI 0487 D8.14).
 *
 * x4 of every TLB call is HVK_EL2_F_REPEAT_TLBI if any PE of the system has such an
 * erratum: what matters is the PE that may still use the old translation, not the PE
 * that executes the TLBI.
 */
#define HVK_EL2_CALL_TLBI_IPA	(HVK_EL2_CALL_BASE + 3)	/* (vttbr, vtcr, ipa) all PEs */
#define HVK_EL2_CALL_TLBI_VMID	(HVK_EL2_CALL_BASE + 4)	/* (vttbr, vtcr) all PEs */
#define HVK_EL2_CALL_TLBI_LOCAL	(HVK_EL2_CALL_BASE + 5)	/* (vttbr, vtcr) this PE */
#define HVK_EL2_CALL_TLBI_ALL	(HVK_EL2_CALL_BASE + 6)	/* () every VMID, all PEs */
#define HVK_EL2_CALL_TLBI_EL2	(HVK_EL2_CALL_BASE + 7)	/* () EL2's own, all PEs */
#define HVK_EL2_NR_CALLS	8

/* ctx->cfg.hcr: a virtual SError is pending (HCR_EL2.VSE, DDI 0487 D17.2.48) */
#define HVK_HCR_VSE		0x100

#define HVK_EL2_ANSWER		0x48564b00	/* "HVK": done, by the image */
#define HVK_STUB_ERR		0x0badca11	/* HVC_STUB_ERR of <asm/virt.h> */

/* The hyp-stub's own calls (<asm/virt.h>). */
#define HVK_STUB_SET_VECTORS	0
#define HVK_STUB_SOFT_RESTART	1
#define HVK_STUB_RESET_VECTORS	2
#define HVK_STUB_NR		8	/* an upper bound: no kernel has as many */

/* Answers of RUN: HVK_EL2_EXIT_BASE + one of these. */
#define HVK_EL2_EXIT_BASE	0x48565000
#define HVK_EXIT_SYNC		0	/* exit.esr, far, hpfar are valid */
#define HVK_EXIT_IRQ		1	/* a physical interrupt, which EL1 has to take */
#define HVK_EXIT_SERROR		2	/* the guest's own SError; exit.esr is valid */
#define HVK_EXIT_ILLEGAL	3	/* ctx->pstate has a mode that EL2 refuses */
/* shared.kick was set when the guest was to be entered; or fast.wake or recheck is not 0 */
#define HVK_EXIT_KICK		4
/* ORed into any of these: an SError of the guest was pending when it exited. */
#define HVK_EXIT_F_SERROR	0x80

/* hvk_el2_cpu.flags, written by EL1 before the take. */
#define HVK_EL2_F_SMC_WA1	0x1  /* SMCCC_ARCH_WORKAROUND_1 by SMC */
#define HVK_EL2_F_SMC_WA3	0x2  /* SMCCC_ARCH_WORKAROUND_3 by SMC */
#define HVK_EL2_F_BHB_LOOP	0x4  /* branch-history loop of bhb_loops */
#define HVK_EL2_F_PMU		0x40 /* FEAT_PMUv3: PMSELR_EL0 and PMUSERENR_EL0 exist */
/* Errata, by core: base/errata.c */
#define HVK_EL2_F_SPEC_AT	0x8  /* a speculative AT may fill the TLB (1319367) */
#define HVK_EL2_F_REPEAT_TLBI	0x10 /* TLBI and DSB twice; EL2 takes it from x4 of TLB calls */
#define HVK_EL2_F_834220	0x20 /* HPFAR_EL2 is only right for stage-1 walks */

/*
 * Breadcrumbs (hvk_el2_cpu.crumb): how far a PE has got on its way from EL1 to EL2 and
 * back. bringup/ladder.c says in words what each means.
 */
#define HVK_CRUMB_NONE		0
#define HVK_CRUMB_PROBE		1	/* EL1: calls PROBE */
#define HVK_CRUMB_KVM_RESET	2	/* EL1: calls RESET_VECTORS of KVM, which gives EL2 up */
#define HVK_CRUMB_RESTART	3	/* EL1: calls SOFT_RESTART */
#define HVK_CRUMB_BOUNCE	4	/* EL2, MMU off: about to return to EL1 */
#define HVK_CRUMB_TAKE		5	/* EL2, MMU off: in the take */
#define HVK_CRUMB_MMU_GOES_ON	6	/* EL2: about to set SCTLR_EL2.M */
#define HVK_CRUMB_MMU_ON	7	/* EL2: the code and this line are mapped */
#define HVK_CRUMB_TAKEN		8	/* EL2: about to return to EL1 */
#define HVK_CRUMB_TLBI_EL2	9	/* EL1: makes this TLB call; so the next four */
#define HVK_CRUMB_TLBI_ALL	10
#define HVK_CRUMB_TLBI_VMID	11
#define HVK_CRUMB_TLBI_IPA	12
#define HVK_CRUMB_TLBI_LOCAL	13
#define HVK_CRUMB_GUEST		14	/* EL1: calls RUN */
#define HVK_CRUMB_GUEST_LEFT	15	/* EL1: RUN was answered */
#define HVK_CRUMB_RELEASE	16	/* EL1: calls RELEASE */
#define HVK_CRUMB_MMU_GOES_OFF	17	/* EL2: the host's registers are back */
#define HVK_CRUMB_MMU_OFF	18	/* EL2: about to return to EL1 */
#define HVK_CRUMB_GIVE_KVM	19	/* EL1: has KVM install itself again */
#define HVK_CRUMB_OVER		20	/* EL1: the rung of the ladder is over */
#define HVK_CRUMB_NR		21

/*
 * hvk_el2_cpu.has: features of this PE beyond Armv8.0 that the world switch has to
 * handle (features.c). EL1 derives them from the PE's own ID registers before the take
 * (el2/pe_traps.c).
 */
#define HVK_EL2_HAS_TRAPS	0x1  /* traps[] has bits of HCR, MDCR or CPTR */
#define HVK_EL2_HAS_RAS		0x2  /* VDISR_EL2, VSESR_EL2 */
#define HVK_EL2_HAS_HCX		0x4  /* HCRX_EL2 */
#define HVK_EL2_HAS_FGT		0x8  /* HFGxTR_EL2, HFGITR_EL2, HDFGxTR_EL2 */
#define HVK_EL2_HAS_FGT2	0x10 /* HFGxTR2_EL2, HFGITR2_EL2, HDFGxTR2_EL2 */
#define HVK_EL2_HAS_MPAM	0x20 /* MPAM2_EL2 */
#define HVK_EL2_HAS_SPE		0x40 /* SPE, and EL1 may program its buffer */
#define HVK_EL2_HAS_TRBE	0x80 /* TRBE, and EL1 may program its buffer */

/* hvk_el2_ctx.cfg.flags */
#define HVK_CTX_F_DEBUG		0x1  /* switch DBGBxR and DBGWxR too, with ctx->dbg */
#define HVK_CTX_F_VMM_DEBUG	0x2  /* the same with ctx->vmm_dbg; overrides F_DEBUG */
#define HVK_CTX_F_TDE		0x4  /* debug exceptions and registers go to EL2 */
#define HVK_CTX_F_PCT		0x8  /* the guest's CNTPCT_EL0 has an offset: it traps */

#ifndef __ASSEMBLY__

#ifdef __KERNEL__
#include <linux/types.h>
#else
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
#endif

/*
 * The EL1&0 system registers of a vCPU: indices into ctx->sys[], each named after its
 * register. Those before HVK_SYS_SWITCHED are in hardware while the guest runs. The
 * others are values that only traps and ONE_REG access, except DISR_EL1, which is in
 * hardware too on PEs with the RAS extension.
 */
enum hvk_sys {
	HVK_SYS_MPIDR_EL1,

	/* In pairs, as el1_regs.h moves them. */
	HVK_SYS_SCTLR_EL1,
	HVK_SYS_TCR_EL1,
	HVK_SYS_TTBR0_EL1,
	HVK_SYS_TTBR1_EL1,
	HVK_SYS_MAIR_EL1,
	HVK_SYS_AMAIR_EL1,
	HVK_SYS_CPACR_EL1,
	HVK_SYS_CNTKCTL_EL1,
	HVK_SYS_VBAR_EL1,
	HVK_SYS_CONTEXTIDR_EL1,
	HVK_SYS_TPIDR_EL1,
	HVK_SYS_TPIDR_EL0,
	HVK_SYS_TPIDRRO_EL0,
	HVK_SYS_SP_EL0,
	HVK_SYS_SP_EL1,
	HVK_SYS_MDSCR_EL1,
	HVK_SYS_CSSELR_EL1,
	HVK_SYS_PAR_EL1,
	HVK_SYS_ESR_EL1,
	HVK_SYS_FAR_EL1,
	HVK_SYS_AFSR0_EL1,
	HVK_SYS_AFSR1_EL1,
	HVK_SYS_ELR_EL1,
	HVK_SYS_SPSR_EL1,
	HVK_SYS_CNTV_CTL_EL0,
	HVK_SYS_CNTV_CVAL_EL0,

	HVK_SYS_SWITCHED,

	/* The first of these has the same number as HVK_SYS_SWITCHED. */
	HVK_SYS_CNTP_CTL_EL0 = HVK_SYS_SWITCHED,
	HVK_SYS_CNTP_CVAL_EL0,
	HVK_SYS_ACTLR_EL1,
	HVK_SYS_OSLSR_EL1,
	HVK_SYS_OSDLR_EL1,
	HVK_SYS_MDCCINT_EL1,
	HVK_SYS_DBGCLAIM_EL1,
	HVK_SYS_DBGVCR32_EL2,
	HVK_SYS_DACR32_EL2,
	HVK_SYS_IFSR32_EL2,
	HVK_SYS_FPEXC32_EL2,
	HVK_SYS_DISR_EL1,
	HVK_SYS_MDSCR_GUEST,
	HVK_SYS_SPSR_abt,
	HVK_SYS_SPSR_und,
	HVK_SYS_SPSR_irq,
	HVK_SYS_SPSR_fiq,

	HVK_SYS_NR,
};

/*
 * The EL2 registers that decide what traps from a guest: indices into
 * hvk_el2_cpu.traps[]. Those from HVK_TRAP_OPTIONAL on exist only on some PEs.
 */
enum hvk_trap {
	HVK_TRAP_HCR,
	HVK_TRAP_MDCR,
	HVK_TRAP_CPTR,
	HVK_TRAP_OPTIONAL,
	HVK_TRAP_HCRX = HVK_TRAP_OPTIONAL,
	HVK_TRAP_HFGRTR,
	HVK_TRAP_HFGWTR,
	HVK_TRAP_HFGITR,
	HVK_TRAP_HDFGRTR,
	HVK_TRAP_HDFGWTR,
	HVK_TRAP_HFGRTR2,
	HVK_TRAP_HFGWTR2,
	HVK_TRAP_HFGITR2,
	HVK_TRAP_HDFGRTR2,
	HVK_TRAP_HDFGWTR2,
	HVK_TRAP_MPAM2,
	HVK_TRAP_MPAMHCR,

	HVK_TRAP_NR,
};

/* Q0-Q31 as pairs of 64-bit halves, low half first. */
struct hvk_fp {
	u64 q[64];
	u32 fpsr, fpcr;
	u64 pad;
};

/* Hardware breakpoints (b) and watchpoints (w): value (vr) and control (cr) registers. */
struct hvk_dbg {
	u64 bvr[16], bcr[16], wvr[16], wcr[16];
};

/* hvk_el2_ctx.shared.state */
#define HVK_VCPU_AWAY		0	/* looks at shared.sgi before it enters or sleeps */
#define HVK_VCPU_IN_GUEST	1	/* a physical SGI to its PE makes it look */
#define HVK_VCPU_SLEEPS		2	/* EL1 has to wake its thread */

/* Words of hvk_el2_ctx.fast.gicd[], by the registers' names (IHI 0048 table 4-1). */
#define HVK_GICD_GROUP		0	/* IGROUPR0 */
#define HVK_GICD_ENABLE		1	/* ISENABLER0, ICENABLER0 */
#define HVK_GICD_PRIORITY	2	/* IPRIORITYR0 to 7 */
#define HVK_GICD_TARGETS	10	/* ITARGETSR0 to 7 */
#define HVK_GICD_CONFIG		18	/* ICFGR0 and 1 */
#define HVK_GICD_BUSY		20	/* the interrupts that are busy (irq/image.h) */
#define HVK_GICD_PRIVATE_WORDS	21
/*
 * The same for SPIs, in hvk_el2_vm.dist_image: where GICD_ISPENDR would be, which EL2 does
 * not read.
 */
#define HVK_IMAGE_BUSY		0x200

/*
 * One vCPU, as EL2 sees it: one page of kernel memory, never mapped to userspace. EL1
 * owns it while the vCPU is outside of the guest, EL2 from HVK_EL2_CALL_RUN until its
 * answer. Both access `shared` at any time.
 */
struct hvk_el2_ctx {
	u64 x[31];
	u64 pc;			/* ELR_EL2 */
	u64 pstate;		/* SPSR_EL2 */
	u64 sys[HVK_SYS_NR];

	/* Set by EL1. Of hcr, vttbr and vtcr EL2 uses only the bits that its masks allow. */
	struct {
		u64 hcr;	/* of HVK_HCR_OPTIONAL; EL2 writes HVK_HCR_VSE at exit */
		u64 vttbr;
		u64 vtcr;
		u64 cntvoff;
		u64 cntpoff;	/* the host's CNTPCT less the guest's */
		u32 flags;	/* HVK_CTX_F_* */
		/*
		 * Not 0: registers of the guest's EL1 are on the PE on which it ran last, and
		 * newer than in sys[] (el2/vhe/el1_stay.h). Set by EL2, and by nobody else.
		 */
		u32 on_pe;
	} cfg;

	/*
	 * What EL2 answers by itself (answer.c). EL1 writes vm before the vCPU's first
	 * entry, or never; count is EL2's, and EL1 reads it at any time. gicd is changed
	 * by both (irq/image.h). EL1 writes the others while the vCPU is outside of the
	 * guest, EL2 only lrs, wake and what is to be rechecked.
	 */
	struct {
		u64 vm;		/* PA of the VM's struct hvk_el2_vm, or 0: nothing */
		u64 count;	/* of traps that were answered so */
		u64 sgi_index;	/* bits 4n+3:4n: the list register for SGI n */
		u32 sgi_free;	/* bit n: SGI n may go to this vCPU itself */
		u32 self;	/* the vCPU's index */
		u32 timer_lr;	/* what GICH_LR is to be when the virtual timer fires, or 0 */
		u32 timer_index;	/* which GICH_LR */
		u32 nr_lr;	/* GICH_LR0 to that less 1 may hold interrupts */
		u32 lrs;	/* bit n: EL2 has written GICH_LRn since the last entry */
		u32 phys_line;	/* the physical timer's line is high, as the vGIC knows */
		u32 wake;	/* at HVK_EXIT_KICK: vCPUs that EL1 has to kick */
		/* Bit n, at HVK_EXIT_KICK: INTID recheck_from + n may belong on another list. */
		u32 recheck, recheck_from;
		/* The vCPU's own registers of GICD, as they read. */
		u32 gicd[HVK_GICD_PRIVATE_WORDS];
	} fast;

	/* Why the guest left; written by EL2 at each exit. */
	struct {
		u64 esr;	/* ESR_EL2 */
		u64 far;	/* FAR_EL2 */
		u64 hpfar;	/* HPFAR_EL2; for a stage-2 abort see resolve_hpfar() */
	} exit;

	/*
	 * kick is set by hvk_vcpu_kick(), on any CPU, and cleared by the vCPU's own
	 * thread before that looks for requests and interrupts (core/kick.c explains
	 * the order). EL2 reads it before each entry, and before it returns to the
	 * guest from a trap that it handled itself.
	 */
	struct {
		u32 kick;
		/*
		 * HVK_VCPU_*, written by EL1 alone; and the CPU interface of this vCPU's PE,
		 * as a bit of GICD_SGIR's target list. The latter is right in the guest.
		 */
		u32 state;
		u32 interface;
		u32 pad;
		/*
		 * Byte n: SGI n is pending from the vCPUs whose bits are set. EL2 of other
		 * PEs sets bits at any time, before it reads state; EL1 takes them, after it
		 * has written state (irq/direct.c explains the order).
		 */
		u8 sgi[16] __attribute__((aligned(8)));
	} shared;

	struct hvk_fp fp;
	struct hvk_dbg dbg;	/* the guest's own */
	struct hvk_dbg vmm_dbg;	/* the VMM's, while it debugs the guest */
};

#define HVK_FAST_IDREGS		64
#define HVK_FAST_VCPUS		8	/* of a VM with a GICv2 */
/* hvk's own calls, which EL1 answers: the first of their numbers, and how many there may be. */
#define HVK_FAST_PARA_BASE	0xc6000040
#define HVK_FAST_PARA_MAX	0x40
/* hvk_el2_vm.flags */
#define HVK_FAST_CALLS		0x1	/* SMCCC calls: no VMM filters them, and PSCI is not 0.1 */

/*
 * What EL2 answers to the vCPUs of a VM by itself: a page of kernel memory, mapped at EL2
 * and read there by all of them at any time. Only EL1 writes it, whole words: flags, dist
 * and what is about PSCI also after the VM's first entry, under vm->lock. What the vGIC's
 * initialisation fixes is written again then with the same values.
 */
struct hvk_el2_vm {
	u64 idreg[HVK_FAST_IDREGS];	/* op0 = 3, op1 = 0, CRn = 0: by CRm * 8 + op2 */
	u64 workaround[3];	/* ARCH_FEATURES of SMCCC_ARCH_WORKAROUND_1, 2, 3 */
	u32 flags;		/* HVK_FAST_* */
	u32 psci_version;
	/* Bit n: PSCI_FEATURES knows 0x84000000 + n; 0xc4000000 + n */
	u32 psci_features[2];

	u64 dist;		/* IPA of the guest's GICD, or HVK_FAST_NO_DIST */
	/*
	 * PA of its registers as they read, but for the vCPUs' own; GICD_ICENABLER reads as
	 * GICD_ISENABLER does. EL1 and EL2 write there: irq/image.h.
	 */
	u64 dist_image;
	u64 gich, gicd;		/* PA of the host's, mapped at EL2 as Device memory */
	u64 vcpu[HVK_FAST_VCPUS];	/* PA of the vCPUs' struct hvk_el2_ctx */
	u32 nr_vcpus;		/* valid entries of vcpu[] */
	u32 timer_ppi;		/* the bit of the virtual timer's PPI in GICD_ISACTIVER0 */
	u32 nr_intids;		/* a multiple of 32: from there on GICD has no registers */
	u32 pad;
};

/* hvk_el2_vm.dist: no page of the guest's memory */
#define HVK_FAST_NO_DIST	(~0UL)

/* EL2 registers of the hyp-stub that are saved at the take and restored at the release. */
struct hvk_el2_saved {
	u64 vbar, sctlr, hcr, cptr, mdcr, cnthctl, cntvoff, hstr;
	u64 vttbr, vtcr, vpidr, vmpidr;
	u64 tcr, mair, ttbr0, tpidr;
};

/*
 * Read by another PE when this one does not answer. It is written with the MMU on and
 * off: each store is cleaned and invalidated to the PoC at once, so that no cache holds
 * the line dirty when the MMU goes off, and the reader invalidates the line before it
 * reads. It therefore needs cache lines of its own: 128 bytes is the largest line that
 * the kernel provides for (ARCH_DMA_MINALIGN).
 */
struct hvk_el2_crumb {
	u64 stage;		/* HVK_CRUMB_* */
	u64 esr, elr;		/* of a fault at EL2, or 0 */
} __attribute__((aligned(128)));

/*
 * One PE, in pages of its own, mapped at EL2. EL1 fills it in before the take. While
 * EL2 is ours only EL2 on this PE writes it, except that EL1 writes crumb.stage and, on
 * the ladder, stack_top.
 */
struct hvk_el2_cpu {
	/* Read by the take with the MMU off: EL1 cleans the structure to the PoC before. */
	u64 self;		/* PA of this structure */
	u64 ttbr0;		/* EL2's own tables */
	u64 tcr, mair, sctlr;	/* EL2's own */
	u64 stack_top;		/* PA, 16-byte aligned */
	u64 vbar_host;		/* PA of the vectors while the host runs */
	u64 vbar_guest;		/* PA of the vectors while a guest runs */

	u64 flags;		/* HVK_EL2_F_* */
	u64 bhb_loops;
	u64 has;		/* HVK_EL2_HAS_* */
	u64 traps[HVK_TRAP_NR];	/* bits to set for a guest (el2/pe_traps.c) */
	u64 panic_pc;		/* VA at EL1 of the function that reports a fault */
	u64 panic_arg;		/* that function's x0: VA at EL1 of this structure */

	struct hvk_el2_saved saved;

	/* The host's state while a guest runs. */
	u64 ctx;		/* PA of the running context, or 0 */
	/*
	 * Whether KVM believes that it is installed here: set by EL1 before the take,
	 * changed by KVM's calls (entry.S: host_foreign_call, host_stub_call).
	 */
	u64 kvm_installed;
	u64 host_elr, host_spsr;
	u64 host_x18;		/* of a kernel at EL2 */
	u64 host_sys[HVK_SYS_SWITCHED];
	/*
	 * host_traps[] has the values that were found at the take, from
	 * HVK_TRAP_OPTIONAL on, once host_traps_saved is set. EL1 clears that before
	 * the take.
	 */
	u64 host_traps_saved;
	u64 host_traps[HVK_TRAP_NR];
	u64 host_pmscr, host_trfcr;	/* 0, unless the host uses SPE, TRBE */
	u64 host_pmuserenr;	/* if HVK_EL2_F_PMU */
	u64 fp_guest;		/* the FP registers hold the guest's values */
	struct hvk_fp host_fp;
	struct hvk_dbg host_dbg;

	/*
	 * A fault of EL2 itself, for the panic message. If EL2 faulted again
	 * while it recorded the first fault (`again`), only esr, elr, far,
	 * vector and sp of the first are known.
	 */
	struct {
		u64 esr, elr, spsr, far, hpfar, par, vector, sp;
		u64 x[31];
		u64 again, again_esr, again_elr, again_far;
	} fault;

	struct hvk_el2_crumb crumb;
};

#endif /* __ASSEMBLY__ */
#endif /* HVK_EL2_ABI_H */
