// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's distributor: GICD's registers as a table (IHI 0048 4.3), for the guest
 * (process context, the vCPU's own thread) and for the VMM (all vCPUs out of RUN). An
 * offset that is not in the table reads as zero and ignores writes.
 *
 * As in KVM there is no GICD_CTLR.EnableGrp1 and no GICD_NSACR; both groups are
 * forwarded while bit 0 of GICD_CTLR is set.
 */
#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "core/kick.h"
#include "core/mmio.h"
#include "core/unfinished.h"
#include "irq/direct.h"
#include "irq/gicd.h"
#include "irq/gicd_regs.h"
#include "irq/image.h"
#include "irq/irq.h"
#include "irq/vgic.h"

#define GICD_SIZE	SZ_4K
#define GICD_MAX_INTIDS	1024

#define GICD_CTLR_ENABLE	BIT(0)
#define GICD_TYPER_ITLINES	GENMASK(4, 0)
#define GICD_TYPER_CPUNUMBER	GENMASK(7, 5)
#define GICD_SGIR_INTID		GENMASK(3, 0)
#define GICD_SGIR_TARGETS	GENMASK(23, 16)
#define GICD_SGIR_FILTER	GENMASK(25, 24)
#define SGIR_TO_LIST		0
#define SGIR_TO_OTHERS		1
#define SGIR_TO_SELF		2

/* Product K, implementer Arm, as KVM reports; revisions 2 and 3 have groups. */
#define GICD_IIDR_VALUE		0x4b00043b
#define GICD_IIDR_REVISION	GENMASK(15, 12)
#define GICD_IIDR_REV_MIN	2
#define GICD_IIDR_REV_MAX	3

/* ArchRev 2, JEDEC code used, as in GIC-400 (DDI 0471 3.2.5) */
#define GICD_ICPIDR2_VALUE	0x2b

/* Five bits of priority are implemented, as many as a list register has. */
#define PRIORITY_MASK		GENMASK(7, 3)

struct access {
	struct hvk_vcpu *vcpu;	/* whose banked registers are meant */
	bool user;		/* the access is the VMM's, not the guest's */
};

/*
 * One register or one array of registers. If `bits` (the bits of each INTID) is not 0,
 * get() and set() are called for each interrupt with its field; else read() and write()
 * with the whole value.
 */
struct gicd_reg {
	u16 offset, len;
	u8 bits;
	u8 widths;		/* allowed bytes of an access, as a mask: 1 | 4 */
	bool ones;		/* set() only for fields that are not 0 */
	bool guest_only;	/* unknown to the VMM, as KVM has none */
	bool fresh;		/* get() needs what is in list registers */

	u32 (*get)(const struct access *a, const struct hvk_irq *irq);
	/* Called with irq->lock held. True: something has changed. */
	bool (*set)(const struct access *a, struct hvk_irq *irq, u32 val);
	u32 (*read)(const struct access *a, u32 offset);
	int (*write)(const struct access *a, u32 offset, u32 val);
};

/* --- registers without an interrupt --------------------------------------------- */

static u32 read_ctlr(const struct access *a, u32 offset)
{
	return a->vcpu->vm->vgic.dist_enabled ? GICD_CTLR_ENABLE : 0;
}

static void update_all(struct hvk_vm *vm)
{
	u64 at = 0;

	while (!hvk_vgic_update_step(vm, &at))
		cond_resched();
}

static int write_ctlr(const struct access *a, u32 offset, u32 val)
{
	struct hvk_vm *vm = a->vcpu->vm;
	bool enable = val & GICD_CTLR_ENABLE;

	if (READ_ONCE(vm->vgic.dist_enabled) == enable)
		return 0;
	WRITE_ONCE(vm->vgic.dist_enabled, enable);
	/*
	 * Another vCPU may write at the same time: whoever comes last here puts into the
	 * image what holds then.
	 */
	do {
		enable = READ_ONCE(vm->vgic.dist_enabled);
		hvk_image_word(vm, GICD_CTLR, enable ? GICD_CTLR_ENABLE : 0);
		smp_mb();	/* the image is written before dist_enabled is read again */
	} while (READ_ONCE(vm->vgic.dist_enabled) != enable);
	hvk_direct_touch_all(vm);
	/* No lock against another writer: each updates all interrupts after its own write. */
	if (a->user)
		update_all(vm);
	else
		hvk_unfinished_begin(&a->vcpu->unfinished, HVK_UNFINISHED_VGIC);
	return 0;
}

static u32 read_typer(const struct access *a, u32 offset)
{
	struct hvk_vm *vm = a->vcpu->vm;

	return FIELD_PREP(GICD_TYPER_ITLINES, vm->vgic.nr_irqs / 32 - 1) |
	       FIELD_PREP(GICD_TYPER_CPUNUMBER, hvk_nr_vcpus(vm) - 1);
}

static u32 read_iidr(const struct access *a, u32 offset)
{
	return GICD_IIDR_VALUE |
	       FIELD_PREP(GICD_IIDR_REVISION, a->vcpu->vm->vgic.revision);
}

/*
 * A VMM that writes GICD_IIDR back knows about interrupt groups: it may set them from
 * then on.
 */
static int write_iidr(const struct access *a, u32 offset, u32 val)
{
	struct hvk_vgic *vgic = &a->vcpu->vm->vgic;
	u32 rev = FIELD_GET(GICD_IIDR_REVISION, val);

	if (!a->user)
		return 0;
	if ((val & ~GICD_IIDR_REVISION) != GICD_IIDR_VALUE ||
	    rev < GICD_IIDR_REV_MIN || rev > GICD_IIDR_REV_MAX)
		return -EINVAL;
	vgic->revision = rev;
	vgic->groups_writable = true;
	hvk_image_word(a->vcpu->vm, GICD_IIDR, read_iidr(a, offset));
	return 0;
}

static u32 read_icpidr2(const struct access *a, u32 offset)
{
	return GICD_ICPIDR2_VALUE;
}

static int write_sgir(const struct access *a, u32 offset, u32 val)
{
	struct hvk_vm *vm = a->vcpu->vm;
	unsigned int i, nr = hvk_nr_vcpus(vm);
	u32 self = BIT(a->vcpu->idx);
	u32 intid = FIELD_GET(GICD_SGIR_INTID, val);
	u32 targets;

	switch (FIELD_GET(GICD_SGIR_FILTER, val)) {
	case SGIR_TO_LIST:
		targets = FIELD_GET(GICD_SGIR_TARGETS, val);
		break;
	case SGIR_TO_OTHERS:
		targets = ~self;
		break;
	case SGIR_TO_SELF:
		targets = self;
		break;
	default:
		return 0;
	}

	for (i = 0; i < nr; i++) {
		struct hvk_irq *irq;
		unsigned long flags;

		if (!(targets & BIT(i)))
			continue;
		irq = hvk_irq_get(vm, vm->vcpu[i], intid);
		raw_spin_lock_irqsave(&irq->lock, flags);
		irq->source |= self;
		hvk_irq_unlock_update(vm, irq, flags, true);
	}
	return 0;
}

/* --- one interrupt's fields ------------------------------------------------------ */

static u32 get_group(const struct access *a, const struct hvk_irq *irq)
{
	return irq->group1;
}

static bool set_group(const struct access *a, struct hvk_irq *irq, u32 val)
{
	if (a->user && !a->vcpu->vm->vgic.groups_writable)
		return false;
	irq->group1 = val;
	hvk_image_copy(irq);
	return true;
}

static u32 get_enabled(const struct access *a, const struct hvk_irq *irq)
{
	return hvk_irq_enabled(irq);
}

static bool set_enabled(const struct access *a, struct hvk_irq *irq, u32 val)
{
	hvk_irq_set_enabled(irq, true);
	return true;
}

static bool clear_enabled(const struct access *a, struct hvk_irq *irq, u32 val)
{
	hvk_irq_set_enabled(irq, false);
	return true;
}

static u32 get_pending(const struct access *a, const struct hvk_irq *irq)
{
	unsigned long flags;
	bool level;

	/* The line may have changed since it was last sampled. */
	if (!a->user && irq->hw && !irq->edge) {
		local_irq_save(flags);
		level = a->vcpu->vgic.timer_level(a->vcpu, irq->intid);
		local_irq_restore(flags);
		return irq->latch || level;
	}
	/* A latch that has gone into a list register still counts. */
	return hvk_irq_pending(irq) || (irq->lr_latch && !irq->drop_pending);
}

/*
 * The pending state of SGIs is read-only here for the guest (IHI 0048 4.3.7). The VMM
 * cannot give an SGI's source, so the vCPU itself is taken for it.
 */
static bool set_pending(const struct access *a, struct hvk_irq *irq, u32 val)
{
	if (hvk_irq_is_sgi(irq)) {
		if (!a->user)
			return false;
		irq->source |= BIT(a->vcpu->idx);
	} else {
		hvk_irq_set_busy(irq);
		irq->latch = true;
	}
	return true;
}

static bool clear_pending(const struct access *a, struct hvk_irq *irq, u32 val)
{
	if (hvk_irq_is_sgi(irq)) {
		if (!a->user)
			return false;
		irq->source = 0;
	}
	irq->latch = false;
	irq->drop_pending = irq->in_lr;
	return true;
}

static u32 get_active(const struct access *a, const struct hvk_irq *irq)
{
	return irq->active;
}

static bool set_active(const struct access *a, struct hvk_irq *irq, u32 val)
{
	if (irq->in_lr) {
		irq->force = HVK_FORCE_ACTIVE;
		return true;
	}
	/*
	 * The VMM can read but not set the active state of an interrupt that is mapped
	 * to a physical one.
	 */
	if (irq->active || (irq->hw && a->user))
		return false;
	hvk_irq_set_busy(irq);
	irq->active = true;
	/* The register does not tell an SGI's source: one is assumed. */
	if (hvk_irq_is_sgi(irq))
		irq->active_source = a->user ? 0 : a->vcpu->idx;
	return true;
}

static bool clear_active(const struct access *a, struct hvk_irq *irq, u32 val)
{
	if (irq->in_lr) {
		irq->force = HVK_FORCE_INACTIVE;
		return true;
	}
	if (!irq->active || (irq->hw && a->user))
		return false;
	irq->active = false;
	return true;
}

static u32 get_priority(const struct access *a, const struct hvk_irq *irq)
{
	return hvk_irq_priority(irq);
}

static bool set_priority(const struct access *a, struct hvk_irq *irq, u32 val)
{
	val &= PRIORITY_MASK;
	if (hvk_irq_priority(irq) == val)
		return false;
	hvk_irq_set_priority(irq, val);
	return true;
}

static u32 get_targets(const struct access *a, const struct hvk_irq *irq)
{
	return hvk_irq_targets(irq);
}

/*
 * Of several targets the lowest-numbered vCPU takes the interrupt; without a target
 * nobody does. But with one vCPU there is no choice (IHI 0048 4.3.12), and a VMM that
 * writes the reset value of 0 back means vCPU 0, as in KVM and after a reset.
 */
static bool set_targets(const struct access *a, struct hvk_irq *irq, u32 val)
{
	unsigned int nr = hvk_nr_vcpus(a->vcpu->vm);

	if (irq->intid < HVK_NR_PRIVATE)
		return false;
	hvk_irq_set_targets(irq, val & GENMASK(nr - 1, 0));
	/* EL2 leaves a write of no target to this function, and does not change this. */
	irq->untargeted = nr > 1 && !a->user;
	return true;
}

static u32 get_config(const struct access *a, const struct hvk_irq *irq)
{
	return irq->edge ? ICFGR_EDGE : 0;
}

/* SGIs are edge-triggered and PPIs level-sensitive; neither can be changed. */
static bool set_config(const struct access *a, struct hvk_irq *irq, u32 val)
{
	bool edge = val & ICFGR_EDGE;

	if (irq->intid < HVK_NR_PRIVATE || irq->edge == edge)
		return false;
	irq->edge = edge;
	hvk_image_copy(irq);
	return true;
}

static u32 get_source(const struct access *a, const struct hvk_irq *irq)
{
	return irq->source;
}

static bool set_source(const struct access *a, struct hvk_irq *irq, u32 val)
{
	irq->source |= val;
	return true;
}

static bool clear_source(const struct access *a, struct hvk_irq *irq, u32 val)
{
	irq->source &= ~val;
	return true;
}

/* --- the table ------------------------------------------------------------------- */

/* Bytes of an array that has this many bits for each INTID. */
#define BYTES_1		(GICD_MAX_INTIDS / 8)
#define BYTES_2		(GICD_MAX_INTIDS / 4)
#define BYTES_8		GICD_MAX_INTIDS

/* Sorted by offset, without overlaps, for reg_at(). */
static const struct gicd_reg gicd_regs[] = {
	{ GICD_CTLR, 4, .widths = 4, .read = read_ctlr, .write = write_ctlr },
	{ GICD_TYPER, 4, .widths = 4, .read = read_typer },
	{ GICD_IIDR, 4, .widths = 4, .read = read_iidr, .write = write_iidr },
	{ GICD_IGROUPR, BYTES_1, .bits = 1, .widths = 4,
	  .get = get_group, .set = set_group },
	{ GICD_ISENABLER, BYTES_1, .bits = 1, .widths = 4,
	  .get = get_enabled, .set = set_enabled, .ones = true },
	{ GICD_ICENABLER, BYTES_1, .bits = 1, .widths = 4,
	  .get = get_enabled, .set = clear_enabled, .ones = true },
	{ GICD_ISPENDR, BYTES_1, .bits = 1, .widths = 4,
	  .get = get_pending, .set = set_pending, .ones = true, .fresh = true },
	{ GICD_ICPENDR, BYTES_1, .bits = 1, .widths = 4,
	  .get = get_pending, .set = clear_pending, .ones = true, .fresh = true },
	{ GICD_ISACTIVER, BYTES_1, .bits = 1, .widths = 4,
	  .get = get_active, .set = set_active, .ones = true, .fresh = true },
	{ GICD_ICACTIVER, BYTES_1, .bits = 1, .widths = 4,
	  .get = get_active, .set = clear_active, .ones = true, .fresh = true },
	{ GICD_IPRIORITYR, BYTES_8, .bits = 8, .widths = 1 | 4,
	  .get = get_priority, .set = set_priority },
	{ GICD_ITARGETSR, BYTES_8, .bits = 8, .widths = 1 | 4,
	  .get = get_targets, .set = set_targets },
	{ GICD_ICFGR, BYTES_2, .bits = 2, .widths = 4,
	  .get = get_config, .set = set_config },
	{ GICD_SGIR, 4, .widths = 4, .write = write_sgir },
	{ GICD_CPENDSGIR, HVK_NR_SGI, .bits = 8, .widths = 1 | 4,
	  .get = get_source, .set = clear_source, .ones = true },
	{ GICD_SPENDSGIR, HVK_NR_SGI, .bits = 8, .widths = 1 | 4,
	  .get = get_source, .set = set_source, .ones = true },
	{ GICD_ICPIDR2, 4, .widths = 4, .read = read_icpidr2,
	  .guest_only = true },
};

static const struct gicd_reg *reg_at(u32 offset)
{
	unsigned int lo = 0, hi = ARRAY_SIZE(gicd_regs);

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;
		const struct gicd_reg *reg = &gicd_regs[mid];

		if (offset < reg->offset)
			hi = mid;
		else if (offset >= reg->offset + reg->len)
			lo = mid + 1;
		else
			return reg;
	}
	return NULL;
}

