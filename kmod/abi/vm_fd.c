// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's file: its ioctls, its creation and end (process context). How long a VM
 * lives is told in vm.c; memory regions are in slots.c.
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
#include "trap/hypercall.h"
#include "trap/idvm.h"
#include "trap/smccc_filter.h"
#include "uapi/hvk.h"

/* The IPA size of a VM whose creator does not say (KVM's default). */
#define DEFAULT_IPA_BITS	40
#define MIN_IPA_BITS		32

static void vm_destroy(struct hvk_vm *vm)
{
	unsigned int i;

	/* No timer or channel raises an interrupt any more before the vGIC goes. */
	for (i = 0; i < vm->nr_vcpus; i++) {
		hvk_vtimer_vcpu_destroy(vm->vcpu[i]);
		hvk_para_vcpu_destroy(vm->vcpu[i]);
	}
	hvk_channels_release(vm);
	hvk_vgic_vm_destroy(vm);
	/* The notifier may have to kick the vCPUs: it goes before them. */
	hvk_s2_notifier_exit(vm);
	hvk_s2_destroy(vm);
	for (i = 0; i < vm->nr_vcpus; i++)
		hvk_vcpu_destroy(vm->vcpu[i]);
	hvk_slots_destroy(vm);
	hvk_eventfd_destroy(vm);
	hvk_coalesced_destroy(vm);
	hvk_smccc_filter_destroy(vm);
	free_percpu(vm->last_ran);
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
	/* Who sees the flag sees the number. */
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
		return 0;
	case KVM_CAP_HALT_POLL:
		return vm_halt_poll(vm, cap->args[0]);
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2:
		return hvk_dirty_manual(vm, cap->args[0]);
	default:
		return -EINVAL;
	}
}

/* With KVM_IRQ_LINE_STATUS the structure goes back, unchanged on arm64. */
static long vm_irq_line(struct hvk_vm *vm, unsigned int cmd, void __user *arg)
{
	struct kvm_irq_level level;
	long err;

	if (copy_from_user(&level, arg, sizeof(level)))
		return -EFAULT;
	err = hvk_vgic_irq_line(vm, &level);
	if (!err && cmd == KVM_IRQ_LINE_STATUS &&
	    copy_to_user(arg, &level, sizeof(level)))
		err = -EFAULT;
	return err;
}

static long vm_preferred_target(void __user *arg)
{
	struct kvm_vcpu_init init = { .target = KVM_ARM_TARGET_GENERIC_V8 };

	return copy_to_user(arg, &init, sizeof(init)) ? -EFAULT : 0;
}

static long vm_prefault(struct hvk_vm *vm, struct hvk_prefault *args,
			void __user *arg)
{
	long err = hvk_s2_prefault(vm, &args->ipa, &args->size);

	/* How far it came, also if it was interrupted. */
	if (copy_to_user(arg, args, sizeof(*args)))
		return -EFAULT;
	return err;
}

/* hvk's own. */
static long vm_own_ioctl(struct hvk_vm *vm, unsigned int cmd, void __user *arg)
{
	union {
		struct hvk_vm_para para;
		struct hvk_channel_bind bind;
		struct hvk_prefault prefault;
	} u;

	if (_IOC_SIZE(cmd) > sizeof(u))
		return -EINVAL;
	if (copy_from_user(&u, arg, _IOC_SIZE(cmd)))
		return -EFAULT;
	switch (cmd) {
	case HVK_VM_PARA:
		return hvk_para_enable(vm, &u.para);
	case HVK_BIND_CHANNEL:
		return hvk_channel_bind(vm, &u.bind);
	case HVK_PREFAULT:
		return vm_prefault(vm, &u.prefault, arg);
	default:
		return -EINVAL;
	}
}

/* Calls with a structure; of others the argument is not looked at. */
static bool vm_takes(unsigned int cmd)
{
	switch (cmd) {
	case KVM_SET_USER_MEMORY_REGION:
	case KVM_SET_USER_MEMORY_REGION2:
	case KVM_GET_DIRTY_LOG:
	case KVM_CLEAR_DIRTY_LOG:
	case KVM_CREATE_DEVICE:
	case KVM_ARM_SET_DEVICE_ADDR:
	case KVM_IOEVENTFD:
	case KVM_IRQFD:
	case KVM_REGISTER_COALESCED_MMIO:
	case KVM_UNREGISTER_COALESCED_MMIO:
	case KVM_ARM_SET_COUNTER_OFFSET:
	case KVM_ENABLE_CAP:
	case KVM_HAS_DEVICE_ATTR:
	case KVM_SET_DEVICE_ATTR:
	case KVM_ARM_GET_REG_WRITABLE_MASKS:
		return true;
	default:
		return false;
	}
}

