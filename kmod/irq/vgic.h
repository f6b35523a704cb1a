/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual interrupt controller of one VM: distributor state, list
 * registers, the VGIC device of the KVM ABI.
 *
 * An interrupt that is active, or enabled and pending, is on the ap_list of
 * the one vCPU that has to take it; nothing else is on a list. What a vCPU
 * finds there as it enters the guest goes into list registers, and comes back
 * at the exit. In between (hvk_irq.in_lr) only the vCPU itself changes the
 * list membership of these interrupts; everyone else leaves a note in the
 * interrupt and kicks the vCPU.
 *
 * Locks, outermost first, all raw and with interrupts off, because interrupts
 * are injected from hard interrupt context:
 *   hvk_vgic_cpu.lock	the ap_list; never two vCPUs' at once
 *   hvk_irq.lock	one interrupt; never two interrupts' at once
 * hvk_vcpu_kick() is called with neither.
 */
#ifndef HVK_VGIC_H
#define HVK_VGIC_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct hvk_vm;
struct hvk_vcpu;
struct hvk_mmio;
struct hvk_irq;
struct hvk_routing;
struct kvm_create_device;
struct kvm_irq_level;
struct kvm_irq_routing;

#define HVK_NR_SGI		16
#define HVK_NR_PRIVATE		32
#define HVK_MAX_INTID		1020
#define HVK_NR_SPI		(HVK_MAX_INTID - HVK_NR_PRIVATE)
#define HVK_MAX_LR		64
#define HVK_GICV2_MAX_VCPUS	8	/* CPU targets are a byte (IHI 0048 4.3.12) */

struct hvk_vgic {
	bool created;		/* an irqchip exists */
	bool ready;		/* initialised: no more changes of layout (release/acquire) */
	u32 version;		/* 2 */
	u32 nr_irqs;		/* INTIDs; HVK_NR_PRIVATE: not chosen yet */
	u64 dist_base, cpu_base;	/* IPA, or HVK_VGIC_UNDEF */
	bool dist_enabled;	/* GICD_CTLR */
	u8 revision;		/* GICD_IIDR.Revision */
	bool groups_writable;	/* by the VMM: it has written GICD_IIDR */
	struct hvk_irq *spi;	/* nr_irqs - 32 of them */
	bool mapped;		/* GICV is in stage-2 */
	/* GICC_DIR (irq/dir.c): */
	struct mutex dir_lock;	/* outermost; the page in and out of stage-2 */
	bool dir_trapped;	/* it is not in stage-2 */
	atomic_t nr_dir_crowded;	/* vCPUs that need it so */
	struct hvk_routing __rcu *routing;	/* GSI to SPI: routing.c */
};

#define HVK_VGIC_UNDEF	(~0ULL)

/* State of an interrupt in a list register (IHI 0048 5.3.9, GICH_LRn.State). */
#define HVK_LR_PENDING		BIT(0)
#define HVK_LR_ACTIVE		BIT(1)

/* One list register, whatever the version of the GIC. */
struct hvk_lr {
	struct hvk_irq *irq;
	u16 rank;		/* while choosing: less is more urgent */
	u8 state;		/* HVK_LR_*, as it went in and as it came back */
	u8 cpuid;		/* SGI: its source */
	u8 priority;
	bool hw;		/* deactivation goes on to the physical interrupt */
	bool eoi;		/* the guest's deactivation ends guest mode */
	bool group1;
};

/* The virtual CPU interface of one vCPU. */
struct hvk_vgic_cpu {
	raw_spinlock_t lock;	/* ap_list */
	struct list_head ap_list;	/* pending or active for this vCPU */
	struct hvk_irq *priv;	/* HVK_NR_PRIVATE of them */

	/*
	 * From here on the vCPU's own thread only (or one that holds its
	 * mutex). used_lr is not zero only from flush to sync.
	 */
	u32 vmcr, apr;		/* GICH_VMCR, GICH_APR; current after put */
	unsigned int used_lr;
	bool underflow;		/* exit when list registers run out */
	bool no_pending;	/* exit when none of them is pending */
	bool dir_crowded;	/* counted in nr_dir_crowded */
	bool evicted;		/* active ones are in none: exit at their EOI */
	unsigned int evicted_eois;	/* how many there were, by leave */
	/* SPIs whose EOI irqfds have to hear of: from sync to hvk_resample_ack(). */
	bool has_acked;
	unsigned long acked[BITS_TO_LONGS(HVK_NR_SPI)];	/* by INTID - 32 */
	struct hvk_lr lr[HVK_MAX_LR];

	/* What this CPU's GICH holds while the vCPU is loaded (irq/v2.c). */
	u32 hw_hcr;
	u64 hw_known;		/* list registers for which hw_lr[] is true */
	u64 hw_valid;		/* those of them that hold an interrupt */
	u32 hw_lr[HVK_MAX_LR];
};

/* --- set-up ----------------------------------------------------------------- */
/* At load: GICH and GICV are fit, number of list registers. 0 or -ENODEV. */
int hvk_vgic_probe(void);
/* On each CPU as EL2 is taken, interrupts off: empties its list registers. */
void hvk_vgic_cpu_init(void);
void hvk_vgic_vm_init(struct hvk_vm *vm);	/* no irqchip yet */
/*
 * For a new vCPU, its idx set, under vm->lock. 0, -ENOMEM, -EBUSY (the vGIC is
 * initialised, its layout fixed), -EINVAL (more than the GIC has room for).
 */
