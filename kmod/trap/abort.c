// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 aborts (EL1, in the vCPU's thread). Memory that is not mapped is brought in
 * (populate.c), an access outside of memory is MMIO (mmio.c), and all else is injected
 * into the guest as an abort.
 */
#include <linux/bitfield.h>
#include <linux/mm.h>

#include "base/esr.h"
#include "base/host.h"
#include "core/vcpu.h"
#include "memory/inval.h"
#include "memory/populate.h"
#include "memory/table.h"
#include "memory/vmid.h"
#include "sched/frame.h"
#include "trap/abort.h"
#include "trap/inject.h"
#include "trap/mmio.h"

/* Classes of fault status codes, by how they are handled. */
enum fault_class {
	FAULT_OTHER,		/* hvk's stage-2 tables cannot cause these */
	FAULT_TRANSLATION,
	FAULT_ACCESS,		/* access flag */
	FAULT_PERMISSION,
	FAULT_SIZE,		/* address size */
	FAULT_EXTERNAL,		/* the memory itself answered with an error */
	FAULT_GUEST,		/* the memory's type does not support the access */
	FAULT_TLB,		/* TLB conflict */
};

/* DDI 0487 D17.2.37, table of ISS.DFSC */
static const u8 fsc_class[64] = {
	[0x00 ... 0x03] = FAULT_SIZE,
	[0x04 ... 0x07] = FAULT_TRANSLATION,
	[0x08 ... 0x0b] = FAULT_ACCESS,
	[0x0c ... 0x0f] = FAULT_PERMISSION,
	[0x10] = FAULT_EXTERNAL,
	[0x14 ... 0x17] = FAULT_EXTERNAL,	/* on a table walk */
	[0x18] = FAULT_EXTERNAL,		/* parity or ECC */
	[0x1c ... 0x1f] = FAULT_EXTERNAL,	/* the same on a table walk */
	[0x21] = FAULT_GUEST,		/* alignment, device memory */
	[0x30] = FAULT_TLB,
	[0x34] = FAULT_GUEST,		/* lockdown */
	[0x35] = FAULT_GUEST,		/* exclusive or atomic on device memory */
};

/* One abort, decoded. */
struct fault {
	u64 ipa;
	u64 va;			/* FAR */
	enum fault_class class;
	u8 fsc;
	bool fetch;		/* an instruction fetch itself, not the stage-1 walk for it */
	bool instruction;	/* reported as an instruction abort */
	bool walk;		/* the access was a stage-1 walk of the guest's own tables */
	bool write;
	bool cache_op;
};

static struct fault decode(const struct hvk_el2_ctx *ctx)
{
	u64 esr = ctx->exit.esr;
	struct hvk_dabt d = hvk_esr_dabt(esr);
	struct fault f = {
		.va = ctx->exit.far,
		.fsc = d.fsc,
		.class = fsc_class[d.fsc],
		.instruction = hvk_esr_ec(esr) == HVK_EC_IABT_LOW,
		.walk = d.s1ptw,
	};

	f.ipa = FIELD_GET(HVK_HPFAR_FIPA, ctx->exit.hpfar) << PAGE_SHIFT;
	f.fetch = f.instruction && !f.walk;
	if (f.walk) {
		/*
		 * WnR tells of the access that caused the walk, not of the walk. A
		 * walk only writes when hardware updates a descriptor; if stage-2
		 * does not allow that write, it is a permission fault.
		 */
		f.write = f.class == FAULT_PERMISSION;
	} else if (!f.instruction) {
		f.ipa |= f.va & ~PAGE_MASK;
		f.cache_op = d.cm;
		/*
		 * Cache maintenance has WnR set, but a read-only mapping is enough
		 * for it unless it caused a permission fault.
		 */
		f.write = d.is_write &&
			  (!d.cm || f.class == FAULT_PERMISSION);
	}
	return f;
}

/* Injects the abort as a synchronous external abort. Exit contract: 1. */
static int inject(struct hvk_vcpu *vcpu, const struct fault *f)
{
	if (f->instruction)
		hvk_inject_iabt(vcpu, f->va);
	else
		hvk_inject_dabt(vcpu, f->va);
	return 1;
}

/* As inject(), but with this fault status code instead of an external abort's. */
static int inject_fsc(struct hvk_vcpu *vcpu, const struct fault *f, u8 fsc)
{
	u64 *esr = &vcpu->ctx->sys[HVK_SYS_ESR_EL1];

	inject(vcpu, f);
	*esr = (*esr & ~HVK_ISS_FSC) | FIELD_PREP(HVK_ISS_FSC, fsc);
	return 1;
}

