/* SPDX-License-Identifier: GPL-2.0-only */
/* One virtual interrupt, and what the vGIC's own files share. */
#ifndef HVK_VGIC_IRQ_H
#define HVK_VGIC_IRQ_H

#include <linux/list.h>
#include <linux/nospec.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "irq/vgic_state.h"

/* What the guest wrote to GICD_I[SC]ACTIVER while the state was in an LR. */
enum hvk_irq_force { HVK_FORCE_NONE, HVK_FORCE_ACTIVE, HVK_FORCE_INACTIVE };

/* An SPI of the VM, or an SGI or PPI of one vCPU. */
struct hvk_irq {
	raw_spinlock_t lock;
	struct list_head ap_list;
	struct hvk_vcpu *vcpu;		/* on whose ap_list, or NULL */
	struct hvk_vcpu *target;	/* who takes it when it pends */
	u16 intid;
	u16 pintid;			/* hw: the physical INTID */
	bool edge;			/* else level-sensitive */
	bool level;			/* the input line */
	bool latch;			/* pending by an edge or by software */
	bool active;
	bool enabled;
	bool group1;
	bool hw;			/* mapped to a physical interrupt */
	u8 priority;			/* 0 is the most urgent */
	u8 targets;			/* GICD_ITARGETSR */
	u8 source;			/* SGI: pending from these CPU interfaces */
	u8 active_source;		/* SGI: active from this one */

	/* While in a list register, that is from flush to sync. */
	bool in_lr;
	bool eoi_exit;			/* its deactivation ends guest mode */
	bool lr_latch;			/* the latch has gone in as its pending bit */
	bool drop_pending;		/* GICD_ICPENDR was written */
	u8 force;			/* enum hvk_irq_force */

	bool resample;			/* irqfds wait for its EOI now (SPI) */
	bool (*read_level)(struct hvk_vcpu *vcpu, u32 intid);
};

/*
 * What one version of the GIC knows: the hardware, where list registers come to life, and
 * the places of its frames in a VM.
 */
struct hvk_vgic_ops {
	u32 device;		/* KVM_DEV_TYPE_ARM_VGIC_* */
	unsigned int max_vcpus;	/* of a VM that has one */
	/*
	 * Where the VM has the frame that a KVM_VGIC_*_ADDR_TYPE_* names, and the frame's
	 * size; NULL for a type that is none.
	 */
	u64 *(*addr)(struct hvk_vm *vm, u64 type, u64 *size);
	/*
	 * What has to be right before the guest can reach the frames: 0, -ENXIO (the VMM
	 * has not said where they are), -EINVAL (they overlap). vm->lock held.
	 */
	int (*check_layout)(struct hvk_vm *vm);
	/* Maps what guests reach without us; the vGIC is ready. vm->lock held. */
	int (*map)(struct hvk_vm *vm);
	/* Preemption off: the CPU interface's state onto, off this CPU. */
	void (*load)(struct hvk_vgic_cpu *cpu);
	void (*put)(struct hvk_vgic_cpu *cpu);
	/* Interrupts off: lr[0 .. used_lr) into the hardware; all others empty. */
	void (*enter)(struct hvk_vgic_cpu *cpu);
	/*
	 * Interrupts off: lr[].state and evicted_eois out of it; no cause of
	 * a maintenance interrupt is left.
	 */
	void (*leave)(struct hvk_vgic_cpu *cpu);
	/* Interrupts off, in the place of leave: empty again, lr[] as it was. */
	void (*cancel)(struct hvk_vgic_cpu *cpu);
	/* This CPU's hardware as nobody has used it. */
	void (*cpu_init)(void);
	/*
	 * Whether the guest deactivates apart from the priority drop. Preemption off;
	 * loaded: this CPU has the state, else it is where put() left it.
	 */
	bool (*split_eoi)(const struct hvk_vgic_cpu *cpu, bool loaded);
	/* The guest's priority mask, and whether it takes this group at all. */
	u8 (*priority_mask)(const struct hvk_vgic_cpu *cpu);
	bool (*group_enabled)(const struct hvk_vgic_cpu *cpu, bool group1);
	unsigned int nr_lr;
};

extern struct hvk_vgic_ops hvk_vgic_v2_ops;

/* The one version there is; with a GICv3 this becomes a choice at load. */
static struct hvk_vgic_ops *const hvk_vgic_ops = &hvk_vgic_v2_ops;

/* Fills in hvk_vgic_v2_ops.nr_lr. 0, or -ENODEV with a message. */
int hvk_vgic_v2_probe(void);

/* The interrupt, or NULL. intid may be the guest's; vcpu for private ones. */
struct hvk_irq *hvk_irq_get(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid);

void hvk_irq_setup(struct hvk_irq *irq, u32 intid, struct hvk_vcpu *target);

static inline bool hvk_irq_is_sgi(const struct hvk_irq *irq)
{
	return irq->intid < HVK_NR_SGI;
}

/* irq->lock held, or a glance that may be stale. */
static inline bool hvk_irq_pending(const struct hvk_irq *irq)
{
	if (hvk_irq_is_sgi(irq))
		return irq->source;
	return irq->latch || (!irq->edge && irq->level);
}

/*
 * On whose list the interrupt belongs now, or NULL; irq->lock held. An active one
 * stays with the vCPU that took it; only that one can deactivate it (IHI 0048 3.2.1).
 */
struct hvk_vcpu *hvk_irq_home(struct hvk_vm *vm, const struct hvk_irq *irq);

/*
 * After a change of irq's state, irq->lock held: unlocks it, brings it onto
 * the list where it belongs, and if `tell` makes the vCPU that has it leave
 * the guest to see the change.
 */
void hvk_irq_unlock_update(struct hvk_vm *vm, struct hvk_irq *irq,
			   unsigned long flags, bool tell)
	__releases(&irq->lock);
/*
 * Puts the interrupt onto the list where it belongs, after a change outside of the
 * interrupt itself.
 */
void hvk_irq_update(struct hvk_vm *vm, struct hvk_irq *irq);
/*
 * irq/lr.c: the guest deactivates an interrupt that is in no list register. Nothing
 * happens to one that is not active, or is another vCPU's (IHI 0048 3.2.1). Its own
 * thread; hvk_resample_ack() may have to follow, as after hvk_vgic_sync().
 */
void hvk_irq_deactivate(struct hvk_vcpu *vcpu, struct hvk_irq *irq);

/* irq/gicd.c: registers for the VMM, all vCPUs out of RUN. 0 or -EINVAL. */
bool hvk_gicd_has_reg(struct hvk_vm *vm, u32 offset);
int hvk_gicd_uaccess(struct hvk_vcpu *vcpu, bool is_write, u32 offset, u32 *val);
/* irq/v2.c: the same for GICC, which guests reach as GICV without us. */
bool hvk_gicc_has_reg(u32 offset);
int hvk_gicc_uaccess(struct hvk_vcpu *vcpu, bool is_write, u32 offset, u32 *val);

/* routes.c: GSI n to SPI n, as it is until KVM_SET_GSI_ROUTING. 0 or -ENOMEM. */
int hvk_routing_default(struct hvk_vm *vm);
void hvk_routing_free(struct hvk_vm *vm);

#endif /* HVK_VGIC_IRQ_H */
