// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vGIC as the VMM sees it (EL1, process context): the KVM_DEV_TYPE_ARM_VGIC_V2
 * device with its attributes, the older ioctls that do the same, and KVM_IRQ_LINE. The
 * kernel's Documentation/virt/kvm/devices/arm-vgic.rst describes the ABI; errno
 * values are KVM's.
 */
#include <linux/anon_inodes.h>
#include <linux/bitfield.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "base/user32.h"
#include "core/vcpu.h"
#include "irq/dev.h"
#include "irq/gicd.h"
#include "irq/init.h"
#include "irq/irq.h"
#include "irq/vgic.h"

#define ATTR_CPUID	GENMASK_ULL(39, 32)	/* KVM_DEV_ARM_VGIC_CPUID_MASK */
#define ATTR_OFFSET	GENMASK_ULL(31, 0)	/* KVM_DEV_ARM_VGIC_OFFSET_MASK */

/* struct kvm_arm_device_addr.id */
#define ADDR_DEVICE	GENMASK_ULL(31, 16)
#define ADDR_TYPE	GENMASK_ULL(15, 0)

/* KVM_DEV_ARM_VGIC_GRP_NR_IRQS: at least 32 SPIs, and no more INTIDs than GICv2 has. */
#define MIN_IRQS	64
#define MAX_IRQS	1023

static struct hvk_vcpu *vcpu_by_id(struct hvk_vm *vm, unsigned int id)
{
	unsigned int i, nr = hvk_nr_vcpus(vm);

	for (i = 0; i < nr; i++)
		if (vm->vcpu[i]->id == id)
			return vm->vcpu[i];
	return NULL;
}

/* --- addresses ------------------------------------------------------------------ */

/*
 * Where the VM keeps the frame address of this type, and in *size the frame's size;
 * NULL if there is no such type or no vGIC.
 */
static u64 *addr_of(struct hvk_vm *vm, u64 type, u64 *size)
{
	return vm->vgic.created ? hvk_vgic_ops->addr(vm, type, size) : NULL;
}

static int set_base(struct hvk_vm *vm, u64 *base, u64 addr, u64 size)
{
	u64 limit = BIT_ULL(vm->s2.ipa_bits);

	lockdep_assert_held(&vm->lock);

	if (*base != HVK_VGIC_UNDEF)
		return -EEXIST;
	if (!IS_ALIGNED(addr, SZ_4K) || addr + size < addr)
		return -EINVAL;
	if (addr + size > limit)
		return -E2BIG;
	*base = addr;
	if (base == &vm->vgic.dist_base)
		hvk_gicd_place(vm);
	return 0;
}

int hvk_vgic_set_addr(struct hvk_vm *vm, u64 id, u64 addr)
{
	u64 *base, size;
	int ret;

	if (FIELD_GET(ADDR_DEVICE, id) != KVM_ARM_DEVICE_VGIC_V2)
		return -ENODEV;

	mutex_lock(&vm->lock);
	base = addr_of(vm, FIELD_GET(ADDR_TYPE, id), &size);
	ret = base ? set_base(vm, base, addr, size) : -ENODEV;
	mutex_unlock(&vm->lock);
	return ret;
}

static int access_addr(struct hvk_vm *vm, const struct kvm_device_attr *attr,
		       bool is_write)
{
	u64 __user *uaddr = u64_to_user_ptr(attr->addr);
	u64 *base, size, addr;
	int ret = 0;

	if (is_write && get_user(addr, uaddr))
		return -EFAULT;

	mutex_lock(&vm->lock);
	base = addr_of(vm, attr->attr, &size);
	if (!base)
		ret = -ENXIO;
	else if (is_write)
		ret = set_base(vm, base, addr, size);
	else
		addr = *base;
	mutex_unlock(&vm->lock);

	if (!ret && !is_write && put_user(addr, uaddr))
		ret = -EFAULT;
	return ret;
}

/* --- number of interrupts --------------------------------------------------------- */