/* The register at this offset, if it allows an access of this length, or NULL. */
static const struct gicd_reg *find_reg(struct hvk_vm *vm, u32 offset, u32 len,
				       bool user)
{
	const struct gicd_reg *reg = reg_at(offset);

	if (!reg || !(reg->widths & len) || !IS_ALIGNED(offset, len) ||
	    (user && reg->guest_only))
		return NULL;
	/* nr_irqs is a multiple of 32: all INTIDs of an access exist, or none. */
	if (reg->bits &&
	    (offset - reg->offset) * 8 / reg->bits >= vm->vgic.nr_irqs)
		return NULL;
	return reg;
}

static struct hvk_irq *nth_irq(const struct access *a, u32 first, unsigned int n)
{
	return hvk_irq_get(a->vcpu->vm, a->vcpu, first + n);
}

/*
 * The active and pending bits of an interrupt that is in another vCPU's list register
 * are in that vCPU's hands: makes all other vCPUs leave the guest, which brings the
 * bits back.
 */
static void fetch_state(const struct access *a, u32 first, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (READ_ONCE(nth_irq(a, first, i)->in_lr)) {
			hvk_kick_all_sync(a->vcpu->vm, HVK_REQ_SYNC, a->vcpu);
			return;
		}
}

static u32 reg_read(const struct access *a, const struct gicd_reg *reg,
		    u32 offset, u32 len)
{
	u32 first, val = 0;
	unsigned int i, nr;

	if (!reg->bits)
		return reg->read ? reg->read(a, offset) : 0;

	first = (offset - reg->offset) * 8 / reg->bits;
	nr = len * 8 / reg->bits;
	if (reg->fresh)
		fetch_state(a, first, nr);
	for (i = 0; i < nr; i++)
		val |= reg->get(a, nth_irq(a, first, i)) << (i * reg->bits);
	return val;
}

