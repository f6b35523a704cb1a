// SPDX-License-Identifier: GPL-2.0-only
/*
 * GICC_DIR (EL1, process context): how the module notices that the guest deactivates an
 * interrupt that is in no list register.
 *
 * A guest with GICC_CTLR.EOImode set drops an interrupt's priority by a write to
 * GICC_EOIR, and deactivates it later, in any order, by a write to GICC_DIR. Its active
 * interrupts, however many and however urgent, must not keep a pending one out of the
 * list registers. But GICV ignores a write to GICV_DIR for an interrupt that is in no
 * list register (IHI 0048 5.5.11), and does not count it (GICH_HCR.EOICount counts
 * EOIs). So while a vCPU has more interrupts than there are list registers ("crowded"),
 * the page with that register is not in the VM's stage-2, and the writes trap to here.
 * All other registers of the guest's CPU interface are in the page before it.
 */
#include <linux/atomic.h>
#include <linux/bitfield.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sizes.h>

#include "base/host.h"
#include "core/mmio.h"
#include "core/vcpu.h"
#include "irq/dir.h"
#include "irq/irq.h"
#include "irq/resample.h"
#include "memory/stage2.h"

/* IHI 0048 4.4.15; the only register in its page */
#define GICC_DIR		0x1000
#define GICC_DIR_INTID		GENMASK(9, 0)

void hvk_vgic_trap_dir(struct hvk_vm *vm)
{
	struct hvk_vgic *vgic = &vm->vgic;

	mutex_lock(&vgic->dir_lock);
	if (!vgic->dir_trapped) {
		hvk_s2_unmap(vm, vgic->cpu_base + GICC_DIR, SZ_4K);
		WRITE_ONCE(vgic->dir_trapped, true);
	}
	mutex_unlock(&vgic->dir_lock);
}

/* Maps the page with GICC_DIR again, unless a vCPU is crowded. */
static void untrap(struct hvk_vm *vm)
{
	struct hvk_vgic *vgic = &vm->vgic;

	mutex_lock(&vgic->dir_lock);
	if (vgic->dir_trapped) {
		WRITE_ONCE(vgic->dir_trapped, false);
		/*
		 * Orders the store before the read of nr_dir_crowded: a vCPU that is
		 * not counted yet finds the page not trapped, and requests the trap.
		 * Pairs with dir_crowded() in lr.c.
		 */
		smp_mb();
		if (atomic_read(&vgic->nr_dir_crowded) ||
		    hvk_s2_map_device(vm, vgic->cpu_base + GICC_DIR,
				      hvk_host.gicv + GICC_DIR, SZ_4K))
			WRITE_ONCE(vgic->dir_trapped, true);
	}
	mutex_unlock(&vgic->dir_lock);
}

/*
 * Whether this thread's vCPU, which has just left the guest, deactivates separately
 * from EOIs.
 */
static bool splits_eoi(struct hvk_vcpu *vcpu)
{
	bool split;

	preempt_disable();
	split = hvk_vgic_ops->split_eoi(&vcpu->vgic, vcpu->cpu >= 0);
	preempt_enable();
	return split;
}

static void write_dir(struct hvk_vcpu *vcpu, u32 val)
{
	bool split = splits_eoi(vcpu);
	struct hvk_irq *irq;

	/* Without EOImode the write is UNPREDICTABLE: ignored here, as by the GIC-400. */
	irq = split ? hvk_irq_get(vcpu->vm, vcpu,
				  FIELD_GET(GICC_DIR_INTID, val)) : NULL;
	if (irq)
		hvk_irq_deactivate(vcpu, irq);
	if (vcpu->vgic.has_acked)
		hvk_resample_ack(vcpu);
	if (!atomic_read(&vcpu->vm->vgic.nr_dir_crowded))
		untrap(vcpu->vm);
}

/* hvk_mmio_access for the page, while it is not in stage-2. */
static bool access_dir(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio, u64 offset)
{
	/* Reads give zero; the rest of the page ignores writes. */
	if (!mmio->is_write)
		mmio->data = 0;
	else if (!offset && mmio->len == sizeof(u32))
		write_dir(vcpu, mmio->data);
	return true;
}

void hvk_gicc_dir_place(struct hvk_vm *vm)
{
	hvk_mmio_register(vm, vm->vgic.cpu_base + GICC_DIR, SZ_4K, access_dir);
}