static int access_nr_irqs(struct hvk_vm *vm, const struct kvm_device_attr *attr,
			  bool is_write)
{
	u32 __user *uaddr = u64_to_user_ptr(attr->addr);
	int ret = 0;
	u32 val;

	if (!is_write)
		return put_user(READ_ONCE(vm->vgic.nr_irqs), uaddr);

	if (get_user(val, uaddr))
		return -EFAULT;
	if (val < MIN_IRQS || val > MAX_IRQS || val % 32)
		return -EINVAL;

	mutex_lock(&vm->lock);
	if (vm->vgic.nr_irqs != HVK_NR_PRIVATE)
		ret = -EBUSY;
	else
		vm->vgic.nr_irqs = val;
	mutex_unlock(&vm->lock);
	return ret;
}

/* --- registers ---------------------------------------------------------------------- */

static int has_reg(struct hvk_vm *vm, const struct kvm_device_attr *attr)
{
	u32 offset = FIELD_GET(ATTR_OFFSET, attr->attr);
	bool known;

	if (!vcpu_by_id(vm, FIELD_GET(ATTR_CPUID, attr->attr)))
		return -EINVAL;

	if (attr->group == KVM_DEV_ARM_VGIC_GRP_DIST_REGS)
		known = hvk_gicd_has_reg(vm, offset);
	else
		known = hvk_gicc_has_reg(offset);
	return known ? 0 : -ENXIO;
}

/* Only while no vCPU is in RUN or another ioctl: else -EBUSY, without waiting for it. */
static int access_reg(struct hvk_vm *vm, const struct kvm_device_attr *attr,
		      bool is_write)
{
	u32 __user *uaddr = u64_to_user_ptr(attr->addr);
	u32 offset = FIELD_GET(ATTR_OFFSET, attr->attr);
	struct hvk_vcpu *vcpu;
	u32 val = 0;
	int ret;

	vcpu = vcpu_by_id(vm, FIELD_GET(ATTR_CPUID, attr->attr));
	if (!vcpu)
		return -EINVAL;
	if (is_write && get_user(val, uaddr))
		return -EFAULT;

	mutex_lock(&vm->lock);
	ret = hvk_vcpus_trylock(vm);
	if (ret)
		goto busy;
	ret = hvk_vgic_init(vm);
	if (ret)
		goto unlock;
	if (attr->group == KVM_DEV_ARM_VGIC_GRP_DIST_REGS)
		ret = hvk_gicd_uaccess(vcpu, is_write, offset, &val);
	else
		ret = hvk_gicc_uaccess(vcpu, is_write, offset, &val);
unlock:
	hvk_vcpus_unlock(vm);
busy:
	mutex_unlock(&vm->lock);

	if (!ret && !is_write && put_user(val, uaddr))
		ret = -EFAULT;
	return ret;
}

/* --- the device ---------------------------------------------------------------------- */

static int set_attr(struct hvk_vm *vm, const struct kvm_device_attr *attr)
{
	int ret;

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return access_addr(vm, attr, true);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return access_nr_irqs(vm, attr, true);
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
		return access_reg(vm, attr, true);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		if (attr->attr != KVM_DEV_ARM_VGIC_CTRL_INIT)
			return -ENXIO;
		mutex_lock(&vm->lock);
		ret = hvk_vgic_init(vm);
		mutex_unlock(&vm->lock);
		return ret;
	default:
		return -ENXIO;
	}
}

static int get_attr(struct hvk_vm *vm, const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return access_addr(vm, attr, false);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return access_nr_irqs(vm, attr, false);
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
		return access_reg(vm, attr, false);
	default:
		return -ENXIO;
	}
}

static int has_attr(struct hvk_vm *vm, const struct kvm_device_attr *attr)
{
	u64 size;

	switch (attr->group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return addr_of(vm, attr->attr, &size) ? 0 : -ENXIO;
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return 0;
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
		return has_reg(vm, attr);
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		return attr->attr == KVM_DEV_ARM_VGIC_CTRL_INIT ? 0 : -ENXIO;
	default:
		return -ENXIO;
	}
}

static long vgic_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct hvk_vm *vm = file->private_data;
	struct kvm_device_attr attr;
	int (*call)(struct hvk_vm *vm, const struct kvm_device_attr *attr);

	if (vm->mm != current->mm || READ_ONCE(vm->dead))
		return -EIO;

	switch (cmd) {
	case KVM_SET_DEVICE_ATTR:
		call = set_attr;
		break;
	case KVM_GET_DEVICE_ATTR:
		call = get_attr;
		break;
	case KVM_HAS_DEVICE_ATTR:
		call = has_attr;
		break;
	default:
		return -ENOTTY;
	}
	if (copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
		return -EFAULT;
	return call(vm, &attr);
}

