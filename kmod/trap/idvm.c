// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ID registers of a VM (EL1, process context). They have what the host offers, or less
 * if the VMM lowers them before the first vCPU runs. From then on they are constant, and
 * vCPUs read them without a lock.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "base/compat.h"
#include "base/esr.h"
#include "base/idreg.h"
#include "core/vm.h"
#include "trap/idvm.h"

void hvk_idvm_init(struct hvk_vm *vm)
{
	u32 enc;

	for (enc = HVK_IDREG_FIRST; enc <= HVK_IDREG_LAST; enc++)
		vm->idreg[enc - HVK_IDREG_FIRST] = hvk_idreg_host(enc);
}

u64 hvk_idvm_read(const struct hvk_vm *vm, u32 enc)
{
	return READ_ONCE(vm->idreg[enc - HVK_IDREG_FIRST]);
}

int hvk_idvm_write(struct hvk_vm *vm, u32 enc, u64 val)
{
	int err = 0;

	mutex_lock(&vm->lock);
	if (vm->has_run)
		err = val == hvk_idvm_read(vm, enc) ? 0 : -EBUSY;
	else if (hvk_idreg_within(enc, hvk_idreg_host(enc), val))
		WRITE_ONCE(vm->idreg[enc - HVK_IDREG_FIRST], val);
	else
		err = -EINVAL;
	mutex_unlock(&vm->lock);
	return err;
}

int hvk_idvm_masks(const struct reg_mask_range *range)
{
	u64 __user *masks = u64_to_user_ptr(range->addr);
	u32 enc;

	if (range->range != KVM_ARM_FEATURE_ID_RANGE ||
	    memchr_inv(range->reserved, 0, sizeof(range->reserved)))
		return -EINVAL;
	if (clear_user(masks, KVM_ARM_FEATURE_ID_RANGE_SIZE * sizeof(*masks)))
		return -EFAULT;
	for (enc = HVK_IDREG_FIRST; enc <= HVK_IDREG_LAST; enc++)
		if (put_user(hvk_idreg_mask(enc), masks + hvk_idreg_index(enc)))
			return -EFAULT;
	return 0;
}
