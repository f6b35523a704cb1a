// SPDX-License-Identifier: GPL-2.0-only
/* The module's vGIC, built for the machine that tests, on vgic_bench.h's bench. */
#include <linux/compiler.h>
#include <stdbool.h>

/*
 * What another CPU changes between two looks at it, see bench_switch_off_at(); or what it
 * does, see bench_meanwhile().
 */
static bool *switched_off;
static const volatile void *watched;
static unsigned int looks_left;
static void (*meanwhile)(void *arg);
static void *meanwhile_arg;

static inline void look_at(const volatile void *what)
{
	if (what == switched_off && !--looks_left) {
		*switched_off = false;
		switched_off = 0;
	} else if (what == watched && watched && !--looks_left) {
		watched = 0;
		meanwhile(meanwhile_arg);
	}
}

#undef READ_ONCE
#define READ_ONCE(x)	(look_at(&(x)), *(const volatile __typeof__(x) *)&(x))

#include <linux/io.h>
#include <linux/percpu.h>
#include "../../kmod/core/vcpu.c"
#include "../../kmod/core/mmio.c"
#include "../../kmod/irq/vgic.c"
#include "../../kmod/irq/lr.c"
#include "../../kmod/irq/v2.c"
#include "../../kmod/irq/image.c"
#include "../../kmod/irq/direct.c"
#include "../../kmod/irq/dir.c"
#include "../../kmod/irq/gicd.c"
#include "../../kmod/irq/init.c"

#include "vgic_bench.h"

static char gich_frame[0x200];
static char gicd_frame[0x1000];

struct hvk_host hvk_host = {
	.gich = gich_frame,
	.gicd = gicd_frame,
	.gicv = 0x40046000,
	.gicv_size = SZ_8K,
};

/* --- what the module's other files provide ------------------------------------ */

void hvk_vcpu_kick(struct hvk_vcpu *vcpu)
{
	bench_kicked(vcpu->idx);
}

void hvk_kick_all_sync(struct hvk_vm *vm, int req, struct hvk_vcpu *except)
{
	BUG_ON(req != HVK_REQ_SYNC);
	bench_kick_all_sync(except->idx);
}

static int routing_error;

int hvk_routing_default(struct hvk_vm *vm)
{
	return routing_error;
}

void hvk_routing_free(struct hvk_vm *vm)
{
}

int hvk_s2_map_device(struct hvk_vm *vm, u64 ipa, phys_addr_t pa, u64 size)
{
	return bench_map_device(ipa, pa, size);
}

void hvk_s2_unmap(struct hvk_vm *vm, u64 ipa, u64 size)
{
	bench_unmap(ipa, size);
}

void hvk_resample_ack(struct hvk_vcpu *vcpu)
{
	bench_tell(vcpu->vm, vcpu->idx);
}

int hvk_el2_map(phys_addr_t pa, size_t size, gfp_t gfp)
{
	return 0;
}

int hvk_el2_map_device(phys_addr_t pa, size_t size)
{
	return 0;
}

void hvk_el2_unmap(phys_addr_t pa, size_t size)
{
}

u64 hvk_host_errata(void)
{
	return 0;
}

const struct hvk_slot *hvk_slot_find(struct hvk_vm *vm, u64 ipa)
{
	return NULL;
}

/* --- the bench ------------------------------------------------------------------ */

static bool level_of(struct hvk_vcpu *vcpu, u32 intid)
{
	BUG_ON(intid != BENCH_HW_PPI);
	return bench_line(vcpu->idx);
}

bool bench_is_gicd(const void *addr)
{
	return (const char *)addr >= gicd_frame &&
	       (const char *)addr < gicd_frame + sizeof(gicd_frame);
}

unsigned int bench_gich_offset(const void *addr)
{
	return (const char *)addr - gich_frame;
}

int bench_add_vcpu(struct hvk_vm *vm)
{
	struct hvk_vcpu *vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL);
	int ret;

	vcpu->ctx = kzalloc(sizeof(*vcpu->ctx), GFP_KERNEL);
	vcpu->ctx_el2 = virt_to_phys(vcpu->ctx);
	vcpu->vm = vm;
	vcpu->idx = vm->nr_vcpus;
	vcpu->cpu = -1;
	mutex_lock(&vm->lock);
	ret = hvk_vgic_vcpu_init(vcpu);
	mutex_unlock(&vm->lock);
	if (ret) {
		kfree(vcpu->ctx);
		kfree(vcpu);
		return ret;
	}
	vm->vcpu[vcpu->idx] = vcpu;
	vm->nr_vcpus++;
	return 0;
}

