// SPDX-License-Identifier: GPL-2.0-only
/*
 * GICv2's virtual interface: GICH's list registers, and the state of the GICV that the
 * guest has as its GICC (EL1; GICH is plain device memory).
 *
 * List registers are left as they are across exits and written on change only: a
 * virtual interrupt cannot reach the host, whose HCR_EL2.IMO is 0. The maintenance
 * interrupt can, so leave() removes each of its causes (IHI 0048 5.3.5, GICH_MISR): an
 * EOIed list register with its EOI bit set, and GICH_HCR.UIE, LRENPIE and NPIE.
 * GICH_HCR.En alone causes none.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sizes.h>

#include "base/host.h"
#include "core/vcpu.h"
#include "el2/call.h"
#include "irq/dir.h"
#include "irq/gicd_regs.h"
#include "irq/irq.h"
#include "memory/stage2.h"

/* IHI 0048 5.3, table 5-1: offsets in GICH */
#define GICH_HCR	0x000
#define GICH_VTR	0x004
#define GICH_VMCR	0x008
#define GICH_ELRSR0	0x030
#define GICH_ELRSR1	0x034
#define GICH_APR	0x0f0
#define GICH_LR(n)	(0x100 + 4 * (n))

#define GICH_HCR_EN	BIT(0)
#define GICH_HCR_UIE	BIT(1)
#define GICH_HCR_LRENPIE	BIT(2)
#define GICH_HCR_NPIE	BIT(3)
#define GICH_HCR_EOICOUNT	GENMASK(31, 27)

#define GICH_VTR_LISTREGS	GENMASK(5, 0)	/* number - 1 */

/* IHI 0048 5.3.9 */
#define GICH_LR_VIRTUALID	GENMASK(9, 0)
#define GICH_LR_PHYSICALID	GENMASK(19, 10)	/* HW = 1 */
#define GICH_LR_CPUID		GENMASK(12, 10)	/* HW = 0, SGI */
#define GICH_LR_EOI		BIT(19)		/* HW = 0 */
#define GICH_LR_PRIORITY	GENMASK(27, 23)
#define GICH_LR_STATE		GENMASK(29, 28)
#define GICH_LR_GRP1		BIT(30)
#define GICH_LR_HW		BIT(31)

/* IHI 0048 5.3.8 */
#define GICH_VMCR_GRP0EN	BIT(0)
#define GICH_VMCR_GRP1EN	BIT(1)
#define GICH_VMCR_EOIM		BIT(9)
#define GICH_VMCR_CTLR		(GENMASK(4, 0) | GICH_VMCR_EOIM) /* as GICC_CTLR */
#define GICH_VMCR_ABP		GENMASK(20, 18)
#define GICH_VMCR_BP		GENMASK(23, 21)
#define GICH_VMCR_PRIMASK	GENMASK(31, 27)

/* The guest's GICC, as the VMM sees it: offsets of IHI 0048 4.4 */
#define GICC_CTLR	0x00
#define GICC_PMR	0x04
#define GICC_BPR	0x08
#define GICC_ABPR	0x1c
#define GICC_APR(n)	(0xd0 + 4 * (n))
#define GICC_IIDR	0xfc

/* Product ID, architecture version 2, implementer: as KVM reports. */
#define GICC_IIDR_VALUE		0x04b2043b

/* The size of GICC and GICV (IHI 0048 table 4-2, up to GICC_DIR). */
#define GICV_SIZE	SZ_8K

static u32 gich_read(unsigned int offset)
{
	return readl_relaxed(hvk_host.gich + offset);
}

static void gich_write(u32 val, unsigned int offset)
{
	writel_relaxed(val, hvk_host.gich + offset);
}

static u32 encode(const struct hvk_lr *lr)
{
	u32 val = FIELD_PREP(GICH_LR_VIRTUALID, lr->irq->intid) |
		  FIELD_PREP(GICH_LR_PRIORITY, lr->priority >> 3) |
		  FIELD_PREP(GICH_LR_STATE, lr->state);

	if (lr->group1)
		val |= GICH_LR_GRP1;
	if (lr->hw)
		val |= GICH_LR_HW |
		       FIELD_PREP(GICH_LR_PHYSICALID, lr->irq->pintid);
	else
		val |= FIELD_PREP(GICH_LR_CPUID, lr->cpuid) |
		       (lr->eoi ? GICH_LR_EOI : 0);
	return val;
}

