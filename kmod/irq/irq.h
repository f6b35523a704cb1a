/* SPDX-License-Identifier: GPL-2.0-only */
/* One virtual interrupt, and what the vGIC's own files share with each other. */
#ifndef HVK_VGIC_IRQ_H
#define HVK_VGIC_IRQ_H

#include <linux/list.h>
#include <linux/nospec.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "irq/vgic_state.h"

/* What was written to GICD_I[SC]ACTIVER while the state was in a list register. */
enum hvk_irq_force { HVK_FORCE_NONE, HVK_FORCE_ACTIVE, HVK_FORCE_INACTIVE };

/* Where an interrupt's registers are in the image (irq/image.h): words and bytes. */
struct hvk_irq_place {
	u16 enabled, busy;
	u16 priority, targets;
};

/* An SPI of the VM, or an SGI or PPI of one vCPU. */
struct hvk_irq {
	raw_spinlock_t lock;
	u16 intid;
	u16 pintid;			/* if hw: the physical INTID */
	struct list_head ap_list;
	struct hvk_vcpu *vcpu;		/* the vCPU on whose ap_list it is, or NULL */
	struct hvk_vcpu *banked;	/* SGI, PPI: the vCPU whose own it is; else NULL */
	u32 *image;			/* registers: the VM's, or that vCPU's (irq/image.h) */
	struct hvk_irq_place at;
	bool edge;			/* else level-sensitive */
	bool level;			/* level of the input line */
	bool latch;			/* pending by an edge or by software */
	bool active;
	bool group1;
	bool hw;			/* mapped to a physical interrupt */
	bool untargeted;		/* without targets nobody takes it, instead of vCPU 0 */
	u8 source;			/* SGI: pending from these CPU interfaces */
	u8 active_source;		/* SGI: active from this interface */

	/* While in a list register, that is from flush to sync. */
	bool in_lr;
	bool eoi_exit;			/* its deactivation ends guest mode */
	bool lr_latch;			/* the latch went in as its pending bit */
	bool drop_pending;		/* GICD_ICPENDR was written */
	u8 force;			/* enum hvk_irq_force */

	bool resample;			/* irqfds wait for its EOI (SPI) */
};

/*
 * One version of the GIC: access to its hardware (list registers, virtual CPU
 * interface), and where a VM has its frames.
 */
struct hvk_vgic_ops {
	u32 device;		/* KVM_DEV_TYPE_ARM_VGIC_* */
	unsigned int max_vcpus;	/* of a VM with this GIC */
	/*
	 * Where the VM keeps the address of the frame that a KVM_VGIC_*_ADDR_TYPE_*
	 * names, and in *size the frame's size; NULL if this GIC has no such frame.
	 */
	u64 *(*addr)(struct hvk_vm *vm, u64 type, u64 *size);
	/*
	 * Checks the frames' addresses before the guest can reach them. 0, -ENXIO (the
	 * VMM has not set them), -EINVAL (they overlap). vm->lock held.
	 */
	int (*check_layout)(struct hvk_vm *vm);
	/*
	 * Maps in stage-2 what guests access without a trap, once the vGIC is ready.
	 * vm->lock held. 0 or an errno.
	 */
	int (*map)(struct hvk_vm *vm);
	/*
	 * Preemption off: put the CPU interface's state onto this CPU, and take it back
	 * from it.
	 */
	void (*load)(struct hvk_vgic_cpu *cpu);
	void (*put)(struct hvk_vgic_cpu *cpu);
	/* Preemption off, loaded: saves what priority_mask and group_enabled read. */
	void (*note_mask)(struct hvk_vgic_cpu *cpu);
	/* Interrupts off: writes lr[0 .. used_lr) to list registers and empties all others. */
	void (*enter)(struct hvk_vgic_cpu *cpu);
	/*
	 * Interrupts off: reads lr[].state and evicted_eois from the hardware, and
	 * removes every cause of a maintenance interrupt.
	 */
	void (*leave)(struct hvk_vgic_cpu *cpu);
	/*
	 * Interrupts off, instead of leave: empties the list registers, and keeps lr[]
	 * as it was.
	 */
	void (*cancel)(struct hvk_vgic_cpu *cpu);
	/* What a list register with these contents holds. Any context. */
	u32 (*encode)(const struct hvk_lr *lr);
	/*
	 * Interrupts off, before leave: reads list register i, which EL2 has written, into
	 * lr[i].state and cpuid. Returns the INTID.
	 */
	u32 (*adopt)(struct hvk_vgic_cpu *cpu, unsigned int i);
	/* Resets this CPU's hardware: no interrupt in a list register, interface off. */
	void (*cpu_init)(void);
	/* Interrupts off: sets the active state of a physical PPI of this CPU. */
	void (*ppi_active)(u32 pintid, bool active);
	/*
	 * Whether the guest deactivates interrupts separately from the priority drop
	 * (GICC_CTLR.EOImode). Preemption off. loaded: this CPU has the state; else it
	 * is where put() left it.
	 */
	bool (*split_eoi)(const struct hvk_vgic_cpu *cpu, bool loaded);
	/*
	 * From the state that put() or note_mask() saved: the guest's priority mask, and
	 * whether it enables this group.
	 */
	u8 (*priority_mask)(const struct hvk_vgic_cpu *cpu);
	bool (*group_enabled)(const struct hvk_vgic_cpu *cpu, bool group1);
	unsigned int nr_lr;
};