struct hvk_vm *bench_new_bare(unsigned int nr_vcpus)
{
	struct hvk_vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL);

	BUG_ON(hvk_vgic_probe());
	mutex_init(&vm->lock);
	vm->fast = kzalloc(sizeof(*vm->fast), GFP_KERNEL);
	hvk_vgic_vm_init(vm);
	BUG_ON(hvk_direct_vm_init(vm));
	while (nr_vcpus--)
		BUG_ON(bench_add_vcpu(vm));
	return vm;
}

void bench_place(struct hvk_vm *vm, uint64_t dist, uint64_t cpu)
{
	vm->vgic.dist_base = dist;
	vm->vgic.cpu_base = cpu;
}

struct hvk_vm *bench_new(unsigned int nr_vcpus, unsigned int nr_irqs)
{
	struct hvk_vm *vm = bench_new_bare(nr_vcpus);
	unsigned int i;

	BUG_ON(bench_create(vm, 2));
	bench_place(vm, BENCH_DIST_BASE, BENCH_CPU_BASE);
	vm->vgic.nr_irqs = nr_irqs;
	BUG_ON(bench_init(vm));
	vm->vgic.mapped = true;
	hvk_gicc_dir_place(vm);
	for (i = 0; i < nr_vcpus; i++)
		BUG_ON(bench_map(vm, i, BENCH_HW_PPI, BENCH_HW_PPI));
	return vm;
}

void bench_delete(struct hvk_vm *vm)
{
	unsigned int i;

	hvk_vgic_vm_destroy(vm);
	for (i = 0; i < vm->nr_vcpus; i++) {
		hvk_vgic_vcpu_destroy(vm->vcpu[i]);
		kfree(vm->vcpu[i]->ctx);
		kfree(vm->vcpu[i]);
	}
	hvk_direct_vm_destroy(vm);
	kfree(vm->fast);
	kfree(vm);
}

int bench_create(struct hvk_vm *vm, unsigned int version)
{
	return hvk_vgic_create(vm, version == 2 ? KVM_DEV_TYPE_ARM_VGIC_V2 :
						  KVM_DEV_TYPE_ARM_VGIC_V3);
}

int bench_init(struct hvk_vm *vm)
{
	int ret;

	mutex_lock(&vm->lock);
	ret = hvk_vgic_init(vm);
	mutex_unlock(&vm->lock);
	return ret;
}

int bench_init_fails(struct hvk_vm *vm, int error)
{
	int ret;

	routing_error = error;
	ret = bench_init(vm);
	routing_error = 0;
	return ret;
}

unsigned int bench_nr_irqs(struct hvk_vm *vm)
{
	return vm->vgic.nr_irqs;
}

int bench_first_run(struct hvk_vm *vm, unsigned int vcpu)
{
	int ret;

	mutex_lock(&vm->lock);
	ret = hvk_vgic_first_run(vm->vcpu[vcpu]);
	mutex_unlock(&vm->lock);
	vm->vcpu[vcpu]->has_run = !ret;
	return ret;
}

bool bench_is_dead(struct hvk_vm *vm)
{
	return vm->dead;
}

void bench_hold(struct hvk_vm *vm, unsigned int vcpu, bool hold)
{
	if (hold)
		mutex_lock(&vm->vcpu[vcpu]->mutex);
	else
		mutex_unlock(&vm->vcpu[vcpu]->mutex);
}

void bench_load(struct hvk_vm *vm, unsigned int vcpu)
{
	hvk_vgic_load(vm->vcpu[vcpu]);
}

void bench_put(struct hvk_vm *vm, unsigned int vcpu)
{
	hvk_vgic_put(vm->vcpu[vcpu]);
}

void bench_direct(struct hvk_vm *vm)
{
	vm->fast_on = true;
}

struct hvk_el2_ctx *bench_el2_ctx(struct hvk_vm *vm, unsigned int vcpu)
{
	struct hvk_el2_ctx *ctx = vm->vcpu[vcpu]->ctx;

