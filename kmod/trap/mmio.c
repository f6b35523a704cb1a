// SPDX-License-Identifier: GPL-2.0-only
/*
 * Data aborts on addresses outside of memory (EL1, process context): the access is decoded
 * once, offered to the devices in the module, and else passed to the VMM.
 *
 * struct hvk_insn describes the access, decoded from the syndrome where that is valid, else
 * from the instruction itself. The state of an unfinished access is in vcpu->mmio alone. The
 * run page is written, and read once for the value that the VMM returns.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/byteorder.h>

#include "base/compat.h"
#include "base/esr.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "memory/slot.h"
#include "trap/inject.h"
#include "trap/insn.h"
#include "trap/mmio.h"
#include "trap/s1walk.h"

#define FAR_PAGE	GENMASK_ULL(11, 0)

/* --- the guest's memory ---------------------------------------------------------- */

/*
 * Copies len bytes at hva, which do not cross a page, from a page that the host has to
 * fault in, if only to set its access flag. get_user_pages_unlocked() is used because its
 * wait for the page can be interrupted by signals (6.2 and later); that of a fault in
 * copy_from_user() could not.
 */
static int read_absent(unsigned long hva, void *buf, size_t len)
{
	struct page *page;
	long n = get_user_pages_unlocked(hva, 1, &page, HVK_FOLL_INTERRUPTIBLE);

	if (n != 1)
		return n < 0 ? n : -EFAULT;
	memcpy_from_page(buf, page, offset_in_page(hva), len);
	put_page(page);
	return 0;
}

/*
 * Copies len bytes at ipa, which do not cross a page. 0, -EFAULT (no guest memory, or not
 * mapped by the VMM), -EINTR (a signal). KVM_RUN is called in the VMM's process, so that
 * the VMM's memory is the current user memory. slots_srcu not held.
 */
static int read_guest(struct hvk_vm *vm, u64 ipa, void *buf, size_t len)
{
	const struct hvk_slot *slot;
	unsigned long hva;
	int idx, ret = -EFAULT;

	idx = srcu_read_lock(&vm->slots_srcu);
	slot = hvk_slot_find(vm, ipa);
	if (!slot || slot->size - (ipa - slot->ipa) < len)
		goto out;
	hva = slot->hva + (ipa - slot->ipa);
	ret = copy_from_user_nofault(buf, (void __user *)hva, len) ?
	      read_absent(hva, buf, len) : 0;
out:
	srcu_read_unlock(&vm->slots_srcu, idx);
	return ret;
}

static int read_desc(void *opaque, u64 ipa, u64 *desc)
{
	return read_guest(opaque, ipa, desc, sizeof(*desc));
}

static u64 base_register(struct hvk_vcpu *vcpu, unsigned int rn)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;

	if (rn != 31)
		return ctx->x[rn];
	hvk_regs_sync(vcpu);
	return ctx->sys[hvk_guest_sp(vcpu)];
}

static void write_back(struct hvk_vcpu *vcpu, const struct hvk_insn *insn)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	u64 val = base_register(vcpu, insn->rn) + insn->imm;

	/* SP: base_register() has fetched it. */
	if (insn->rn != 31)
		ctx->x[insn->rn] = val;
	else
		ctx->sys[hvk_guest_sp(vcpu)] = val;
}

/*
 * ISV = 0, so that the syndrome does not describe the access: reads the instruction at the
 * PC through the guest's own tables and decodes it. Another vCPU may have changed the
 * instruction or the tables meanwhile, so the result is checked against the abort. *ipa is
 * set to the address that the first register is for. 0, -EINVAL (not decoded), or -EINTR
 * (a signal).
 */
static int decode_insn(struct hvk_vcpu *vcpu, const struct hvk_dabt *dabt,
		       struct hvk_insn *insn, u64 *ipa)
{
	struct hvk_el2_ctx *ctx = vcpu->ctx;
	struct hvk_s1_regs regs;
	u64 insn_ipa, va, far = ctx->exit.far;
	__le32 word;
	int ret;

