// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 aborts (EL1, in the vCPU's thread): what the guest touched and why that
 * did not work. Memory is brought in (populate.c), a hole is MMIO (mmio.c), and the
 * rest is the guest's own mistake, or the memory's.
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

/* HPFAR_EL2 (DDI 0487 D17.2.67): bits 51 to 12 of the IPA */
#define HPFAR_FIPA	GENMASK_ULL(43, 4)

/* Classes of fault status codes, by how they are handled. */
enum fault_class {
	FAULT_OTHER,		/* nothing that hvk's tables can bring about */
	FAULT_TRANSLATION,
	FAULT_ACCESS,		/* access flag */
	FAULT_PERMISSION,
	FAULT_SIZE,		/* address size */
	FAULT_EXTERNAL,		/* the memory itself answered with an error */
	FAULT_GUEST,		/* an access that this kind of memory cannot do */
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
	bool fetch;		/* of an instruction, not a walk for it */
	bool instruction;	/* reported as an instruction abort */
	bool walk;		/* of the guest's own tables */
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

	f.ipa = FIELD_GET(HPFAR_FIPA, ctx->exit.hpfar) << PAGE_SHIFT;
	f.fetch = f.instruction && !f.walk;
	if (f.walk) {
		/*
		 * WnR is about the access that wanted the walk. The walk only
		 * writes to update access flags in hardware, which the guest's
		 * tables then allow, stage-2 does not: a permission fault.
		 */
		f.write = f.class == FAULT_PERMISSION;
	} else if (!f.instruction) {
		f.ipa |= f.va & ~PAGE_MASK;
		f.cache_op = d.cm;
		/* Cache maintenance has WnR set, but reading mostly will do. */
		f.write = d.is_write &&
			  (!d.cm || f.class == FAULT_PERMISSION);
	}
	return f;
}

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

/* The guest touched what is not memory, or wrote what is read-only memory. */
static int hole_fault(struct hvk_vcpu *vcpu, const struct fault *f,
		      bool read_only)
{
	/* Neither code nor translation tables can come from a device. */
	if (f->instruction || f->walk)
		return inject(vcpu, f);
	/* Nothing there is cached; software cleans more than it must. */
	if (f->cache_op) {
		hvk_skip_insn(vcpu);
		return 1;
	}
	return hvk_mmio_abort(vcpu, f->ipa, read_only);
}

static int memory_fault(struct hvk_vcpu *vcpu, const struct fault *f)
{
	unsigned int how = 0;
	unsigned long seq;
	int ret;

	if (f->write)
		how |= HVK_POPULATE_WRITE;
	if (f->fetch)
		how |= HVK_POPULATE_EXEC;
	if (hvk_frame_has_place(vcpu) || vcpu->no_block)
		how |= HVK_POPULATE_PAGE;
	ret = hvk_s2_populate(vcpu->vm, f->ipa & PAGE_MASK, how, &seq);
	if (ret == -ENOENT || ret == -EROFS)
		return hole_fault(vcpu, f, ret == -EROFS);
	hvk_count(vcpu, HVK_STAT_MEMORY);
	vcpu->no_block = ret == -EAGAIN;
	/* The guest tries again; a signal is seen before it does. */
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
		 * Beyond PARange, as the guest reads it, its own stage 1 would
		 * have said so, at level 0; between that and the VM's IPA space
		 * nothing answers. With an IPA as large, FAR is all there is.
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
		/* Nothing of hvk makes one; all entries go, and once more. */
		write_lock(&s2->lock);
		hvk_vmid_retire(vcpu->vm);
		write_unlock(&s2->lock);
		return 1;
	default:
		return -EFAULT;
	}
}
