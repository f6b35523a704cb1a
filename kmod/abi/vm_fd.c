// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's file: its ioctls, creation and destruction (EL1, process context). References that
 * keep a VM are in core/vm.c, memory regions in memory/slots.c.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "abi/caps.h"
#include "abi/vcpu_fd.h"
#include "abi/vm_fd.h"
#include "base/compat.h"
#include "base/host.h"
#include "base/user32.h"
#include "core/vm.h"
#include "el2/own.h"
#include "irq/coalesced.h"
#include "irq/dev.h"
#include "irq/eventfd.h"
#include "irq/init.h"
#include "irq/irqfd.h"
#include "irq/routes.h"
#include "memory/dirty.h"
#include "memory/notifier.h"
#include "memory/populate.h"
#include "memory/slots.h"
#include "memory/stage2.h"
#include "partition/channel.h"
#include "partition/para.h"
#include "time/offset.h"
#include "time/vtimer.h"
#include "trap/fast.h"
#include "trap/hypercall.h"
#include "trap/idvm.h"
#include "trap/smccc_filter.h"
#include "uapi/hvk.h"

/* The IPA size in bits of a VM whose creator passes 0 (KVM's default), and the smallest. */
#define DEFAULT_IPA_BITS	40
#define MIN_IPA_BITS		32

/* vm->release: the last reference has gone, so that no file of the VM is left. */
static void vm_destroy(struct hvk_vm *vm)
{
	unsigned int i;

	/* Before the vGIC is destroyed: stop timers and channels, which raise interrupts. */
	for (i = 0; i < vm->nr_vcpus; i++) {
		hvk_vtimer_vcpu_destroy(vm->vcpu[i]);
		hvk_para_vcpu_destroy(vm->vcpu[i]);
	}
	hvk_channels_release(vm);
	hvk_vgic_vm_destroy(vm);
	/* Before the vCPUs are destroyed: stop the MMU notifier, which kicks them. */
	hvk_s2_notifier_exit(vm);
	hvk_s2_destroy(vm);
	for (i = 0; i < vm->nr_vcpus; i++)
		hvk_vcpu_destroy(vm->vcpu[i]);
	hvk_slots_destroy(vm);
	hvk_eventfd_destroy(vm);
	hvk_coalesced_destroy(vm);
	hvk_smccc_filter_destroy(vm);
	free_percpu(vm->last_ran);
	hvk_fast_vm_destroy(vm);
	hvk_el2_put();
	mmdrop(vm->mm);
	kfree(vm);
}

/* --- ioctls -------------------------------------------------------------- */

static long vm_halt_poll(struct hvk_vm *vm, u64 ns)
{
	if (ns != (u32)ns)
		return -EINVAL;
	WRITE_ONCE(vm->halt_poll_ns, ns);
	/* halt_poll_ns is set before the flag that announces it: pairs with longest_poll(). */
	smp_store_release(&vm->own_halt_poll, true);
	return 0;
}

static long vm_enable_cap(struct hvk_vm *vm, const struct kvm_enable_cap *cap)
{
	if (cap->flags)
		return -EINVAL;
	switch (cap->cap) {
	case KVM_CAP_ARM_NISV_TO_USER:
		WRITE_ONCE(vm->nisv_to_user, true);
		return 0;
	case KVM_CAP_ARM_SYSTEM_SUSPEND:
		WRITE_ONCE(vm->system_suspend, true);
		hvk_fast_update(vm);
		return 0;
	case KVM_CAP_HALT_POLL:
		return vm_halt_poll(vm, cap->args[0]);
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
		return hvk_dirty_manual(vm, cap->args[0]);
	default:
		return -EINVAL;
	}
}

/* An ioctl's structure, copied from userspace once. */
union vm_args {
	struct kvm_userspace_memory_region region;
	struct kvm_userspace_memory_region2 region2;
	struct kvm_dirty_log log;
	struct kvm_clear_dirty_log clear;
	struct kvm_create_device device;
	struct kvm_arm_device_addr addr;
	struct kvm_irq_level level;
	struct kvm_ioeventfd ioeventfd;
	struct kvm_irqfd irqfd;
	struct kvm_enable_cap cap;
	struct kvm_arm_counter_offset offset;
	struct kvm_coalesced_mmio_zone zone;
	struct kvm_device_attr attr;
	struct reg_mask_range masks;
	struct hvk_vm_para para;
	struct hvk_channel_bind bind;
	struct hvk_prefault prefault;
};

/*
 * The function of one ioctl. `args` was copied from userspace (VM_ARG_IN); `user` is the
 * ioctl's argument, an address or a number. Returns the ioctl's result: 0, an fd, a number or
 * an errno.
 */
#define VM_CALL(name)							\
	static long name(struct hvk_vm *vm, union vm_args *args, unsigned long user)

VM_CALL(create_vcpu)
{
	return hvk_vcpu_create_fd(vm, user);
}

VM_CALL(check_extension)
{
	return hvk_dev_check_extension(vm, user);
}

