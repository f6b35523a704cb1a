// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU's file: its ioctls, its mappings, creation and destruction (EL1, process context).
 * The RUN loop is in run/run.c.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "abi/onereg.h"
#include "abi/vcpu_fd.h"
#include "base/compat.h"
#include "base/host.h"
#include "base/user32.h"
#include "core/unfinished.h"
#include "core/vcpu.h"
#include "el2/call.h"
#include "el2/map.h"
#include "irq/coalesced.h"
#include "irq/init.h"
#include "memory/slots.h"
#include "partition/para.h"
#include "run/reset.h"
#include "run/run.h"
#include "sched/frame.h"
#include "time/vtimer.h"
#include "trap/guestdbg.h"
#include "trap/inject.h"
#include "trap/psci.h"
#include "trap/sysreg.h"

#define KNOWN_FEATURES	(BIT(KVM_ARM_VCPU_POWER_OFF) | BIT(KVM_ARM_VCPU_PSCI_0_2))
/* Features that KVM's ABI defines, as of Linux 6.12; a bit beyond them is -ENOENT. */
#define NAMED_FEATURES	GENMASK(KVM_ARM_VCPU_PTRAUTH_GENERIC, 0)

/* --- ioctls -------------------------------------------------------------- */

/*
 * All vCPUs share one feature set, fixed by the first KVM_ARM_VCPU_INIT;
 * KVM_ARM_VCPU_POWER_OFF is per call.
 */
static int choose_features(struct hvk_vm *vm, unsigned long features)
{
	int err = 0;

	features &= ~BIT(KVM_ARM_VCPU_POWER_OFF);
	mutex_lock(&vm->lock);
	if (vm->features_chosen && vm->features != features) {
		err = -EINVAL;
	} else {
		vm->features = features;
		vm->features_chosen = true;
	}
	mutex_unlock(&vm->lock);
	return err;
}

static long vcpu_init(struct hvk_vcpu *vcpu, const struct kvm_vcpu_init *init)
{
	unsigned long features = init->features[0];
	unsigned int i;
	int err;

	if (init->target != KVM_ARM_TARGET_GENERIC_V8)
		return -EINVAL;
	if (features & ~NAMED_FEATURES)
		return -ENOENT;
	for (i = 1; i < ARRAY_SIZE(init->features); i++)
		if (init->features[i])
			return -ENOENT;
	if (features & ~KNOWN_FEATURES)
		return -EINVAL;
	err = choose_features(vcpu->vm, features);
	if (err)
		return err;

	vcpu->features = features;
	/*
	 * A guest that is started again has its MMU off and bypasses the caches. So all
	 * memory is unmapped: pages are cleaned as they are unmapped and as they are mapped
	 * again. That includes cleaning that the guest had begun and not finished.
	 */
	if (vcpu->has_run) {
		hvk_slots_unmap_all(vcpu->vm);
		hvk_unfinished_drop(&vcpu->unfinished, HVK_UNFINISHED_CLEAN);
	}
	/* Drop a CPU_ON from before this reset that no KVM_RUN has handled yet. */
	clear_bit(HVK_REQ_RESET, &vcpu->requests);
	hvk_vcpu_reset(vcpu);
	vcpu->initialised = true;
	if (features & BIT(KVM_ARM_VCPU_POWER_OFF))
		hvk_vcpu_power_off(vcpu);
	else
		hvk_vcpu_power_on(vcpu);
	return 0;
}

static long set_signal_mask(struct hvk_vcpu *vcpu, void __user *arg)
{
	struct kvm_signal_mask mask;
	sigset_t set;

	if (!arg) {
		vcpu->sigset_active = false;
		return 0;
	}
	if (copy_from_user(&mask, arg, sizeof(mask)))
		return -EFAULT;
	if (mask.len != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, arg + sizeof(mask), sizeof(set)))
		return -EFAULT;
	sigdelsetmask(&set, sigmask(SIGKILL) | sigmask(SIGSTOP));
	vcpu->sigset = set;
	vcpu->sigset_active = true;
	return 0;
}