	if (!ctx->fast.vm) {
		mutex_lock(&vm->lock);
		hvk_gicd_image(vm->vcpu[vcpu]);
		hvk_direct_update(vm);
		mutex_unlock(&vm->lock);
		ctx->fast.vm = virt_to_phys(vm->fast);
	}
	return ctx;
}

void bench_finish(struct hvk_vm *vm, unsigned int vcpu)
{
	hvk_direct_finish(vm->vcpu[vcpu]);
}

void bench_meanwhile(struct hvk_vm *vm, uint32_t intid, enum bench_field field,
		     unsigned int look, void (*what)(void *arg), void *arg)
{
	struct hvk_irq *irq = hvk_irq_get(vm, vm->vcpu[0], intid);

	if (field == BENCH_ENABLED)
		watched = hvk_image_enabled(irq);
	else if (field == BENCH_PRIORITY)
		watched = hvk_image_priority(irq);
	else
		watched = hvk_image_targets(irq);
	looks_left = look;
	meanwhile = what;
	meanwhile_arg = arg;
}

bool bench_meanwhile_over(void)
{
	bool over = !watched;

	watched = NULL;
	return over;
}

/* As EL2 does it (el2/image/answer_gic.h). */
static bool lr_fill(struct hvk_vcpu *vcpu, unsigned int index, u32 lr)
{
	if (gich_read(GICH_LR(index)) & GICH_LR_STATE)
		return false;
	gich_write(lr, GICH_LR(index));
	vcpu->ctx->fast.lrs |= BIT(index);
	return true;
}

bool bench_el2_sgi(struct hvk_vm *vm, unsigned int vcpu, unsigned int intid)
{
	struct hvk_vcpu *v = vm->vcpu[vcpu];
	u32 priority = v->ctx->fast.gicd[HVK_GICD_PRIORITY + intid / 4] >> 8 * (intid % 4) & 0xff;

	return v->ctx->fast.sgi_free >> intid & 1 &&
	       lr_fill(v, v->ctx->fast.sgi_index >> 4 * intid & 15,
		       1u << 28 | intid | v->ctx->fast.self << 10 | priority >> 3 << 23);
}

bool bench_el2_timer(struct hvk_vm *vm, unsigned int vcpu)
{
	struct hvk_vcpu *v = vm->vcpu[vcpu];

	return v->ctx->fast.timer_lr &&
	       lr_fill(v, v->ctx->fast.timer_index, v->ctx->fast.timer_lr);
}

/* Where the image has the word at this offset of GICD. */
static u32 *image_word(struct hvk_vm *vm, unsigned int vcpu, unsigned int offset)
{
	static const struct { u16 offset, words, private; } banked[] = {
		{ 0x080, 1, HVK_GICD_GROUP },	 { 0x100, 1, HVK_GICD_ENABLE },
		{ 0x180, 1, HVK_GICD_ENABLE },	 { 0x400, 8, HVK_GICD_PRIORITY },
		{ 0x800, 8, HVK_GICD_TARGETS },	 { 0xc00, 2, HVK_GICD_CONFIG },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(banked); i++)
		if (offset - banked[i].offset < banked[i].words * 4u)
			return &vm->vcpu[vcpu]->ctx->fast.gicd[banked[i].private +
							       (offset - banked[i].offset) / 4];
	/* Both are one word. */
	if (offset >= 0x180 && offset < 0x200)
		offset -= 0x80;
	return &vm->vgic.image[offset / 4];
}

uint32_t bench_el2_gicd(struct hvk_vm *vm, unsigned int vcpu, unsigned int offset)
{
	return *image_word(vm, vcpu, offset);
}

void bench_el2_change(struct hvk_vm *vm, unsigned int vcpu, unsigned int offset,
		      unsigned int len, uint32_t val)
{
	u32 *word = image_word(vm, vcpu, offset);

	if (offset < 0x180)
		*word |= val;
	else if (offset < 0x200)
		*word &= ~val;
	else if (len == 4)
		*word = val;
	else
		((u8 *)word)[offset & 3] = val;
}

bool bench_quiet(struct hvk_vm *vm, unsigned int vcpu, uint32_t intid)
{
	return hvk_irq_quiet(hvk_irq_get(vm, vm->vcpu[vcpu], intid));
}