/* An access outside of all memory regions, or a write to a read-only one. */
static int hole_fault(struct hvk_vcpu *vcpu, const struct fault *f,
		      bool read_only)
{
	/* Instructions and translation tables cannot be emulated as MMIO. */
	if (f->instruction || f->walk)
		return inject(vcpu, f);
	/* Nothing is cached there, so that cache maintenance has nothing to do. */
	if (f->cache_op) {
		hvk_skip_insn(vcpu);
		return 1;
	}
	return hvk_mmio_abort(vcpu, f->ipa, read_only);
}

static int memory_fault(struct hvk_vcpu *vcpu, const struct fault *f)
{
	struct hvk_streak *streak = &vcpu->streak;
	unsigned long gen, seq;
	unsigned int how = 0;
	int ret;

	/* Acquire: the number is read before the regions; pairs with publish() in slots.c. */
	gen = smp_load_acquire(&vcpu->vm->slots_gen);

	if (f->write)
		how |= HVK_POPULATE_WRITE;
	if (f->fetch)
		how |= HVK_POPULATE_EXEC;
	if (hvk_frame_has_place(vcpu) || vcpu->no_block)
		how |= HVK_POPULATE_PAGE;
	/*
	 * Only absent memory that is accessed as data is brought in ahead: pages of code are
	 * made executable one by one, and a permission fault is about the one page. Nor is
	 * it for a vCPU with a window of time, or where the host is taking memory back. And
	 * a guest with its caches off would not see what the VMM writes to a page after that
	 * was cleaned: it is cleaned as the guest first needs it.
	 */
	if (f->class != FAULT_TRANSLATION || how & (HVK_POPULATE_EXEC | HVK_POPULATE_PAGE) ||
	    !hvk_guest_caches_on(vcpu))
		streak = NULL;
	ret = hvk_s2_populate(vcpu->vm, f->ipa & PAGE_MASK, how, streak, &seq);
	if (ret == -ENOENT) {
		vcpu->hole = f->ipa & PAGE_MASK;
		vcpu->hole_gen = gen;
	}
	if (ret == -ENOENT || ret == -EROFS)
		return hole_fault(vcpu, f, ret == -EROFS);
	hvk_count(vcpu, HVK_STAT_MEMORY);
	vcpu->no_block = ret == -EAGAIN;
	/* The guest repeats the access; the RUN loop looks at signals before that. */
	if (ret == -EAGAIN) {
		hvk_s2_wait(&vcpu->vm->s2, seq);
		ret = 0;
	}
	return ret ?: 1;
}

static int access_fault(struct hvk_vcpu *vcpu, const struct fault *f)
{
	struct hvk_s2 *s2 = &vcpu->vm->s2;

	write_lock(&s2->lock);
	hvk_s2_table_touch(&s2->table, f->ipa & PAGE_MASK);
	write_unlock(&s2->lock);
	return 1;
}

int hvk_s2_abort(struct hvk_vcpu *vcpu)
{
	struct hvk_s2 *s2 = &vcpu->vm->s2;
	struct fault f = decode(vcpu->ctx);

	if (f.class == FAULT_TRANSLATION || f.class == FAULT_SIZE) {
		/*
		 * An IPA beyond the PARange that the guest reads is an address size
		 * fault at level 0, as stage 1 would have reported it. Below that,
		 * but beyond the VM's IPA space, nothing answers: external abort.
		 */
		if (f.ipa >= BIT_ULL(hvk_host.ipa_bits))
			return inject_fsc(vcpu, &f, 0);
		if (f.ipa >= BIT_ULL(s2->ipa_bits))
			return inject(vcpu, &f);
	}

	switch (f.class) {
	case FAULT_TRANSLATION:
	case FAULT_PERMISSION:
		return memory_fault(vcpu, &f);
	case FAULT_ACCESS:
		hvk_count(vcpu, HVK_STAT_MEMORY);
		return access_fault(vcpu, &f);
	case FAULT_EXTERNAL:
		return inject(vcpu, &f);
	case FAULT_GUEST:
		return inject_fsc(vcpu, &f, f.fsc);
	case FAULT_TLB:
		/*
		 * hvk's break-before-make leaves no conflicting entries. Take the
		 * VMID with all its TLB entries away; the guest repeats the access.
		 */
		write_lock(&s2->lock);
		hvk_vmid_retire(vcpu->vm);
		write_unlock(&s2->lock);
		return 1;
	default:
		return -EFAULT;
	}
}