VM_CALL(create_irqchip)
{
	return hvk_vgic_create(vm, KVM_DEV_TYPE_ARM_VGIC_V2);
}

VM_CALL(set_gsi_routing)
{
	return hvk_set_gsi_routing(vm, (void __user *)user);
}

VM_CALL(preferred_target)
{
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };

	return copy_to_user((void __user *)user, &init, sizeof(init)) ? -EFAULT : 0;
}

VM_CALL(irq_line)
{
	return hvk_vgic_irq_line(vm, &args->level);
}

/* The structure is copied back to userspace; on arm64 it is unchanged. */
VM_CALL(irq_line_status)
{
	long err = hvk_vgic_irq_line(vm, &args->level);

	if (!err && copy_to_user((void __user *)user, &args->level, sizeof(args->level)))
		err = -EFAULT;
	return err;
}

VM_CALL(set_memory_region)
{
	int err = hvk_slots_set(vm, &args->region);

	if (!err)
		hvk_fast_slots_changed(vm);
	return err;
}

VM_CALL(get_dirty_log)
{
	return hvk_dirty_get(vm, &args->log);
}

VM_CALL(clear_dirty_log)
{
	return hvk_dirty_clear(vm, &args->clear);
}

VM_CALL(create_device)
{
	return hvk_vgic_create_device(vm, &args->device, (void __user *)user);
}

VM_CALL(set_device_addr)
{
	return hvk_vgic_set_addr(vm, args->addr.id, args->addr.addr);
}

VM_CALL(ioeventfd)
{
	return hvk_ioeventfd(vm, &args->ioeventfd);
}

VM_CALL(irqfd)
{
	return hvk_irqfd(vm, &args->irqfd);
}

VM_CALL(has_attr)
{
	return hvk_smccc_filter_attr(vm, false, &args->attr);
}

VM_CALL(set_attr)
{
	return hvk_smccc_filter_attr(vm, true, &args->attr);
}

VM_CALL(writable_masks)
{
	return hvk_idvm_masks(&args->masks);
}

VM_CALL(coalesce)
{
	return hvk_coalesced_register(vm, &args->zone);
}

VM_CALL(uncoalesce)
{
	return hvk_coalesced_unregister(vm, &args->zone);
}

VM_CALL(set_counter_offset)
{
	return hvk_counter_set_offset(vm, &args->offset);
}

VM_CALL(enable_cap)
{
	return vm_enable_cap(vm, &args->cap);
}

VM_CALL(para)
{
	return hvk_para_enable(vm, &args->para);
}

VM_CALL(bind_channel)
{
	return hvk_channel_bind(vm, &args->bind);
}

VM_CALL(prefault)
{
	long err = hvk_s2_prefault(vm, &args->prefault.ipa, &args->prefault.size);

	/* Tell the VMM what is left to do, also after an error such as EINTR. */
	if (copy_to_user((void __user *)user, &args->prefault, sizeof(args->prefault)))
		return -EFAULT;
	return err;
}

/*
 * Whether vm_ioctl() copies the ioctl's structure from userspace (IN), or leaves the argument
 * to the ioctl's function (NONE).
 */
enum vm_direction { VM_ARG_NONE, VM_ARG_IN };

static const struct vm_call {
	unsigned int cmd;
	enum vm_direction direction;
	long (*call)(struct hvk_vm *vm, union vm_args *args, unsigned long user);
} vm_calls[] = {
	{ KVM_CREATE_VCPU,		VM_ARG_NONE,	create_vcpu },
	{ KVM_CHECK_EXTENSION,		VM_ARG_NONE,	check_extension },
	{ KVM_CREATE_IRQCHIP,		VM_ARG_NONE,	create_irqchip },
	{ KVM_ARM_PREFERRED_TARGET,	VM_ARG_NONE,	preferred_target },
	{ KVM_SET_GSI_ROUTING,		VM_ARG_NONE,	set_gsi_routing },
	{ KVM_IRQ_LINE,			VM_ARG_IN,		irq_line },
	{ KVM_IRQ_LINE_STATUS,		VM_ARG_IN,		irq_line_status },
	{ KVM_SET_USER_MEMORY_REGION,	VM_ARG_IN,		set_memory_region },
	{ KVM_SET_USER_MEMORY_REGION2,	VM_ARG_IN,		set_memory_region },
	{ KVM_GET_DIRTY_LOG,		VM_ARG_IN,		get_dirty_log },
	{ KVM_CLEAR_DIRTY_LOG,		VM_ARG_IN,		clear_dirty_log },
	{ KVM_CREATE_DEVICE,		VM_ARG_IN,		create_device },
	{ KVM_ARM_SET_DEVICE_ADDR,	VM_ARG_IN,		set_device_addr },
	{ KVM_IOEVENTFD,		VM_ARG_IN,		ioeventfd },
	{ KVM_IRQFD,			VM_ARG_IN,		irqfd },
	{ KVM_HAS_DEVICE_ATTR,		VM_ARG_IN,		has_attr },
	{ KVM_SET_DEVICE_ATTR,		VM_ARG_IN,		set_attr },
	{ KVM_ARM_GET_REG_WRITABLE_MASKS, VM_ARG_IN,	writable_masks },
	{ KVM_REGISTER_COALESCED_MMIO,	VM_ARG_IN,		coalesce },
	{ KVM_UNREGISTER_COALESCED_MMIO, VM_ARG_IN,		uncoalesce },
	{ KVM_ARM_SET_COUNTER_OFFSET,	VM_ARG_IN,		set_counter_offset },
	{ KVM_ENABLE_CAP,		VM_ARG_IN,		enable_cap },
	/* hvk's own */
	{ HVK_VM_PARA,			VM_ARG_IN,		para },
	{ HVK_BIND_CHANNEL,		VM_ARG_IN,		bind_channel },
	{ HVK_PREFAULT,			VM_ARG_IN,		prefault },
};

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	struct hvk_vm *vm = file->private_data;
	union vm_args args;
	unsigned int i;

	if (vm->mm != current->mm || READ_ONCE(vm->dead))
		return -EIO;
	for (i = 0; i < ARRAY_SIZE(vm_calls); i++) {
		const struct vm_call *c = &vm_calls[i];

		if (c->cmd != cmd)
			continue;
		if (c->direction == VM_ARG_IN &&
		    copy_from_user(&args, (void __user *)user, _IOC_SIZE(cmd)))
			return -EFAULT;
		return c->call(vm, &args, user);
	}
	return -EINVAL;
}