void bench_gicd_image(struct hvk_vm *vm)
{
	hvk_gicd_image(vm->vcpu[0]);
}

/* What time/vtimer.c does around the vGIC, of what concerns list registers for EL2. */
static void timer_flush(struct hvk_vcpu *vcpu)
{
	if (!vcpu->vgic.touched)
		return;
	vcpu->vgic.touched = false;
	hvk_direct_arm(vcpu, 0, true);
}

void bench_flush(struct hvk_vm *vm, unsigned int vcpu)
{
	timer_flush(vm->vcpu[vcpu]);
	hvk_vgic_flush(vm->vcpu[vcpu]);
}

bool bench_requests(struct hvk_vm *vm, unsigned int vcpu)
{
	if (!test_and_clear_bit(HVK_REQ_TRAP_DIR, &vm->vcpu[vcpu]->requests))
		return false;
	hvk_vgic_trap_dir(vm);
	return true;
}

bool bench_write_dir(struct hvk_vm *vm, unsigned int vcpu, uint32_t val)
{
	struct hvk_mmio mmio = {
		.ipa = vm->vgic.cpu_base + 0x1000,
		.len = 4,
		.data = val,
		.is_write = true,
	};

	return hvk_mmio_in_kernel(vm->vcpu[vcpu], &mmio);
}

void bench_sync(struct hvk_vm *vm, unsigned int vcpu)
{
	struct hvk_vgic_cpu *cpu = &vm->vcpu[vcpu]->vgic;

	hvk_vgic_sync(vm->vcpu[vcpu]);
	if (cpu->timer_fired)
		hvk_vgic_inject(vm, vm->vcpu[vcpu], BENCH_HW_PPI, bench_line(vcpu));
	cpu->timer_fired = false;
	cpu->timer_raised = false;
}

void bench_tell(struct hvk_vm *vm, unsigned int vcpu)
{
	struct hvk_vgic_cpu *cpu = &vm->vcpu[vcpu]->vgic;
	unsigned int i;

	BUG_ON(cpu->used_lr);
	if (!cpu->has_acked)
		return;
	cpu->has_acked = false;
	for (i = 0; i < HVK_NR_SPI; i++)
		if (test_bit(i, cpu->acked)) {
			clear_bit(i, cpu->acked);
			bench_acked(HVK_NR_PRIVATE + i);
		}
}

void bench_cancel(struct hvk_vm *vm, unsigned int vcpu)
{
	hvk_vgic_cancel(vm->vcpu[vcpu]);
}

bool bench_pending(struct hvk_vm *vm, unsigned int vcpu)
{
	return hvk_vgic_pending(vm->vcpu[vcpu]);
}

void bench_self(struct hvk_vm *vm, int vcpu)
{
	unsigned int i;

	/* The shim's only CPU is 0. */
	for (i = 0; i < vm->nr_vcpus; i++)
		vm->vcpu[i]->cpu = (int)i == vcpu ? 0 : -1;
}

int bench_inject(struct hvk_vm *vm, int vcpu, uint32_t intid, bool level)
{
	return hvk_vgic_inject(vm, vcpu < 0 ? NULL : vm->vcpu[vcpu], intid, level);
}

int bench_map(struct hvk_vm *vm, unsigned int vcpu, uint32_t intid, uint32_t pintid)
{
	return hvk_vgic_map_phys(vm->vcpu[vcpu], intid, pintid, level_of);
}

bool bench_is_active(struct hvk_vm *vm, unsigned int vcpu, uint32_t intid)
{
	BUG_ON(intid != BENCH_HW_PPI);
	return hvk_vgic_timer_active(vm->vcpu[vcpu]);
}

void bench_reset(struct hvk_vm *vm, unsigned int vcpu)
{
	hvk_vgic_vcpu_reset(vm->vcpu[vcpu]);
}

/* An access of the guest's, with the steps that the RUN loop takes after it. */
static bool mmio_of(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio)
{
	bool ret = hvk_mmio_in_kernel(vcpu, mmio);
	u64 at = 0;

	if (test_bit(HVK_UNFINISHED_VGIC, &vcpu->unfinished.due)) {
		hvk_unfinished_drop(&vcpu->unfinished, HVK_UNFINISHED_VGIC);
		while (!hvk_vgic_update_step(vcpu->vm, &at))
			;
	}
	return ret;
}