static long vm_ioctl(struct file *file, unsigned int cmd, unsigned long uarg)
{
	struct hvk_vm *vm = file->private_data;
	void __user *arg = (void __user *)uarg;
	union {
		struct kvm_userspace_memory_region region;
		struct kvm_userspace_memory_region2 region2;
		struct kvm_dirty_log log;
		struct kvm_clear_dirty_log clear;
		struct kvm_create_device device;
		struct kvm_arm_device_addr addr;
		struct kvm_ioeventfd ioeventfd;
		struct kvm_irqfd irqfd;
		struct kvm_enable_cap cap;
		struct kvm_arm_counter_offset offset;
		struct kvm_coalesced_mmio_zone zone;
		struct kvm_device_attr attr;
		struct reg_mask_range masks;
	} u;

	if (vm->mm != current->mm || READ_ONCE(vm->dead))
		return -EIO;

	/* Those without a structure, or with one that goes out. */
	switch (cmd) {
	case KVM_CREATE_VCPU:
		return hvk_vcpu_create_fd(vm, uarg);
	case KVM_CHECK_EXTENSION:
		return hvk_dev_check_extension(vm, uarg);
	case KVM_CREATE_IRQCHIP:
		return hvk_vgic_create(vm, 2);
	case KVM_ARM_PREFERRED_TARGET:
		return vm_preferred_target(arg);
	case KVM_IRQ_LINE:
	case KVM_IRQ_LINE_STATUS:
		return vm_irq_line(vm, cmd, arg);
	case KVM_SET_GSI_ROUTING:
		return hvk_set_gsi_routing(vm, arg);
	}

	if (_IOC_TYPE(cmd) == HVKIO)
		return vm_own_ioctl(vm, cmd, arg);
	if (!vm_takes(cmd))
		return -EINVAL;
	if (copy_from_user(&u, arg, _IOC_SIZE(cmd)))
		return -EFAULT;

	switch (cmd) {
	case KVM_SET_USER_MEMORY_REGION:
	case KVM_SET_USER_MEMORY_REGION2:
		return hvk_slots_set(vm, &u.region);
	case KVM_GET_DIRTY_LOG:
		return hvk_dirty_get(vm, &u.log);
	case KVM_CLEAR_DIRTY_LOG:
		return hvk_dirty_clear(vm, &u.clear);
	case KVM_CREATE_DEVICE:
		return hvk_vgic_create_device(vm, &u.device, arg);
	case KVM_ARM_SET_DEVICE_ADDR:
		return hvk_vgic_set_addr(vm, u.addr.id, u.addr.addr);
	case KVM_IOEVENTFD:
		return hvk_ioeventfd(vm, &u.ioeventfd);
	case KVM_IRQFD:
		return hvk_irqfd(vm, &u.irqfd);
	case KVM_HAS_DEVICE_ATTR:
	case KVM_SET_DEVICE_ATTR:
		return hvk_smccc_filter_attr(vm, cmd == KVM_SET_DEVICE_ATTR,
					     &u.attr);
	case KVM_ARM_GET_REG_WRITABLE_MASKS:
		return hvk_idvm_masks(&u.masks);
	case KVM_REGISTER_COALESCED_MMIO:
		return hvk_coalesced_register(vm, &u.zone);
	case KVM_UNREGISTER_COALESCED_MMIO:
		return hvk_coalesced_unregister(vm, &u.zone);
	case KVM_ARM_SET_COUNTER_OFFSET:
		return hvk_counter_set_offset(vm, &u.offset);
	case KVM_ENABLE_CAP:
		return vm_enable_cap(vm, &u.cap);
	default:
		return -EINVAL;
	}
}

/* vm_ioctl() reads the older form out of the newer. */
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

	/* Eventfds go with the VM's own file, as KVM has it. */
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

	/* Interrupts, notifiers and the vCPUs' mm checks refer to this mm. */
	vm->mm = current->mm;
	mmgrab(vm->mm);

	err = hvk_el2_get();
	if (err)
		goto no_el2;
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
