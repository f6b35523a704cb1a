// SPDX-License-Identifier: GPL-2.0-only
/* What the races of ioctl_fuzz are about: VMs, vCPUs and fds (fuzz_race_acts.c has the races). */
#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz_race.h"
#include "uapi/hvk.h"
#include "uapi/hvk_para.h"

/* New fds are below it, those that last are above (fuzz_hide()). */
#define FIRST_GUESS	3
#define GUESSES		40

extern const char fuzz_guest_start[], fuzz_race_entry[];

struct race_world race_world;

int fuzz_race_guess(struct rng *r)
{
	return FIRST_GUESS + below(r, GUESSES);
}

int fuzz_race_vm(void)
{
	struct hvk_vm_para para = { .flags = HVK_PARA_TO_VMM };
	int vm = ioctl(race_world.system, KVM_CREATE_VM, 0);

	if (vm < 0)
		return -1;
	fuzz_give_memory(vm);
	ioctl(vm, HVK_VM_PARA, &para);
	return vm;
}

int fuzz_race_vcpu(int vm, unsigned int id, unsigned int guest)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2,
	};
	int vcpu = ioctl(vm, KVM_CREATE_VCPU, id);

	if (vcpu < 0)
		return -1;
	ioctl(vcpu, KVM_ARM_VCPU_INIT, &init);
	fuzz_set_reg(vcpu, KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE |
		     KVM_REG_ARM_CORE_REG(regs.pc),
		     FUZZ_CODE + (fuzz_race_entry - fuzz_guest_start));
	fuzz_set_reg(vcpu, ARM64_SYS_REG(3, 0, 12, 0, 0), FUZZ_CODE);	/* VBAR_EL1 */
	fuzz_set_x(vcpu, 19, RACE_RAM);
	fuzz_set_x(vcpu, 20, id + 1);
	fuzz_set_x(vcpu, 21, RACE_RAM_SIZE - 8);
	fuzz_set_x(vcpu, 22, FUZZ_GICD);
	fuzz_set_x(vcpu, 23, FUZZ_GICC);
	fuzz_set_x(vcpu, 24, FUZZ_MMIO);
	fuzz_set_x(vcpu, 25, guest);
	return vcpu;
}

int fuzz_race_gic(int vm)
{
	struct kvm_create_device device = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };

	if (ioctl(vm, KVM_CREATE_DEVICE, &device))
		return -1;
	fuzz_set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, FUZZ_GICD);
	fuzz_set_attr(device.fd, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, FUZZ_GICC);
	return device.fd;
}

void fuzz_race_prepare(const struct race *race, const char *device)
{
	struct race_world *w = &race_world;
	struct hvk_channel_bind bind = {
		.number = 63, .role = HVK_CHANNEL_RECEIVE, .intid = HVK_PARA_EVENT_INTID,
		.event_fd = -1,
	};

	w->young_vm = w->young_vcpu = w->young_gic = w->frame = -1;
	w->system = fuzz_hide(open(device, O_RDWR | O_CLOEXEC));
	w->vm = fuzz_hide(fuzz_race_vm());
	for (unsigned int i = 0; i < RACE_VCPUS; i++)
		w->vcpu[i] = fuzz_hide(fuzz_race_vcpu(w->vm, i, race->guest));
	w->gic = fuzz_hide(fuzz_race_gic(w->vm));
	fuzz_set_attr(w->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, 0);
	w->channel = fuzz_hide(ioctl(w->system, HVK_CREATE_CHANNEL, 0));
	bind.channel_fd = w->channel;
	w->ring = mmap(NULL, FUZZ_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, w->vcpu[0],
		       KVM_COALESCED_MMIO_PAGE_OFFSET * FUZZ_PAGE);
	for (unsigned int i = 0; i < RACE_EVENTS; i++)
		w->event[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	/* Without these there is no race. */
	if (ioctl(w->vm, HVK_BIND_CHANNEL, &bind) || w->gic < 0 || w->ring == MAP_FAILED)
		_exit(1);
}