int hvk_vgic_vcpu_init(struct hvk_vcpu *vcpu);
void hvk_vgic_vcpu_destroy(struct hvk_vcpu *vcpu);
void hvk_vgic_vm_destroy(struct hvk_vm *vm);
/*
 * KVM_CREATE_IRQCHIP, or from the VGIC_V2 device; takes vm->lock. 0, -ENODEV
 * (the host cannot), -EEXIST, -EBUSY (a vCPU is in use or has run), -E2BIG.
 */
int hvk_vgic_create(struct hvk_vm *vm, u32 version);
/* Fixes the layout, if not done yet; vm->lock held. 0, -ENODEV, -ENOMEM. */
int hvk_vgic_init(struct hvk_vm *vm);
/* Before the first entry of a vCPU: initialise lazily, map GICV; vm->lock held. */
int hvk_vgic_first_run(struct hvk_vcpu *vcpu);
/* KVM_ARM_VCPU_INIT and CPU_ON: drops the state of mapped interrupts. */
void hvk_vgic_vcpu_reset(struct hvk_vcpu *vcpu);

/* --- the VMM's side (irq/dev.c) ------------------------------------------------ */
/*
 * KVM_CREATE_DEVICE; fills user->fd. 0, or as hvk_vgic_create(), -EFAULT, -EMFILE,
 * -ENOMEM: then there is no vGIC and no fd.
 */
int hvk_vgic_create_device(struct hvk_vm *vm,
			   const struct kvm_create_device *args,
			   struct kvm_create_device __user *user);
/* KVM_ARM_SET_DEVICE_ADDR. */
int hvk_vgic_set_addr(struct hvk_vm *vm, u64 id, u64 addr);
/* KVM_IRQ_LINE. 0, -ENXIO (no irqchip), -EINVAL (no such interrupt or vCPU). */
int hvk_vgic_irq_line(struct hvk_vm *vm, const struct kvm_irq_level *args);

/* --- the run loop -------------------------------------------------------------- */
/* Preemption off: brings GICH_VMCR and GICH_APR onto, off this CPU. */
void hvk_vgic_load(struct hvk_vcpu *vcpu);
void hvk_vgic_put(struct hvk_vcpu *vcpu);
/*
 * Interrupts off, just before entry: picks what goes into list registers. An
 * interrupt that comes later kicks the vCPU: clear its kick word before this.
 * Without an interrupt it touches no register.
 */
void hvk_vgic_flush(struct hvk_vcpu *vcpu);
/*
 * Interrupts off, just after exit: takes the state back and silences the
 * maintenance interrupt. Only then may others take the vCPU for outside. With
 * vgic.has_acked set, hvk_resample_ack() has to follow when interrupts are on.
 */
void hvk_vgic_sync(struct hvk_vcpu *vcpu);
/*
 * In the place of sync if the guest was not entered after all, because EL2 was
 * not ours: what GICH holds may be lost (the CPU was without power).
 */
void hvk_vgic_cancel(struct hvk_vcpu *vcpu);
/* Whether the vCPU, after put, has an interrupt to take; any context. */
bool hvk_vgic_pending(struct hvk_vcpu *vcpu);

/* --- interrupts in ---------------------------------------------------------------- */
/*
 * Sets the input of an interrupt. intid < 32 means vcpu's own PPI, else an
 * SPI and vcpu may be NULL. Edge-triggered: a rising edge makes it pending.
 * Any context. 0, -EINVAL (no such interrupt), -ENODEV (no irqchip, or it is
 * not initialised).
 */
int hvk_vgic_inject(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid,
		    bool level);
/*
 * An event: makes an interrupt pending once, however it is configured, until
 * the guest takes it. Arguments, context and result as above.
 */
int hvk_vgic_pulse(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid);
/*
 * Ties a PPI of the vCPU to a physical interrupt: its list register has HW = 1
 * and `pintid`, so that the guest's deactivation deactivates both. The line
 * is still what hvk_vgic_inject() last said; `level` (or NULL) reads the
 * present one where the guest asks for it (GICD_ISPENDR), on the vCPU's own
 * thread, with interrupts off. 0 or -EINVAL.
 */
int hvk_vgic_map_phys(struct hvk_vcpu *vcpu, u32 intid, u32 pintid,
		      bool (*level)(struct hvk_vcpu *vcpu, u32 intid));
/*
 * Whether the virtual interrupt is active, or will be on software's request:
 * what its physical interrupt's active state has to follow, beside the line.
 * On the vCPU's own thread.
 */
bool hvk_vgic_is_active(struct hvk_vcpu *vcpu, u32 intid);

/* --- the guest's accesses ----------------------------------------------------------- */
/* GICD: true if mmio->ipa lies in the distributor (then it is handled). */
bool hvk_vgic_mmio(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);
/* GICC_DIR, while it is not in stage-2: the same. Process context. */
bool hvk_vgic_dir_mmio(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);
/* HVK_REQ_TRAP_DIR: process context, returns when no PE has a translation left. */
void hvk_vgic_trap_dir(struct hvk_vm *vm);
/*
 * After a change of GICD_CTLR: brings some of the VM's interrupts, from number
 * *at on (0 at first), onto the lists where they belong. true: that was the last.
 */
bool hvk_vgic_update_step(struct hvk_vm *vm, u64 *at);

/* --- eventfds (irqfd.c, routing.c), beside what hvk_host.h names ---------------------- */
int hvk_irqfd_init(void);	/* at load: 0 or -ENOMEM */
void hvk_irqfd_exit(void);
/* KVM_SET_GSI_ROUTING. */
int hvk_set_gsi_routing(struct hvk_vm *vm, struct kvm_irq_routing __user *args);

#endif /* HVK_VGIC_H */
