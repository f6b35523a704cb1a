/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual interrupt controller of one VM: distributor state, list
 * registers, the VGIC device of the KVM ABI.
 */
#ifndef HVK_VGIC_H
#define HVK_VGIC_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct hvk_vm;
struct hvk_vcpu;
struct hvk_mmio;
struct kvm_create_device;
struct hvk_irq;

#define HVK_NR_SGI		16
#define HVK_NR_PRIVATE		32
#define HVK_MAX_INTID		1020
#define HVK_MAX_LR		64

/* One interrupt: an SPI of the VM, or an SGI or PPI of one vCPU. */
struct hvk_irq;

struct hvk_vgic {
	bool created;		/* an irqchip exists */
	bool ready;		/* initialised: no more changes of layout */
	u32 version;		/* 2 */
	u32 nr_irqs;		/* INTIDs, private ones included */
	u64 dist_base, cpu_base;	/* IPA, or HVK_VGIC_UNDEF */
	bool dist_enabled;	/* GICD_CTLR */
	struct hvk_irq *spi;	/* nr_irqs - 32 of them */
	bool mapped;		/* GICV is in stage-2 */
};

#define HVK_VGIC_UNDEF	(~0ULL)

/* List registers of GICv2's virtual interface (IHI 0048 5.3), as saved. */
struct hvk_vgic_cpu {
	raw_spinlock_t lock;	/* ap_list and what is on it */
	struct list_head ap_list;	/* pending or active for this vCPU */
	struct hvk_irq *priv;	/* HVK_NR_PRIVATE of them */
	u32 hcr, vmcr, apr;	/* GICH_HCR, GICH_VMCR, GICH_APR */
	u32 lr[HVK_MAX_LR];
	unsigned int used_lr;
};

/* --- set-up ----------------------------------------------------------------- */
int hvk_vgic_probe(void);	/* at load: GICH type, number of list registers */
void hvk_vgic_vm_init(struct hvk_vm *vm);	/* no irqchip yet */
int hvk_vgic_vcpu_init(struct hvk_vcpu *vcpu);
void hvk_vgic_vcpu_destroy(struct hvk_vcpu *vcpu);
void hvk_vgic_vm_destroy(struct hvk_vm *vm);
/* KVM_CREATE_IRQCHIP, or from the VGIC_V2 device. */
int hvk_vgic_create(struct hvk_vm *vm, u32 version);
/* KVM_CREATE_DEVICE; fills args->fd. */
int hvk_vgic_create_device(struct hvk_vm *vm, struct kvm_create_device *args);
/* KVM_ARM_SET_DEVICE_ADDR. */
int hvk_vgic_set_addr(struct hvk_vm *vm, u64 id, u64 addr);
/* Before the first entry of a vCPU: initialise lazily, map GICV. */
int hvk_vgic_first_run(struct hvk_vcpu *vcpu);
void hvk_vgic_vcpu_reset(struct hvk_vcpu *vcpu);

/* --- the run loop -------------------------------------------------------------- */
/* Preemption off: brings GICH_VMCR and GICH_APR onto, off this CPU. */
void hvk_vgic_load(struct hvk_vcpu *vcpu);
void hvk_vgic_put(struct hvk_vcpu *vcpu);
/* Interrupts off, just before entry: picks what goes into list registers. */
void hvk_vgic_flush(struct hvk_vcpu *vcpu);
/* Interrupts off, just after exit: takes the state back, GICH_HCR.En = 0. */
void hvk_vgic_sync(struct hvk_vcpu *vcpu);
/* Whether the vCPU has an interrupt to take; any context. */
bool hvk_vgic_pending(struct hvk_vcpu *vcpu);

/* --- interrupts in ---------------------------------------------------------------- */
/*
 * Sets the input of an interrupt. intid < 32 means vcpu's own PPI, else an
 * SPI and vcpu may be NULL. Edge-triggered: a rising edge makes it pending.
 * Any context. 0, -EINVAL (no such interrupt), -ENODEV (no irqchip).
 */
int hvk_vgic_inject(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid,
		    bool level);
/*
 * Ties a PPI of the vCPU to a physical interrupt: its list register has HW = 1
 * and `pintid`, so that the guest's deactivation deactivates both. `level`
 * reads the line's present state, with interrupts off on the vCPU's CPU.
 */
int hvk_vgic_map_phys(struct hvk_vcpu *vcpu, u32 intid, u32 pintid,
		      bool (*level)(struct hvk_vcpu *vcpu, u32 intid));
/* Whether the virtual interrupt is active, or in a list register as such. */
bool hvk_vgic_is_active(struct hvk_vcpu *vcpu, u32 intid);

/* --- the guest's accesses ----------------------------------------------------------- */
/* GICD: true if mmio->ipa lies in the distributor (then it is handled). */
bool hvk_vgic_mmio(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);

#endif /* HVK_VGIC_H */