	if (hvk_guest_is_a32(vcpu) || (ctx->pc & 3))
		return -EINVAL;
	hvk_regs_sync(vcpu);
	regs = (struct hvk_s1_regs){
		.sctlr = ctx->sys[HVK_SYS_SCTLR_EL1],
		.tcr = ctx->sys[HVK_SYS_TCR_EL1],
		.ttbr0 = ctx->sys[HVK_SYS_TTBR0_EL1],
		.ttbr1 = ctx->sys[HVK_SYS_TTBR1_EL1],
	};
	ret = hvk_s1_walk(&regs, ctx->pc, read_desc, vcpu->vm, &insn_ipa);
	if (!ret)
		ret = read_guest(vcpu->vm, insn_ipa, &word, sizeof(word));
	if (ret)
		return ret == -EINTR ? ret : -EINVAL;
	/* A64 instructions are always little-endian (DDI 0487 B2.6.2). */
	if (hvk_insn_decode(le32_to_cpu(word), insn) ||
	    insn->is_write != dabt->is_write)
		return -EINVAL;

	/* A register offset has one register only, so that *ipa is its address already. */
	if (!insn->imm_valid)
		return 0;
	va = base_register(vcpu, insn->rn) + (insn->post_index ? 0 : insn->imm);
	/*
	 * FAR may be the address of either register of a pair. An access across two
	 * pages may be to two devices, or a device and memory: it is not decoded.
	 */
	if ((va ^ far) & ~FAR_PAGE & GENMASK_ULL(55, 0))
		return -EINVAL;
	if ((va & FAR_PAGE) + insn->nr * insn->len > FAR_PAGE + 1)
		return -EINVAL;
	*ipa = (*ipa & ~FAR_PAGE) | (va & FAR_PAGE);
	return 0;
}

/* --- one access --------------------------------------------------------------------- */

/* Puts the loaded data into register rt. */
static __always_inline void finish_load(struct hvk_vcpu *vcpu, unsigned int rt, u64 data)
{
	const struct hvk_insn *insn = &vcpu->mmio.insn;

	data = hvk_mmio_swap(vcpu, hvk_mmio_cut(data, insn->len), insn->len);
	if (insn->sign_extend)
		data = sign_extend64(data, insn->len * 8 - 1);
	if (!insn->sixty_four)
		data = lower_32_bits(data);
	hvk_set_x(vcpu, rt, data);
}

static __always_inline void fill_run(struct hvk_vcpu *vcpu, const struct hvk_mmio *mmio)
{
	struct kvm_run *run = vcpu->run;
	__le64 data = cpu_to_le64(mmio->is_write ? mmio->data : 0);

	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = mmio->ipa;
	run->mmio.len = mmio->len;
	run->mmio.is_write = mmio->is_write;
	memcpy(run->mmio.data, &data, sizeof(data));
}

/*
 * Does the access of the register of this step; rung: no ioeventfd takes it. Exit contract:
 * 1, or 0 if the VMM has to do it.
 */
static __always_inline int one_access(struct hvk_vcpu *vcpu, unsigned int step, bool rung)
{
	const struct hvk_insn *insn = &vcpu->mmio.insn;
	struct hvk_mmio *mmio = &vcpu->mmio.now;

	mmio->ipa = vcpu->mmio.ipa + step * insn->len;
	mmio->len = insn->len;
	mmio->is_write = insn->is_write;
	mmio->rung = rung;
	if (insn->is_write)
		mmio->data = hvk_mmio_stored(vcpu, insn->rt[step], insn->len);
	if (!hvk_mmio_in_kernel(vcpu, mmio)) {
		hvk_count(vcpu, HVK_STAT_MMIO_USER);
		fill_run(vcpu, mmio);
		vcpu->mmio.pending = true;
		return 0;
	}
	hvk_count(vcpu, HVK_STAT_MMIO_KERNEL);
	if (!insn->is_write)
		finish_load(vcpu, insn->rt[step], mmio->data);
	return 1;
}