bool bench_read(struct hvk_vm *vm, unsigned int vcpu, int64_t offset, unsigned int len,
		uint64_t *val)
{
	struct hvk_mmio mmio = {
		.ipa = vm->vgic.dist_base + offset,
		.len = len,
		.data = ~0ull,
	};
	bool ret = mmio_of(vm->vcpu[vcpu], &mmio);

	*val = mmio.data;
	return ret;
}

bool bench_write(struct hvk_vm *vm, unsigned int vcpu, int64_t offset, unsigned int len,
		 uint64_t val)
{
	struct hvk_mmio mmio = {
		.ipa = vm->vgic.dist_base + offset,
		.len = len,
		.data = val,
		.is_write = true,
	};

	return mmio_of(vm->vcpu[vcpu], &mmio);
}

static int user_access(struct hvk_vm *vm, unsigned int vcpu, bool is_write, uint32_t offset,
		       uint32_t *val)
{
	int ret;

	mutex_lock(&vm->lock);
	ret = hvk_gicd_uaccess(vm->vcpu[vcpu], is_write, offset, val);
	mutex_unlock(&vm->lock);
	return ret;
}

int bench_user_read(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t *val)
{
	return user_access(vm, vcpu, false, offset, val);
}

int bench_user_write(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t val)
{
	return user_access(vm, vcpu, true, offset, &val);
}

bool bench_user_has(struct hvk_vm *vm, uint32_t offset)
{
	return hvk_gicd_has_reg(vm, offset);
}

int bench_gicc_read(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t *val)
{
	return hvk_gicc_uaccess(vm->vcpu[vcpu], false, offset, val);
}

int bench_gicc_write(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t val)
{
	return hvk_gicc_uaccess(vm->vcpu[vcpu], true, offset, &val);
}

bool bench_gicc_has(uint32_t offset)
{
	return hvk_gicc_has_reg(offset);
}

void bench_switch_off_at(struct hvk_vm *vm, unsigned int look)
{
	switched_off = &vm->vgic.dist_enabled;
	looks_left = look;
}

bool bench_switched_off(struct hvk_vm *vm)
{
	bool done = !switched_off;
	u64 at = 0;

	switched_off = NULL;
	vm->vgic.dist_enabled = false;
	while (!hvk_vgic_update_step(vm, &at))
		;
	return done;
}

/* --- invariants --------------------------------------------------------------------- */

static bool on_list(struct hvk_vcpu *vcpu, const struct hvk_irq *irq)
{
	const struct hvk_irq *other;

	list_for_each_entry(other, &vcpu->vgic.ap_list, ap_list)
		if (other == irq)
			return true;
	return false;
}

static void check_irq(struct hvk_vm *vm, struct hvk_irq *irq)
{
	struct hvk_vcpu *home;
	unsigned int i;

	raw_spin_lock(&irq->lock);
	home = hvk_irq_home(vm, irq);
	raw_spin_unlock(&irq->lock);

	for (i = 0; i < vm->nr_vcpus; i++)
		BUG_ON(on_list(vm->vcpu[i], irq) != (irq->vcpu == vm->vcpu[i]));
	/* The vCPU that has it in a list register will put it right. */
	BUG_ON(irq->in_lr ? !irq->vcpu : irq->vcpu != home);
	/* EL2 leaves it alone exactly while EL1 may have to do something for it. */
	BUG_ON(!hvk_irq_quiet(irq) != !!(atomic_read(hvk_image_busy(irq)) & hvk_image_bit(irq)));
}

void bench_check(struct hvk_vm *vm)
{
	unsigned int i, intid;

	for (i = 0; i < vm->nr_vcpus; i++)
		for (intid = 0; intid < HVK_NR_PRIVATE; intid++)
			check_irq(vm, &vm->vcpu[i]->vgic.priv[intid]);
	for (intid = HVK_NR_PRIVATE; intid < vm->vgic.nr_irqs; intid++)
		check_irq(vm, &vm->vgic.spi[intid - HVK_NR_PRIVATE]);
}

/* Irqfds with a resamplefd mark their SPI. */
void bench_resample(struct hvk_vm *vm, uint32_t intid)
{
	vm->vgic.spi[intid - HVK_NR_PRIVATE].resample = true;
}