static int reg_write(const struct access *a, const struct gicd_reg *reg,
		     u32 offset, u32 len, u32 val)
{
	u32 field_mask, first;
	unsigned int i, nr;

	if (!reg->bits)
		return reg->write ? reg->write(a, offset, val) : 0;

	first = (offset - reg->offset) * 8 / reg->bits;
	nr = len * 8 / reg->bits;
	field_mask = GENMASK(reg->bits - 1, 0);
	for (i = 0; i < nr; i++, val >>= reg->bits) {
		struct hvk_irq *irq;
		unsigned long flags;
		bool changed;

		if (reg->ones && !(val & field_mask))
			continue;
		irq = nth_irq(a, first, i);
		raw_spin_lock_irqsave(&irq->lock, flags);
		changed = reg->set(a, irq, val & field_mask);
		if (changed) {
			if (irq->banked)
				WRITE_ONCE(irq->banked->vgic.touched, true);
			hvk_irq_unlock_update(a->vcpu->vm, irq, flags, true);
		} else {
			raw_spin_unlock_irqrestore(&irq->lock, flags);
		}
	}
	return 0;
}

static bool access_gicd(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio,
			u64 offset)
{
	const struct access a = { .vcpu = vcpu };
	const struct gicd_reg *reg;

	hvk_direct_take_sgis(vcpu);
	reg = find_reg(vcpu->vm, offset, mmio->len, false);
	if (mmio->is_write) {
		/* The guest gets no error; bad values are ignored. */
		if (reg)
			reg_write(&a, reg, offset, mmio->len, mmio->data);
	} else {
		mmio->data = reg ? reg_read(&a, reg, offset, mmio->len) : 0;
	}
	return true;
}