/* Called without vcpu->mutex, which a thread in KVM_RUN holds. */
static long vcpu_stats(struct hvk_vcpu *vcpu, void __user *arg)
{
	struct hvk_vcpu_stats stats = {};
	unsigned int i;
	u32 size;

	if (copy_from_user(&stats, arg, offsetof(struct hvk_vcpu_stats, guest_ns)))
		return -EFAULT;
	if (stats.pad || stats.size < offsetof(struct hvk_vcpu_stats, exits))
		return -EINVAL;
	size = min_t(u32, stats.size, sizeof(stats));
	stats.size = size;
	stats.guest_ns = mul_u64_u32_div(READ_ONCE(vcpu->guest_ticks),
					 NSEC_PER_SEC, hvk_host.cntfrq);
	for (i = 0; i < HVK_STAT_KINDS; i++)
		stats.exits[i] = READ_ONCE(vcpu->exits[i]);
	stats.exits[HVK_STAT_FAST] = READ_ONCE(vcpu->ctx->fast.count);
	return copy_to_user(arg, &stats, size) ? -EFAULT : 0;
}

/* An ioctl's structure: copied from userspace once, or copied to it. */
union vcpu_args {
	struct kvm_vcpu_init init;
	struct kvm_one_reg reg;
	struct kvm_mp_state mp;
	struct kvm_vcpu_events events;
	struct kvm_device_attr attr;
	struct kvm_guest_debug debug;
	struct hvk_vcpu_frame frame;
};

/*
 * The function of one ioctl, vcpu->mutex held. `args` was copied from userspace (VCPU_IN), or
 * is copied to it if the function returns 0 (VCPU_OUT); `user` is the ioctl's argument.
 * Returns the ioctl's result: 0, a number or an errno.
 */
#define VCPU_CALL(name)							\
	static long name(struct hvk_vcpu *vcpu, union vcpu_args *args, unsigned long user)

VCPU_CALL(run)
{
	return user ? -EINVAL : hvk_vcpu_run(vcpu);
}

VCPU_CALL(init)
{
	return vcpu_init(vcpu, &args->init);
}

VCPU_CALL(get_one_reg)
{
	/* After CPU_ON the registers' values are those of the reset, so do it now. */
	hvk_run_apply_reset(vcpu);
	return hvk_onereg_get(vcpu, &args->reg);
}

VCPU_CALL(set_one_reg)
{
	hvk_run_apply_reset(vcpu);
	return hvk_onereg_set(vcpu, &args->reg);
}

VCPU_CALL(get_reg_list)
{
	return hvk_onereg_list(vcpu, (void __user *)user);
}

VCPU_CALL(set_signals)
{
	return set_signal_mask(vcpu, (void __user *)user);
}

VCPU_CALL(set_debug)
{
	return hvk_guestdbg_set(vcpu, &args->debug);
}

VCPU_CALL(get_mp_state)
{
	return hvk_vcpu_mp_state_get(vcpu, &args->mp);
}

VCPU_CALL(set_mp_state)
{
	return hvk_vcpu_mp_state_set(vcpu, &args->mp);
}

VCPU_CALL(get_events)
{
	return hvk_vcpu_events_get(vcpu, &args->events);
}

VCPU_CALL(set_events)
{
	return hvk_vcpu_events_set(vcpu, &args->events);
}

VCPU_CALL(get_attr)
{
	return hvk_vtimer_attr(vcpu, KVM_GET_DEVICE_ATTR, &args->attr);
}

VCPU_CALL(set_attr)
{
	return hvk_vtimer_attr(vcpu, KVM_SET_DEVICE_ATTR, &args->attr);
}

VCPU_CALL(has_attr)
{
	return hvk_vtimer_attr(vcpu, KVM_HAS_DEVICE_ATTR, &args->attr);
}

VCPU_CALL(frame)
{
	return hvk_frame_join(vcpu, &args->frame);
}

/*
 * Whether perform() copies the ioctl's structure from userspace (IN), to it (OUT), or leaves
 * the argument to the ioctl's function (NONE).
 */
enum vcpu_direction { VCPU_NONE, VCPU_IN, VCPU_OUT };

