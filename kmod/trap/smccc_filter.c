// SPDX-License-Identifier: GPL-2.0-only
/*
 * The filter of a guest's SMCCC calls (process context). For ranges of function numbers the
 * VMM says whether the module handles a call, denies it, or forwards it to the VMM. The
 * VMM does so before the first vCPU runs; from then on the ranges are constant and are read
 * without a lock.
 */
#include <linux/arm-smccc.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "base/compat.h"
#include "core/vm.h"
#include "trap/smccc_filter.h"

/* The most ranges that one VM may have. */
#define MAX_RANGES	1024

#define ARCH_FN(conv, nr)						\
	ARM_SMCCC_CALL_VAL(ARM_SMCCC_FAST_CALL, conv,			\
			   ARM_SMCCC_OWNER_ARCH, nr)

/*
 * The Arm Architecture Calls cannot be filtered: they report mitigations, which the module
 * knows and the VMM does not.
 */
static const struct hvk_smccc_range reserved[] = {
	{ ARCH_FN(ARM_SMCCC_SMC_32, 0),
	  ARCH_FN(ARM_SMCCC_SMC_32, ARM_SMCCC_FUNC_MASK) },
	{ ARCH_FN(ARM_SMCCC_SMC_64, 0),
	  ARCH_FN(ARM_SMCCC_SMC_64, ARM_SMCCC_FUNC_MASK) },
};

static bool overlap(const struct hvk_smccc_range *r, u32 first, u32 last)
{
	return r->first <= last && first <= r->last;
}

/* Adds a range. 0, -EBUSY, -EEXIST, -ENOSPC, -ENOMEM. */
static int add_calls(struct hvk_vm *vm, u32 first, u32 last, u8 action)
{
	struct hvk_smccc_filter *f = &vm->smccc_filter;
	struct hvk_smccc_range *grown;
	unsigned int i;

	lockdep_assert_held(&vm->lock);
	if (vm->has_run)
		return -EBUSY;
	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		if (overlap(&reserved[i], first, last))
			return -EEXIST;
	for (i = 0; i < f->nr; i++)
		if (overlap(&f->range[i], first, last))
			return -EEXIST;
	if (f->nr == MAX_RANGES)
		return -ENOSPC;
	grown = krealloc(f->range, (f->nr + 1) * sizeof(*grown),
			 GFP_KERNEL_ACCOUNT);
	if (!grown)
		return -ENOMEM;
	grown[f->nr++] = (struct hvk_smccc_range) { first, last, action };
	f->range = grown;
	return 0;
}

static int set_filter(struct hvk_vm *vm, const void __user *arg)
{
	struct kvm_smccc_filter filter;
	u32 last;
	int err;

	if (copy_from_user(&filter, arg, sizeof(filter)))
		return -EFAULT;
	if (memchr_inv(filter.pad, 0, sizeof(filter.pad)))
		return -EINVAL;
	last = filter.base + filter.nr_functions - 1;
	/*
	 * Refuses a range that wraps or is empty. As with KVM, base 0 with 0 functions
	 * is all functions, which add_calls() refuses because of the reserved ones.
	 */
	if (last < filter.base ||
	    filter.action > KVM_SMCCC_FILTER_FWD_TO_USER)
		return -EINVAL;
	mutex_lock(&vm->lock);
	err = add_calls(vm, filter.base, last, filter.action);
	mutex_unlock(&vm->lock);
	return err;
}

int hvk_smccc_filter_attr(struct hvk_vm *vm, bool set,
			  const struct kvm_device_attr *attr)
{
	if (attr->group != KVM_ARM_VM_SMCCC_CTRL ||
	    attr->attr != KVM_ARM_VM_SMCCC_FILTER)
		return -ENXIO;
	return set ? set_filter(vm, u64_to_user_ptr(attr->addr)) : 0;
}

u8 hvk_smccc_filter_find(const struct hvk_vm *vm, u32 fn)
{
	const struct hvk_smccc_filter *f = &vm->smccc_filter;
	unsigned int i;

	for (i = 0; i < f->nr; i++)
		if (overlap(&f->range[i], fn, fn))
			return f->range[i].action;
	return KVM_SMCCC_FILTER_HANDLE;
}

void hvk_smccc_filter_destroy(struct hvk_vm *vm)
{
	kfree(vm->smccc_filter.range);
}