static void lr_write(struct hvk_vgic_cpu *cpu, unsigned int i, u32 val)
{
	gich_write(val, GICH_LR(i));
	cpu->hw_lr[i] = val;
	cpu->hw_known |= BIT_ULL(i);
	if (val & GICH_LR_STATE)
		cpu->hw_valid |= BIT_ULL(i);
	else
		cpu->hw_valid &= ~BIT_ULL(i);
}

/* This CPU's interface, as a bit of GICD_SGIR's target list. */
static DEFINE_PER_CPU(u8, interface);

static void v2_load(struct hvk_vgic_cpu *cpu)
{
	struct hvk_vcpu *vcpu = container_of(cpu, struct hvk_vcpu, vgic);

	WRITE_ONCE(vcpu->ctx->shared.interface, this_cpu_read(interface));
	/* Every user of GICH leaves all list registers empty. */
	cpu->hw_hcr = GICH_HCR_EN;
	cpu->hw_known = 0;
	cpu->hw_valid = 0;
	gich_write(cpu->vmcr, GICH_VMCR);
	gich_write(cpu->apr, GICH_APR);
	gich_write(GICH_HCR_EN, GICH_HCR);
}

static void v2_put(struct hvk_vgic_cpu *cpu)
{
	unsigned int i;

	for (i = 0; cpu->hw_valid; i++)
		if (cpu->hw_valid & BIT_ULL(i))
			lr_write(cpu, i, 0);
	if (cpu->hw_hcr)
		gich_write(0, GICH_HCR);
	cpu->hw_hcr = 0;
	cpu->vmcr = gich_read(GICH_VMCR);
	cpu->apr = gich_read(GICH_APR);
}

static void v2_note_mask(struct hvk_vgic_cpu *cpu)
{
	cpu->vmcr = gich_read(GICH_VMCR);
}

/*
 * Where KVM runs guests beside ours: as it is switched on with its first VM, it empties all list
 * registers (Linux before 6.12). No guest has run here since v2_leave(), so that a list register
 * which is empty now, and was not then, has lost what it had.
 */
static void find_lost(struct hvk_vgic_cpu *cpu)
{
	u64 empty = gich_read(GICH_ELRSR0);

	if (hvk_vgic_v2_ops.nr_lr > 32)
		empty |= (u64)gich_read(GICH_ELRSR1) << 32;
	cpu->hw_known &= ~(cpu->hw_valid & empty);
	cpu->hw_valid &= ~empty;
}

static void v2_enter(struct hvk_vgic_cpu *cpu)
{
	u32 hcr = GICH_HCR_EN | (cpu->underflow ? GICH_HCR_UIE : 0) |
		  (cpu->evicted ? GICH_HCR_LRENPIE : 0) |
		  (cpu->no_pending ? GICH_HCR_NPIE : 0);
	bool written = false;
	unsigned int i;
	u64 stale;

	if (cpu->hw_valid && hvk_el2_shared_with_kvm())
		find_lost(cpu);
	stale = cpu->hw_valid;
	for (i = 0; i < cpu->used_lr; i++) {
		u32 val = encode(&cpu->lr[i]);

		stale &= ~BIT_ULL(i);
		if (!(cpu->hw_known & BIT_ULL(i)) || cpu->hw_lr[i] != val) {
			lr_write(cpu, i, val);
			written = true;
		}
	}
	for (; stale; i++)
		if (stale & BIT_ULL(i)) {
			lr_write(cpu, i, 0);
			stale &= ~BIT_ULL(i);
			written = true;
		}

	/*
	 * After the list registers: UIE asserts the maintenance interrupt while fewer
	 * than two of them hold an interrupt.
	 */
	if (cpu->used_lr && cpu->hw_hcr != hcr) {
		gich_write(hcr, GICH_HCR);
		cpu->hw_hcr = hcr;
		written = true;
	}

	if (!written)
		return;
	/*
	 * Completes the writes to GICH (Device memory) before the exception return,
	 * which does not wait for them (DDI 0487 B2.3, DSB): else the guest's first
	 * instructions may run with the old list registers.
	 */
	wmb();
}