static const struct vcpu_call {
	unsigned int cmd;
	enum vcpu_direction direction;
	bool initialised;	/* -ENOEXEC before KVM_ARM_VCPU_INIT */
	long (*call)(struct hvk_vcpu *vcpu, union vcpu_args *args, unsigned long user);
} vcpu_calls[] = {
	{ KVM_RUN,		VCPU_NONE,	false,	run },
	{ KVM_ARM_VCPU_INIT,	VCPU_IN,	false,	init },
	{ KVM_GET_ONE_REG,	VCPU_IN,	true,	get_one_reg },
	{ KVM_SET_ONE_REG,	VCPU_IN,	true,	set_one_reg },
	{ KVM_GET_REG_LIST,	VCPU_NONE,	true,	get_reg_list },
	{ KVM_SET_SIGNAL_MASK,	VCPU_NONE,	false,	set_signals },
	{ KVM_SET_GUEST_DEBUG,	VCPU_IN,	false,	set_debug },
	{ KVM_GET_MP_STATE,	VCPU_OUT,	false,	get_mp_state },
	{ KVM_SET_MP_STATE,	VCPU_IN,	false,	set_mp_state },
	{ KVM_GET_VCPU_EVENTS,	VCPU_OUT,	false,	get_events },
	{ KVM_SET_VCPU_EVENTS,	VCPU_IN,	false,	set_events },
	{ KVM_GET_DEVICE_ATTR,	VCPU_IN,	false,	get_attr },
	{ KVM_SET_DEVICE_ATTR,	VCPU_IN,	false,	set_attr },
	{ KVM_HAS_DEVICE_ATTR,	VCPU_IN,	false,	has_attr },
	/* hvk's own */
	{ HVK_VCPU_FRAME,	VCPU_IN,	false,	frame },
};

/*
 * Copies arguments and calls the ioctl's function; vcpu->mutex held. A function of its own,
 * because many kernels' compilers clear `args`, and KVM_RUN is frequent.
 */
static noinline long perform_copied(struct hvk_vcpu *vcpu, const struct vcpu_call *c,
				    unsigned long user)
{
	union vcpu_args args;
	long ret;

	if (c->direction == VCPU_IN &&
	    copy_from_user(&args, (void __user *)user, _IOC_SIZE(c->cmd)))
		return -EFAULT;
	/* No bytes of the stack may reach userspace. */
	if (c->direction == VCPU_OUT)
		memset(&args, 0, sizeof(args));
	ret = c->call(vcpu, &args, user);
	if (!ret && c->direction == VCPU_OUT &&
	    copy_to_user((void __user *)user, &args, _IOC_SIZE(c->cmd)))
		ret = -EFAULT;
	return ret;
}

static long perform(struct hvk_vcpu *vcpu, const struct vcpu_call *c,
		    unsigned long user)
{
	if (c->initialised && !vcpu->initialised)
		return -ENOEXEC;
	return c->direction == VCPU_NONE ? c->call(vcpu, NULL, user) :
					   perform_copied(vcpu, c, user);
}

static long vcpu_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	struct hvk_vcpu *vcpu = file->private_data;
	unsigned int i;
	long ret;

	if (vcpu->vm->mm != current->mm || READ_ONCE(vcpu->vm->dead))
		return -EIO;
	if (cmd == HVK_VCPU_STATS)
		return vcpu_stats(vcpu, (void __user *)user);
	for (i = 0; i < ARRAY_SIZE(vcpu_calls); i++)
		if (vcpu_calls[i].cmd == cmd)
			break;
	if (i == ARRAY_SIZE(vcpu_calls))
		return -EINVAL;
	/* Nearly always nobody else has it, and the second call costs more. */
	if (!mutex_trylock(&vcpu->mutex) && mutex_lock_killable(&vcpu->mutex))
		return -EINTR;
	ret = perform(vcpu, &vcpu_calls[i], user);
	mutex_unlock(&vcpu->mutex);
	return ret;
}

/* --- the run page, and the VM's ring -------------------------------------------------------- */

static vm_fault_t vcpu_fault(struct vm_fault *vmf)
{
	struct hvk_vcpu *vcpu = vmf->vma->vm_file->private_data;

	if (!vmf->pgoff)
		vmf->page = virt_to_page(vcpu->run);
	else if (vmf->pgoff == KVM_COALESCED_MMIO_PAGE_OFFSET)
		vmf->page = hvk_coalesced_page(vcpu->vm);
	else
		return VM_FAULT_SIGBUS;
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct vcpu_vm_ops = {
	.fault = vcpu_fault,
};

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &vcpu_vm_ops;
	return 0;
}