extern struct hvk_vgic_ops hvk_vgic_v2_ops;

/* The only version so far; with a GICv3 this becomes a choice at load. */
static struct hvk_vgic_ops *const hvk_vgic_ops = &hvk_vgic_v2_ops;

/*
 * At load: checks the hardware and sets hvk_vgic_v2_ops.nr_lr. 0, or -ENODEV with a
 * message.
 */
int hvk_vgic_v2_probe(void);

/*
 * The interrupt, or NULL if there is none. intid may be chosen by the guest; vcpu is
 * needed for private interrupts.
 */
struct hvk_irq *hvk_irq_get(struct hvk_vm *vm, struct hvk_vcpu *vcpu, u32 intid);

/*
 * Initialises a zeroed interrupt, whose registers are zero in the image. vcpu: whose a
 * private one is; NULL for an SPI.
 */
void hvk_irq_setup(struct hvk_irq *irq, u32 intid, struct hvk_vcpu *vcpu, u32 *image);

static inline bool hvk_irq_is_sgi(const struct hvk_irq *irq)
{
	return irq->intid < HVK_NR_SGI;
}

/* Under irq->lock, or without it if a stale answer will do. */
static inline bool hvk_irq_pending(const struct hvk_irq *irq)
{
	if (hvk_irq_is_sgi(irq))
		return irq->source;
	return irq->latch || (!irq->edge && irq->level);
}

/*
 * The vCPU on whose ap_list the interrupt belongs now, or NULL; irq->lock held. An
 * active interrupt stays with the vCPU that took it: only that one can deactivate it
 * (IHI 0048 3.2.1).
 */
struct hvk_vcpu *hvk_irq_home(struct hvk_vm *vm, const struct hvk_irq *irq);

/*
 * After a change of irq's state, with irq->lock held: moves the interrupt to the list
 * where it belongs and unlocks it; if `tell`, the vCPU that has it is kicked out of the
 * guest to see the change.
 */
void hvk_irq_unlock_update(struct hvk_vm *vm, struct hvk_irq *irq,
			   unsigned long flags, bool tell)
	__releases(&irq->lock);
/*
 * Moves the interrupt to the list where it belongs, after a change outside of it
 * (GICD_CTLR). Takes irq->lock.
 */
void hvk_irq_update(struct hvk_vm *vm, struct hvk_irq *irq);
/*
 * irq/lr.c: the guest deactivates an interrupt that is in no list register. Does
 * nothing if it is not active or belongs to another vCPU (IHI 0048 3.2.1). On the
 * vCPU's own thread; if vgic.has_acked is set afterwards hvk_resample_ack() has to
 * follow, as after hvk_vgic_sync().
 */
void hvk_irq_deactivate(struct hvk_vcpu *vcpu, struct hvk_irq *irq);

/*
 * irq/gicd.c: GICD's registers for the VMM; vm->lock held, all vCPUs out of RUN. 0 or
 * -EINVAL.
 */
bool hvk_gicd_has_reg(struct hvk_vm *vm, u32 offset);
int hvk_gicd_uaccess(struct hvk_vcpu *vcpu, bool is_write, u32 offset, u32 *val);
/* irq/v2.c: the same for GICC, which guests access as GICV, without a trap. */
bool hvk_gicc_has_reg(u32 offset);
int hvk_gicc_uaccess(struct hvk_vcpu *vcpu, bool is_write, u32 offset, u32 *val);

/*
 * routes.c: routes GSI n to SPI n, which holds until KVM_SET_GSI_ROUTING. Takes
 * io_lock; sleeps. 0 or -ENOMEM.
 */
int hvk_routing_default(struct hvk_vm *vm);
void hvk_routing_free(struct hvk_vm *vm);

#endif /* HVK_VGIC_IRQ_H */