static void v2_leave(struct hvk_vgic_cpu *cpu)
{
	u64 empty = 0;
	unsigned int i;

	/*
	 * Orders the guest's accesses to GICV before ours to GICH: two frames of one
	 * device, but not for certain one peripheral in the sense of DDI 0487 B2.3.
	 */
	mb();

	/* One read of GICH_ELRSR saves a read of each list register that is empty. */
	if (cpu->used_lr > 1)
		empty = gich_read(GICH_ELRSR0);
	if (cpu->used_lr > 32)
		empty |= (u64)gich_read(GICH_ELRSR1) << 32;

	for (i = 0; i < cpu->used_lr; i++) {
		u32 val;

		if (!cpu->lr[i].irq)
			continue;
		if (empty & BIT_ULL(i))
			val = cpu->hw_lr[i] & ~GICH_LR_STATE;
		else
			val = gich_read(GICH_LR(i));

		cpu->lr[i].state = FIELD_GET(GICH_LR_STATE, val);
		if (cpu->lr[i].eoi && !cpu->lr[i].state) {
			/*
			 * An EOIed list register with its EOI bit set asserts the
			 * maintenance interrupt.
			 */
			lr_write(cpu, i, 0);
			continue;
		}
		cpu->hw_lr[i] = val;
		if (!cpu->lr[i].state)
			cpu->hw_valid &= ~BIT_ULL(i);
	}

	if (cpu->hw_hcr & GICH_HCR_LRENPIE)
		cpu->evicted_eois = FIELD_GET(GICH_HCR_EOICOUNT,
					      gich_read(GICH_HCR));
	if (cpu->hw_hcr != GICH_HCR_EN) {
		gich_write(GICH_HCR_EN, GICH_HCR);
		cpu->hw_hcr = GICH_HCR_EN;
	}
	/*
	 * No barrier: a maintenance interrupt that is still on its way when
	 * the host unmasks interrupts finds a handler that has nothing to do.
	 */
}

static u32 v2_adopt(struct hvk_vgic_cpu *cpu, unsigned int i)
{
	u32 val;

	mb();	/* the guest's accesses to GICV before ours to GICH, as in v2_leave() */
	val = gich_read(GICH_LR(i));
	cpu->hw_lr[i] = val;
	cpu->hw_known |= BIT_ULL(i);
	cpu->lr[i].state = FIELD_GET(GICH_LR_STATE, val);
	cpu->lr[i].cpuid = FIELD_GET(GICH_LR_CPUID, val);
	if (cpu->lr[i].state)
		cpu->hw_valid |= BIT_ULL(i);
	else
		cpu->hw_valid &= ~BIT_ULL(i);
	return FIELD_GET(GICH_LR_VIRTUALID, val);
}

static void v2_cancel(struct hvk_vgic_cpu *cpu)
{
	unsigned int i;

	/*
	 * The hardware may have lost its state: puts it into the one that v2_load()
	 * leaves.
	 */
	hvk_vgic_v2_ops.cpu_init();
	for (i = 0; i < hvk_vgic_v2_ops.nr_lr; i++)
		cpu->hw_lr[i] = 0;
	gich_write(GICH_HCR_EN, GICH_HCR);
	cpu->hw_hcr = GICH_HCR_EN;
	cpu->hw_valid = 0;
}

static void v2_cpu_init(void)
{
	unsigned int i;

	if (!hvk_host.gich)
		return;
	/* Each private interrupt's targets read as the reader's own interface (IHI 0048 4.3.12). */
	this_cpu_write(interface, readl_relaxed(hvk_host.gicd + GICD_ITARGETSR));
	/*
	 * A vCPU may have been loaded here already, which waits for EL2 of this CPU: then
	 * the interface is on, and its v2_enter() relies on that.
	 */
	if (gich_read(GICH_HCR) != GICH_HCR_EN)
		gich_write(0, GICH_HCR);
	for (i = 0; i < hvk_vgic_v2_ops.nr_lr; i++)
		gich_write(0, GICH_LR(i));
}

/* As the kernel's driver does it, without its look-ups: the first word is the CPU's own. */
static void v2_ppi_active(u32 pintid, bool active)
{
	writel_relaxed(BIT(pintid), hvk_host.gicd + (active ? GICD_ISACTIVER :
							      GICD_ICACTIVER));
}

static u64 *v2_addr(struct hvk_vm *vm, u64 type, u64 *size)
{
	switch (type) {
	case KVM_VGIC_V2_ADDR_TYPE_DIST:
		*size = KVM_VGIC_V2_DIST_SIZE;
		return &vm->vgic.dist_base;
	case KVM_VGIC_V2_ADDR_TYPE_CPU:
		*size = KVM_VGIC_V2_CPU_SIZE;
		return &vm->vgic.cpu_base;
	default:
		return NULL;
	}
}

static int v2_check_layout(struct hvk_vm *vm)
{
	u64 dist = vm->vgic.dist_base, cpu = vm->vgic.cpu_base;

	if (dist == HVK_VGIC_UNDEF || cpu == HVK_VGIC_UNDEF)
		return -ENXIO;
	if (dist < cpu + KVM_VGIC_V2_CPU_SIZE &&
	    cpu < dist + KVM_VGIC_V2_DIST_SIZE)
		return -EINVAL;
	return 0;
}