void hvk_gicd_place(struct hvk_vm *vm)
{
	struct hvk_vgic *vgic = &vm->vgic;

	lockdep_assert_held(&vm->lock);
	if (vgic->ready && vgic->dist_base != HVK_VGIC_UNDEF)
		hvk_mmio_register(vm, vgic->dist_base, GICD_SIZE, access_gicd);
}

void hvk_gicd_image(struct hvk_vcpu *vcpu)
{
	const struct access a = { .vcpu = vcpu };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gicd_regs); i++)
		if (gicd_regs[i].read)
			hvk_image_word(vcpu->vm, gicd_regs[i].offset,
				       gicd_regs[i].read(&a, gicd_regs[i].offset));
}

bool hvk_gicd_has_reg(struct hvk_vm *vm, u32 offset)
{
	return find_reg(vm, offset, sizeof(u32), true);
}

int hvk_gicd_uaccess(struct hvk_vcpu *vcpu, bool is_write, u32 offset, u32 *val)
{
	const struct access a = { .vcpu = vcpu, .user = true };
	const struct gicd_reg *reg;

	lockdep_assert_held(&vcpu->vm->lock);
	hvk_direct_take_sgis(vcpu);
	reg = find_reg(vcpu->vm, offset, sizeof(u32), true);
	if (is_write)
		return reg ? reg_write(&a, reg, offset, sizeof(u32), *val) : 0;
	*val = reg ? reg_read(&a, reg, offset, sizeof(u32)) : 0;
	return 0;
}