/* set_memory_region() serves both: struct ..._region2 begins as struct ..._region does. */
static_assert(offsetof(struct kvm_userspace_memory_region2, userspace_addr) ==
	      offsetof(struct kvm_userspace_memory_region, userspace_addr));

static int vm_flush(struct file *file, fl_owner_t id)
{
	hvk_slots_flush(file->private_data);
	return 0;
}

static int vm_release(struct inode *inode, struct file *file)
{
	struct hvk_vm *vm = file->private_data;

	/* Irqfds and ioeventfds end with the VM's own file, as in KVM, not with the last user. */
	hvk_eventfd_release(vm);
	hvk_vm_put(vm);
	return 0;
}

static const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.flush = HVK_PINS_MEMORY ? vm_flush : NULL,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
	.compat_ioctl = hvk_user32_ioctl,
	.llseek = noop_llseek,
};

/* --- creation ------------------------------------------------------------ */

static struct hvk_vm *vm_create(unsigned int ipa_bits)
{
	struct hvk_vm *vm;
	int err = -ENOMEM;

	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	hvk_vm_begin(vm, vm_destroy);
	mutex_init(&vm->lock);
	hvk_idvm_init(vm);
	vm->psci_version = 0x10001;	/* PSCI 1.1 */
	vm->std_services = HVK_STD_SERVICES;
	hvk_vtimer_vm_init(vm);
	vm->last_ran = alloc_percpu_gfp(int, GFP_KERNEL_ACCOUNT);
	if (!vm->last_ran)
		goto no_percpu;
	err = hvk_coalesced_init(vm);
	if (err)
		goto no_ring;
	err = hvk_eventfd_init(vm);
	if (err)
		goto no_eventfds;
	err = hvk_slots_init(vm);
	if (err)
		goto no_slots;

	/* The MMU notifier, pins of memory and the mm check of ioctls use this mm. */
	vm->mm = current->mm;
	mmgrab(vm->mm);

	err = hvk_el2_get();
	if (err)
		goto no_el2;
	err = hvk_fast_vm_init(vm);
	if (err)
		goto no_fast;
	err = hvk_s2_init(vm, ipa_bits);
	if (err)
		goto no_s2;
	err = hvk_s2_notifier_init(vm);
	if (err)
		goto no_notifier;
	hvk_vgic_vm_init(vm);
	return vm;

no_notifier:
	hvk_s2_destroy(vm);
no_s2:
	hvk_fast_vm_destroy(vm);
no_fast:
	hvk_el2_put();
no_el2:
	mmdrop(vm->mm);
	hvk_slots_destroy(vm);
no_slots:
	hvk_eventfd_destroy(vm);
no_eventfds:
	hvk_coalesced_destroy(vm);
no_ring:
	free_percpu(vm->last_ran);
no_percpu:
	kfree(vm);
	return ERR_PTR(err);
}

int hvk_vm_create_fd(unsigned long type)
{
	unsigned int ipa_bits = type & KVM_VM_TYPE_ARM_IPA_SIZE_MASK;
	struct hvk_vm *vm;
	int fd;

	if (type & ~KVM_VM_TYPE_ARM_IPA_SIZE_MASK)
		return -EINVAL;
	if (!ipa_bits)
		ipa_bits = DEFAULT_IPA_BITS;
	if (ipa_bits < MIN_IPA_BITS || ipa_bits > hvk_host.ipa_bits)
		return -EINVAL;

	vm = vm_create(ipa_bits);
	if (IS_ERR(vm))
		return PTR_ERR(vm);
	fd = anon_inode_getfd("hvk-vm", &vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		hvk_vm_put(vm);
	return fd;
}