static int v2_map(struct hvk_vm *vm)
{
	int ret = hvk_s2_map_device(vm, vm->vgic.cpu_base, hvk_host.gicv,
				    GICV_SIZE);

	if (!ret)
		hvk_gicc_dir_place(vm);
	return ret;
}

static bool v2_split_eoi(const struct hvk_vgic_cpu *cpu, bool loaded)
{
	u32 vmcr = loaded ? gich_read(GICH_VMCR) : cpu->vmcr;

	return vmcr & GICH_VMCR_EOIM;
}

static u8 v2_priority_mask(const struct hvk_vgic_cpu *cpu)
{
	return FIELD_GET(GICH_VMCR_PRIMASK, cpu->vmcr) << 3;
}

static bool v2_group_enabled(const struct hvk_vgic_cpu *cpu, bool group1)
{
	return cpu->vmcr & (group1 ? GICH_VMCR_GRP1EN : GICH_VMCR_GRP0EN);
}

struct hvk_vgic_ops hvk_vgic_v2_ops = {
	.device		= KVM_DEV_TYPE_ARM_VGIC_V2,
	.max_vcpus	= HVK_GICV2_MAX_VCPUS,
	.addr		= v2_addr,
	.check_layout	= v2_check_layout,
	.map		= v2_map,
	.load		= v2_load,
	.put		= v2_put,
	.note_mask	= v2_note_mask,
	.enter		= v2_enter,
	.leave		= v2_leave,
	.cancel		= v2_cancel,
	.encode		= encode,
	.adopt		= v2_adopt,
	.cpu_init	= v2_cpu_init,
	.ppi_active	= v2_ppi_active,
	.split_eoi	= v2_split_eoi,
	.priority_mask	= v2_priority_mask,
	.group_enabled	= v2_group_enabled,
};

int hvk_vgic_v2_probe(void)
{
	u32 vtr;

	if (!hvk_host.gich) {
		pr_err("hvk: the interrupt controller has no GICH\n");
		return -ENODEV;
	}
	/* Else the guest could access whatever shares a page with GICV. */
	if (hvk_host.gicv_size < GICV_SIZE || !PAGE_ALIGNED(hvk_host.gicv)) {
		pr_err("hvk: GICV at %pa is not made of whole pages\n",
		       &hvk_host.gicv);
		return -ENODEV;
	}
	vtr = gich_read(GICH_VTR);
	hvk_vgic_v2_ops.nr_lr = FIELD_GET(GICH_VTR_LISTREGS, vtr) + 1;
	/* With a single list register GICH_HCR.UIE would cause an exit at each entry. */
	if (hvk_vgic_v2_ops.nr_lr < 2) {
		pr_err("hvk: GICH_VTR 0x%08x: too few list registers\n", vtr);
		return -ENODEV;
	}
	return 0;
}

bool hvk_gicc_has_reg(u32 offset)
{
	switch (offset) {
	case GICC_CTLR:
	case GICC_PMR:
	case GICC_BPR:
	case GICC_ABPR:
	case GICC_APR(0):
	case GICC_APR(1):
	case GICC_APR(2):
	case GICC_APR(3):
	case GICC_IIDR:
		return true;
	default:
		return false;
	}
}

/*
 * The VMM's access to the guest's GICC, in KVM's format: GICC_PMR is the five bits of
 * GICH_VMCR.VMPriMask. Unknown registers read as zero and ignore writes.
 */
int hvk_gicc_uaccess(struct hvk_vcpu *vcpu, bool is_write, u32 offset, u32 *val)
{
	struct hvk_vgic_cpu *cpu = &vcpu->vgic;
	u32 *reg = &cpu->vmcr;
	u32 mask;

	switch (offset) {
	case GICC_CTLR:
		mask = GICH_VMCR_CTLR;
		break;
	case GICC_PMR:
		mask = GICH_VMCR_PRIMASK;
		break;
	case GICC_BPR:
		mask = GICH_VMCR_BP;
		break;
	case GICC_ABPR:
		mask = GICH_VMCR_ABP;
		break;
	case GICC_APR(0):
		mask = U32_MAX;
		reg = &cpu->apr;
		break;
	case GICC_IIDR:
		if (!is_write)
			*val = GICC_IIDR_VALUE;
		return 0;
	default:
		if (!is_write)
			*val = 0;
		return 0;
	}

	if (is_write)
		*reg = (*reg & ~mask) | ((*val << __ffs(mask)) & mask);
	else
		*val = (*reg & mask) >> __ffs(mask);
	return 0;
}