/*
 * Does the accesses of the registers from vcpu->mmio.step on and then completes the
 * instruction. Exit contract: 1, or 0 if the VMM has to do one of the accesses.
 */
static int advance(struct hvk_vcpu *vcpu)
{
	const struct hvk_insn *insn = &vcpu->mmio.insn;

	for (; vcpu->mmio.step < insn->nr; vcpu->mmio.step++)
		if (!one_access(vcpu, vcpu->mmio.step, false))
			return 0;
	if (insn->writeback)
		write_back(vcpu, insn);
	hvk_skip_insn(vcpu);
	return 1;
}

int hvk_mmio_finish(struct hvk_vcpu *vcpu)
{
	const struct hvk_insn *insn = &vcpu->mmio.insn;

	if (!vcpu->mmio.pending)
		return 1;
	vcpu->mmio.pending = false;
	/* One read of eight bytes, which the VMM may be changing; finish_load() cuts them. */
	if (!insn->is_write)
		finish_load(vcpu, insn->rt[vcpu->mmio.step],
			    le64_to_cpu(READ_ONCE(*(__le64 *)vcpu->run->mmio.data)));
	vcpu->mmio.step++;
	if (unlikely(insn->nr > 1 || insn->writeback))
		return advance(vcpu);
	hvk_skip_insn(vcpu);
	return 1;
}

/* An access that was not decoded: KVM_EXIT_ARM_NISV if the VMM has enabled it, or -ENOSYS. */
static int not_decoded(struct hvk_vcpu *vcpu, u64 ipa)
{
	struct kvm_run *run = vcpu->run;

	if (!vcpu->vm->nisv_to_user)
		return -ENOSYS;
	run->exit_reason = KVM_EXIT_ARM_NISV;
	run->arm_nisv.esr_iss = vcpu->ctx->exit.esr &
				(HVK_ISS_CM | HVK_ISS_WNR | HVK_ISS_FSC);
	run->arm_nisv.fault_ipa = ipa;
	return 0;
}

int hvk_mmio_access_at(struct hvk_vcpu *vcpu, u64 ipa, bool rung)
{
	struct hvk_dabt dabt = hvk_esr_dabt(vcpu->ctx->exit.esr);

	vcpu->mmio.insn = (struct hvk_insn){
		.nr = 1,
		.len = dabt.len,
		.rt[0] = dabt.srt,
		.is_write = dabt.is_write,
		.sign_extend = dabt.sign_extend,
		.sixty_four = dabt.sixty_four,
	};
	vcpu->mmio.ipa = ipa;
	vcpu->mmio.step = 0;
	if (!one_access(vcpu, 0, rung))
		return 0;
	hvk_skip_insn(vcpu);
	return 1;
}

int hvk_mmio_abort(struct hvk_vcpu *vcpu, u64 ipa, bool read_only)
{
	struct hvk_dabt dabt = hvk_esr_dabt(vcpu->ctx->exit.esr);
	struct hvk_insn insn = {};
	int ret;

	if (dabt.s1ptw) {
		hvk_inject_walk_abort(vcpu, false, vcpu->ctx->exit.far,
				      dabt.fsc & 3);
		return 1;
	}
	/* Cache maintenance by VA: nothing is cached there, so that it has nothing to do. */
	if (dabt.cm) {
		hvk_skip_insn(vcpu);
		return 1;
	}

	if (dabt.isv)
		return hvk_mmio_access_at(vcpu, ipa, false);
	ret = read_only ? -EINVAL : decode_insn(vcpu, &dabt, &insn, &ipa);
	/* The PC is still at the instruction, and the next KVM_RUN executes it again. */
	if (ret == -EINTR)
		return ret;
	if (ret)
		return not_decoded(vcpu, ipa);

	vcpu->mmio.insn = insn;
	vcpu->mmio.ipa = ipa;
	vcpu->mmio.step = 0;
	return advance(vcpu);
}
