// SPDX-License-Identifier: GPL-2.0-only
/*
 * What EL2 answers to a VM's guests by itself (EL1, process context): fills in the page
 * that el2/image/answer.c reads, with the answers of the files that answer at EL1.
 */
#include <linux/arm-smccc.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/moduleparam.h>

#include "base/idreg.h"
#include "core/vcpu.h"
#include "el2/call.h"
#include "el2/map.h"
#include "irq/direct.h"
#include "irq/gicd.h"
#include "trap/fast.h"
#include "trap/hypercall.h"
#include "trap/idvm.h"
#include "trap/psci.h"
#include "trap/smccc_filter.h"

static bool fastpath = true;
module_param(fastpath, bool, 0644);
MODULE_PARM_DESC(fastpath, "EL2 answers simple traps by itself (default Y); for VMs whose first vCPU has not run");

static void fill_psci(struct hvk_vcpu *vcpu)
{
	struct hvk_el2_vm *page = vcpu->vm->fast;

	WRITE_ONCE(page->psci_version, hvk_psci_version(vcpu));
	WRITE_ONCE(page->psci_features[0],
		   hvk_psci_features(vcpu, PSCI_0_2_FN_BASE));
	WRITE_ONCE(page->psci_features[1],
		   hvk_psci_features(vcpu, PSCI_0_2_FN64_BASE));
}

/* What is constant from the first RUN on. */
static void fill(struct hvk_vcpu *vcpu)
{
	struct hvk_vm *vm = vcpu->vm;
	struct hvk_el2_vm *page = vm->fast;
	u32 enc;

	for (enc = HVK_IDREG_FIRST; enc <= HVK_IDREG_LAST; enc++)
		page->idreg[hvk_idreg_index(enc)] = hvk_idvm_read(vm, enc);
	page->workaround[0] = hvk_smccc_feature(ARM_SMCCC_ARCH_WORKAROUND_1);
	page->workaround[1] = hvk_smccc_feature(ARM_SMCCC_ARCH_WORKAROUND_2);
	page->workaround[2] = hvk_smccc_feature(ARM_SMCCC_ARCH_WORKAROUND_3);
	fill_psci(vcpu);
	if (!vm->smccc_filter.nr && hvk_psci_version(vcpu) != HVK_PSCI_0_1)
		page->flags |= HVK_FAST_CALLS;
}

void hvk_fast_first_run(struct hvk_vcpu *vcpu)
{
	struct hvk_vm *vm = vcpu->vm;

	lockdep_assert_held(&vm->lock);
	if (!vm->has_run) {
		vm->fast_on = READ_ONCE(fastpath);
		fill(vcpu);
		if (vm->vgic.ready)
			hvk_gicd_image(vcpu);
		hvk_direct_update(vm);
	}
	if (vm->fast_on)
		vcpu->ctx->fast.vm = hvk_el2_address(vm->fast);
}

void hvk_fast_update(struct hvk_vm *vm)
{
	unsigned int i;

	mutex_lock(&vm->lock);
	/* What has run was initialised, and has the features that all vCPUs share. */
	for (i = 0; i < vm->nr_vcpus; i++)
		if (vm->vcpu[i]->has_run) {
			fill_psci(vm->vcpu[i]);
			break;
		}
	mutex_unlock(&vm->lock);
}

void hvk_fast_slots_changed(struct hvk_vm *vm)
{
	mutex_lock(&vm->lock);
	if (vm->has_run)
		hvk_direct_update(vm);
	mutex_unlock(&vm->lock);
}

int hvk_fast_vm_init(struct hvk_vm *vm)
{
	int err;

	BUILD_BUG_ON(sizeof(*vm->fast) > PAGE_SIZE);
	vm->fast = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vm->fast)
		return -ENOMEM;
	err = hvk_el2_map(virt_to_phys(vm->fast), PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	if (err)
		goto free;
	err = hvk_direct_vm_init(vm);
	if (err)
		goto unmap;
	return 0;

unmap:
	hvk_el2_unmap(virt_to_phys(vm->fast), PAGE_SIZE);
free:
	free_page((unsigned long)vm->fast);
	return err;
}

void hvk_fast_vm_destroy(struct hvk_vm *vm)
{
	hvk_direct_vm_destroy(vm);
	hvk_el2_unmap(virt_to_phys(vm->fast), PAGE_SIZE);
	free_page((unsigned long)vm->fast);
}