/* On a kernel without MMU notifiers: closing a file may have to unpin memory (slots.h). */
static int vcpu_flush(struct file *file, fl_owner_t id)
{
	struct hvk_vcpu *vcpu = file->private_data;

	hvk_slots_flush(vcpu->vm);
	return 0;
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct hvk_vcpu *vcpu = file->private_data;

	hvk_vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations vcpu_fops = {
	.owner = THIS_MODULE,
	.flush = HVK_PINS_MEMORY ? vcpu_flush : NULL,
	.release = vcpu_release,
	.unlocked_ioctl = vcpu_ioctl,
	.compat_ioctl = hvk_user32_ioctl,
	.mmap = vcpu_mmap,
	.llseek = noop_llseek,
};

/* --- creation ------------------------------------------------------------ */

void hvk_vcpu_destroy(struct hvk_vcpu *vcpu)
{
	hvk_frame_leave(vcpu);
	hvk_vgic_vcpu_destroy(vcpu);
	hvk_run_exit(vcpu);
	hvk_el2_unmap(virt_to_phys(vcpu->ctx), PAGE_SIZE);
	free_page((unsigned long)vcpu->ctx);
	free_page((unsigned long)vcpu->run);
	kfree(vcpu);
}

static struct hvk_vcpu *vcpu_alloc(struct hvk_vm *vm, unsigned int id)
{
	struct hvk_vcpu *vcpu;
	int err = -ENOMEM;

	BUILD_BUG_ON(sizeof(struct hvk_el2_ctx) > PAGE_SIZE);
	BUILD_BUG_ON(sizeof(struct kvm_run) > PAGE_SIZE);

	vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	if (!vcpu)
		return ERR_PTR(-ENOMEM);
	vcpu->vm = vm;
	vcpu->id = id;
	vcpu->idx = vm->nr_vcpus;
	mutex_init(&vcpu->mutex);
	vcpu->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	vcpu->ctx = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!vcpu->run || !vcpu->ctx)
		goto no_pages;
	vcpu->ctx_el2 = hvk_el2_address(vcpu->ctx);
	err = hvk_el2_map(virt_to_phys(vcpu->ctx), PAGE_SIZE, GFP_KERNEL_ACCOUNT);
	if (err)
		goto no_pages;
	hvk_run_init(vcpu);
	hvk_vtimer_vcpu_init(vcpu);
	hvk_para_vcpu_init(vcpu);
	err = hvk_vgic_vcpu_init(vcpu);
	if (err)
		goto no_vgic;
	hvk_sysreg_reset(vcpu);	/* sets MPIDR_EL1, by which PSCI calls find it */
	return vcpu;

no_vgic:
	hvk_vtimer_vcpu_destroy(vcpu);
	hvk_run_exit(vcpu);
	hvk_el2_unmap(virt_to_phys(vcpu->ctx), PAGE_SIZE);
no_pages:
	free_page((unsigned long)vcpu->ctx);
	free_page((unsigned long)vcpu->run);
	kfree(vcpu);
	return ERR_PTR(err);
}

static bool id_taken(struct hvk_vm *vm, unsigned int id)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		if (vm->vcpu[i]->id == id)
			return true;
	return false;
}

int hvk_vcpu_create_fd(struct hvk_vm *vm, unsigned long id)
{
	struct hvk_vcpu *vcpu;
	struct file *file;
	int fd;

	if (id >= hvk_max_vcpus())
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	mutex_lock(&vm->lock);
	if (vm->vgic.ready)
		vcpu = ERR_PTR(-EBUSY);
	else if (id_taken(vm, id))
		vcpu = ERR_PTR(-EEXIST);
	else
		vcpu = vcpu_alloc(vm, id);
	if (IS_ERR(vcpu)) {
		file = ERR_CAST(vcpu);
		goto out;
	}
	file = anon_inode_getfile("hvk-vcpu", &vcpu_fops, vcpu, O_RDWR);
	if (IS_ERR(file)) {
		hvk_vcpu_destroy(vcpu);
		goto out;
	}
	/* The file's reference to the VM. The vCPU itself lives as long as the VM. */
	hvk_vm_get(vm);
	vm->vcpu[vcpu->idx] = vcpu;
	/* The pointer is set before nr_vcpus announces it: pairs with hvk_nr_vcpus(). */
	smp_store_release(&vm->nr_vcpus, vm->nr_vcpus + 1);
out:
	mutex_unlock(&vm->lock);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	/*
	 * Last, as any thread that guesses the fd may run the vCPU from here on: by then
	 * hvk_kick_all_sync() has to find it in vm->vcpu[].
	 */
	fd_install(fd, file);
	return fd;
}
