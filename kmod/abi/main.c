// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading the module, and /dev/hvk: the system ioctls of the KVM ABI and of
 * hvk's own (EL1, process context).
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "abi/caps.h"
#include "abi/debugfs.h"
#include "abi/vm_fd.h"
#include "base/cache.h"
#include "base/compat.h"
#include "base/host.h"
#include "base/user32.h"
#include "bringup/bringup.h"
#include "el2/call.h"
#include "el2/el2.h"
#include "irq/direct.h"
#include "irq/init.h"
#include "irq/irqfd.h"
#include "memory/vmid.h"
#include "partition/channel.h"
#include "sched/frame.h"
#include "time/vtimer.h"
#include "uapi/hvk.h"

/* What a VMM maps of a vCPU's file: the run page, and the ring of coalesced MMIO. */
#define VCPU_MMAP_SIZE	((1 + KVM_COALESCED_MMIO_PAGE_OFFSET) * PAGE_SIZE)

static long host_info(void __user *arg)
{
	struct hvk_host_info info = {};
	u32 size;

	if (get_user(size, (u32 __user *)arg))
		return -EFAULT;
	if (size < offsetofend(struct hvk_host_info, gic_version))
		return -EINVAL;
	size = min_t(u32, size, sizeof(info));
	info.size = size;
	info.gic_version = hvk_host.gic_version;
	info.vtimer_intid = hvk_host.vtimer_intid;
	info.maint_intid = hvk_host.maint_intid;
	info.gic_nr_lr = hvk_vgic_nr_lr();
	info.vmid_bits = hvk_host.vmid_bits;
	info.ipa_bits = hvk_host.ipa_bits;
	info.mitigations = hvk_host.mitigations;
	hvk_el2_host_info(&info);
	return copy_to_user(arg, &info, size) ? -EFAULT : 0;
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case KVM_GET_API_VERSION:
		return arg ? -EINVAL : KVM_API_VERSION;
	case KVM_CREATE_VM:
		return hvk_vm_create_fd(arg);
	case KVM_CHECK_EXTENSION:
		return hvk_dev_check_extension(NULL, arg);
	case KVM_GET_VCPU_MMAP_SIZE:
		return arg ? -EINVAL : VCPU_MMAP_SIZE;
	case HVK_HOST_INFO:
		return host_info((void __user *)arg);
	case HVK_CREATE_CHANNEL:
		return arg ? -EINVAL : hvk_channel_create_fd();
	case HVK_CREATE_FRAME:
		return hvk_frame_create_fd((void __user *)arg);
	default:
		return -EINVAL;
	}
}

/* 32-bit programs cannot use the ABI. */
static int dev_open(struct inode *inode, struct file *file)
{
	return is_compat_task() ? -ENODEV : 0;
}

static const struct file_operations dev_fops = {
	.owner = THIS_MODULE,
	.open = dev_open,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = hvk_user32_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hvk",
	.fops = &dev_fops,
	.mode = 0600,
};

static int __init hvk_init(void)
{
	int err;

	err = hvk_bringup_init();
	if (err)
		return err;
	err = hvk_host_probe();
	if (err)
		goto no_host;
	if (hvk_bringup_only() && hvk_el2_is_vhe()) {
		pr_err("hvk: take_only is for kernels at EL1; this one is at EL2 itself (VHE), and there is nothing to take: load hvk without it\n");
		err = -EINVAL;
		goto no_host;
	}
	err = hvk_vgic_probe();
	if (err)
		goto no_host;
	hvk_cache_init();
	err = hvk_vmid_init();
	if (err)
		goto no_host;
	err = hvk_irqfd_init();
	if (err)
		goto no_irqfd;
	err = hvk_vtimer_host_init();
	if (err)
		goto no_timer;
	err = hvk_el2_init(&hvk_vtimer_hooks);
	if (err)
		goto no_el2;
	err = hvk_direct_init();
	if (err)
		goto no_dev;
	err = misc_register(&dev);
	if (err)
		goto no_dev;
	hvk_debugfs_init();
	pr_info("hvk: ready; kernel at %s, GICv%u, %u list registers, VMIDs of %u bits, IPA of %u bits\n",
		hvk_el2_is_vhe() ? "EL2" : "EL1", hvk_host.gic_version, hvk_vgic_nr_lr(),
		hvk_host.vmid_bits, hvk_host.ipa_bits);
	if (HVK_PINS_MEMORY)
		pr_info("hvk: this kernel has no MMU notifiers: guest memory is pinned, under RLIMIT_MEMLOCK\n");
	if (hvk_bringup_only())
		pr_info("hvk: for bring-up: no VMs; hvk-run --doctor --bringup goes on\n");
	return 0;

no_dev:
	hvk_el2_exit();
no_el2:
	hvk_vtimer_host_exit();
no_timer:
	hvk_irqfd_exit();
no_irqfd:
	hvk_vmid_exit();
no_host:
	hvk_host_exit();
	return err;
}
module_init(hvk_init);

/* Each file of a VM holds a reference to the module, so that no VM is left here. */
static void __exit hvk_exit(void)
{
	hvk_debugfs_exit();
	misc_deregister(&dev);
	hvk_el2_exit();
	hvk_vtimer_host_exit();
	hvk_irqfd_exit();
	hvk_vmid_exit();
	hvk_host_exit();
}
module_exit(hvk_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Hosted hypervisor for 64-bit Arm with KVM's ABI");