static int vgic_release(struct inode *inode, struct file *file)
{
	/* The vGIC itself stays as long as its VM. */
	hvk_vm_put(file->private_data);
	return 0;
}

static const struct file_operations vgic_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= vgic_ioctl,
	.compat_ioctl	= hvk_user32_ioctl,
	.release	= vgic_release,
	.llseek		= noop_llseek,
};

/*
 * Reserves the fd and writes its number to the VMM first: a call that fails must not
 * leave a vGIC for which the VMM has no fd. Then creates the vGIC, which cannot be
 * undone, and makes the fd valid last.
 */
static int create_with_fd(struct hvk_vm *vm, u32 device,
			  struct kvm_create_device __user *user)
{
	struct file *file;
	int fd, ret;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = anon_inode_getfile("hvk-vgic-v2", &vgic_fops, vm, O_RDWR);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto no_file;
	}
	hvk_vm_get(vm);		/* released by vgic_release() */
	ret = put_user(fd, &user->fd);
	if (!ret)
		ret = hvk_vgic_create(vm, device);
	if (ret)
		goto no_vgic;
	fd_install(fd, file);
	return 0;

no_vgic:
	fput(file);
no_file:
	put_unused_fd(fd);
	return ret;
}

int hvk_vgic_create_device(struct hvk_vm *vm,
			   const struct kvm_create_device *args,
			   struct kvm_create_device __user *user)
{
	if (args->type != hvk_vgic_ops->device)
		return -ENODEV;
	if (args->flags & KVM_CREATE_DEVICE_TEST)
		return 0;
	return create_with_fd(vm, args->type, user);
}

/* --- KVM_IRQ_LINE ---------------------------------------------------------------------- */

/* Whether this is a timer's PPI: those are driven by the module alone. */
static bool ppi_is_ours(struct hvk_vm *vm, u32 intid)
{
	unsigned int i;

	for (i = 0; i < HVK_NR_TIMERS; i++)
		if (vm->timer_intid[i] == intid)
			return true;
	return false;
}

int hvk_vgic_irq_line(struct hvk_vm *vm, const struct kvm_irq_level *args)
{
	u32 irq = args->irq;
	u32 type = (irq >> KVM_ARM_IRQ_TYPE_SHIFT) & KVM_ARM_IRQ_TYPE_MASK;
	u32 num = (irq >> KVM_ARM_IRQ_NUM_SHIFT) & KVM_ARM_IRQ_NUM_MASK;
	u32 id = (irq >> KVM_ARM_IRQ_VCPU_SHIFT) & KVM_ARM_IRQ_VCPU_MASK;
	struct hvk_vcpu *vcpu = NULL;
	int ret;

	id += ((irq >> KVM_ARM_IRQ_VCPU2_SHIFT) & KVM_ARM_IRQ_VCPU2_MASK) *
	      (KVM_ARM_IRQ_VCPU_MASK + 1);

	switch (type) {
	case KVM_ARM_IRQ_TYPE_PPI:
		if (!vm->vgic.created)
			return -ENXIO;
		vcpu = vcpu_by_id(vm, id);
		if (!vcpu || num < HVK_NR_SGI || num >= HVK_NR_PRIVATE)
			return -EINVAL;
		break;
	case KVM_ARM_IRQ_TYPE_SPI:
		if (!vm->vgic.created)
			return -ENXIO;
		if (num < HVK_NR_PRIVATE)
			return -EINVAL;
		break;
	case KVM_ARM_IRQ_TYPE_CPU:
		/* KVM_ARM_IRQ_TYPE_CPU is for VMs without a vGIC, which hvk does not offer. */
		return -ENXIO;
	default:
		return -EINVAL;
	}

	/* Acquire: pairs with the release in hvk_vgic_init(). */
	if (!smp_load_acquire(&vm->vgic.ready)) {
		mutex_lock(&vm->lock);
		ret = hvk_vgic_init(vm);
		mutex_unlock(&vm->lock);
		if (ret)
			return ret;
	}
	if (vcpu && ppi_is_ours(vm, num))
		return 0;
	return hvk_vgic_inject(vm, vcpu, num, args->level);
}
