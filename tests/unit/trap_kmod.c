// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's answers to traps, built for the machine that tests, on
 * trap_bench.h's bench.
 */
#include "../../kmod/core/vcpu.c"
#include "../../kmod/core/mmio.c"
#include "../../kmod/trap/exit.c"
#include "../../kmod/trap/inject.c"
#include "../../kmod/trap/mmio.c"
#include "../../kmod/trap/dabt.c"
#include "../../kmod/trap/cp15.c"
#include "../../kmod/trap/debugreg.c"
#include "../../kmod/trap/guestdbg.c"
#include "../../kmod/trap/psci.c"
#include "../../kmod/trap/hypercall.c"
#include "../../kmod/abi/corereg.c"
#include "../../kmod/abi/onereg.c"
#include "../../kmod/base/idhost.c"
#include "../../kmod/trap/idvm.c"
#include "../../kmod/trap/trng.c"
#include "../../kmod/trap/fast.c"

#include <linux/slab.h>

#include "trap_bench.h"

#define MAX_VCPUS	4

static struct bench {
	struct hvk_vm vm;
	struct hvk_vcpu vcpu[MAX_VCPUS];
	struct hvk_el2_ctx ctx[MAX_VCPUS];
	struct kvm_run run[MAX_VCPUS];
	struct hvk_slot slot;
	u8 *ram;
	struct hvk_vcpu *self;
	unsigned int blocked, flushes;
	u64 device;
	u64 ptimer_ctl, ptimer_cval, count;
	u64 csselr;
	u64 id[HVK_NR_IDREGS];
	u64 abort_ipa;
	bool abort_read_only;
	u64 bell;
	struct list_head bell_link;
	struct trap_asked asked;
	u8 *absent;
	int absent_error, pages_held;
	u64 on_pe[HVK_SYS_NR];
} *bench;

struct hvk_host hvk_host;

/* --- what the module's other files provide ------------------------------------ */

void hvk_vcpu_kick(struct hvk_vcpu *vcpu)
{
}

/* No call of this bench is one of hvk's own; those are tests/api's. */
bool hvk_para_is_call(u32 fn)
{
	return false;
}

int hvk_para_call(struct hvk_vcpu *vcpu, u32 fn)
{
	return 1;
}

void hvk_vcpu_block(struct hvk_vcpu *vcpu)
{
	bench->blocked++;
}

/* No vCPU of this bench has windows. */
void hvk_place_started(struct hvk_vcpu *vcpu)
{
}

const struct hvk_slot *hvk_slot_find(struct hvk_vm *vm, u64 ipa)
{
	const struct hvk_slot *slot = &bench->slot;

	return ipa - slot->ipa < slot->size ? slot : NULL;
}

long copy_from_user_nofault(void *to, const void __user *from, size_t n)
{
	if (bench->absent == (u8 *)((uintptr_t)from & PAGE_MASK))
		return -EFAULT;
	memcpy(to, (const void *)from, n);
	return 0;
}

/* A page is its address. */
long get_user_pages_unlocked(unsigned long start, unsigned long nr,
			     struct page **pages, unsigned int flags)
{
	u8 *page = (u8 *)(start & PAGE_MASK);

	if (page != bench->absent || flags != FOLL_INTERRUPTIBLE)
		return -EINVAL;
	bench->absent = NULL;
	if (bench->absent_error)
		return -bench->absent_error;
	bench->pages_held++;
	*pages = (struct page *)page;
	return 1;
}

void put_page(struct page *page)
{
	bench->pages_held--;
}

void memcpy_from_page(char *to, struct page *page, size_t offset, size_t len)
{
	memcpy(to, (u8 *)page + offset, len);
}

int hvk_s2_abort(struct hvk_vcpu *vcpu)
{
	return hvk_mmio_abort(vcpu, bench->abort_ipa, bench->abort_read_only);
}

bool hvk_ioeventfds_ring(struct hvk_vm *vm, u64 ipa, u64 data, unsigned int len)
{
	/* Only the low len bytes of data count; what the caller leaves above them is free. */
	u64 written = data & GENMASK_ULL(len * 8 - 1, 0);

	bench->asked = (struct trap_asked){ bench->asked.times + 1, ipa, written, len };
	return ipa == bench->bell;
}

static bool access_device(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio,
			  u64 offset)
{
	if (mmio->is_write)
		bench->device = mmio->data;
	else
		mmio->data = bench->device;
	return true;
}

int hvk_el2_map(phys_addr_t pa, size_t size, gfp_t gfp)
{
	return 0;
}

void hvk_el2_unmap(phys_addr_t pa, size_t size)
{
}

u8 hvk_smccc_filter_find(const struct hvk_vm *vm, u32 fn)
{
	return KVM_SMCCC_FILTER_HANDLE;
}

u64 hvk_ptimer_read(struct hvk_vcpu *vcpu, unsigned int reg)
{
	switch (reg) {
	case HVK_SYS_CNTP_CTL_EL0:
		return bench->ptimer_ctl;
	case HVK_SYS_CNTP_CVAL_EL0:
		return bench->ptimer_cval;
	default:
		return bench->ptimer_cval - bench->count;
	}
}

void hvk_ptimer_write(struct hvk_vcpu *vcpu, unsigned int reg, u64 val)
{
	switch (reg) {
	case HVK_SYS_CNTP_CTL_EL0:
		bench->ptimer_ctl = val & 3;
		break;
	case HVK_SYS_CNTP_CVAL_EL0:
		bench->ptimer_cval = val;
		break;
	default:
		bench->ptimer_cval = bench->count + (s32)val;
		break;
	}
}

u64 hvk_vtimer_count(struct hvk_vcpu *vcpu)
{
	return bench->count;
}

void hvk_vtimer_set_count(struct hvk_vcpu *vcpu, u64 count)
{
	bench->count = count;
}

u64 hvk_ptimer_count(struct hvk_vcpu *vcpu)
{
	return bench->count;
}

void hvk_ptimer_set_count(struct hvk_vcpu *vcpu, u64 count)
{
	bench->count = count;
}

/* --- the PE ---------------------------------------------------------------------- */

u64 read_sanitised_ftr_reg(u32 id)
{
	u32 enc = HVK_SYSREG((id >> 19 & 3), (id >> 16 & 7), (id >> 12 & 15),
			     (id >> 8 & 15), (id >> 5 & 7));

	BUG_ON(!hvk_idreg_is(enc));
	return bench->id[enc - HVK_IDREG_FIRST];
}

u64 kshim_read_sysreg(const char *name)
{
	if (!strcmp(name, "midr_el1"))
		return 0x410fd083;
	if (!strcmp(name, "clidr_el1"))	/* L1 split, L2 unified */
		return 0x0a200023;
	if (!strcmp(name, "ctr_el0"))
		return 0x8444c004;
	if (!strcmp(name, "csselr_el1"))
		return bench->csselr;
	if (!strcmp(name, "ccsidr_el1"))
		return 0x700fe000 | bench->csselr;
	return 0;
}

void kshim_write_sysreg(const char *name, u64 val)
{
	BUG_ON(strcmp(name, "csselr_el1"));
	bench->csselr = val;
}

/* irq/direct.c and irq/gicd.c: there is no vGIC here */
int hvk_direct_vm_init(struct hvk_vm *vm)
{
	return 0;
}

void hvk_direct_vm_destroy(struct hvk_vm *vm)
{
}

void hvk_direct_update(struct hvk_vm *vm)
{
}

void hvk_gicd_image(struct hvk_vcpu *vcpu)
{
}

/* Last: SCTLR_* of its own. */
#include "../../kmod/trap/sysreg.c"

/* --- the bench --------------------------------------------------------------------- */

void trap_new(unsigned int nr_vcpus, unsigned long features)
{
	unsigned int i;

	BUG_ON(nr_vcpus > MAX_VCPUS);
	bench = kzalloc(sizeof(*bench), GFP_KERNEL);
	bench->ram = kzalloc(BENCH_TRAP_RAM_SIZE, GFP_KERNEL);
	bench->slot = (struct hvk_slot) {
		.ipa = BENCH_TRAP_RAM,
		.size = BENCH_TRAP_RAM_SIZE,
		.hva = (unsigned long)bench->ram,
	};
	bench->vm.slots_gen = 1;
	INIT_LIST_HEAD(&bench->vm.ioeventfds);
	mutex_init(&bench->vm.lock);
	hvk_mmio_register(&bench->vm, BENCH_TRAP_DEVICE, 0x1000, access_device);
	bench->vm.std_services = HVK_STD_SERVICES;
	BUG_ON(hvk_fast_vm_init(&bench->vm));
	trap_set_id(HVK_SYSREG(3, 0, 0, 4, 0), 0x00002222);
	trap_set_id(HVK_SYSREG(3, 0, 0, 5, 0), 0x10305106);
	hvk_host = (struct hvk_host) {};
	for (i = 0; i < nr_vcpus; i++) {
		struct hvk_vcpu *vcpu = &bench->vcpu[i];

		vcpu->vm = &bench->vm;
		vcpu->idx = i;
		vcpu->id = i;
		vcpu->ctx = &bench->ctx[i];
		vcpu->run = &bench->run[i];
		vcpu->features = features;
		vcpu->initialised = true;
		mutex_init(&vcpu->mutex);
		spin_lock_init(&vcpu->reset_lock);
		bench->vm.vcpu[i] = vcpu;
		vcpu->ctx->pstate = 0x3c5;
		hvk_sysreg_reset(vcpu);
	}
	bench->vm.nr_vcpus = nr_vcpus;
	trap_select(0);
}

void trap_delete(void)
{
	hvk_fast_vm_destroy(&bench->vm);
	kfree(bench->ram);
	kfree(bench);
	bench = NULL;
}

void trap_set_mitigations(uint64_t mitigations)
{
	hvk_host.mitigations = mitigations;
}

void trap_set_id(uint32_t enc, uint64_t value)
{
	bench->id[enc - HVK_IDREG_FIRST] = value;
	hvk_idvm_init(&bench->vm);
}

void trap_set_has_run(void)
{
	bench->vm.has_run = true;
}

void trap_select(unsigned int vcpu)
{
	bench->self = &bench->vcpu[vcpu];
}

uint64_t *trap_x(unsigned int n)
{
	return (uint64_t *)&bench->self->ctx->x[n];
}

uint64_t *trap_pc(void)
{
	return (uint64_t *)&bench->self->ctx->pc;
}

uint64_t *trap_pstate(void)
{
	return (uint64_t *)&bench->self->ctx->pstate;
}

uint64_t trap_hardware_mdscr(void)
{
	return bench->self->ctx->sys[HVK_SYS_MDSCR_EL1];
}

bool trap_debug_switched(void)
{
	return bench->self->ctx->cfg.flags & HVK_CTX_F_DEBUG;
}

bool trap_tvm(void)
{
	return bench->self->ctx->cfg.hcr & HCR_TVM;
}

bool trap_vse(void)
{
	return bench->self->ctx->cfg.hcr & HVK_HCR_VSE;
}

bool trap_powered_off(void)
{
	return bench->self->powered_off;
}

uint64_t trap_reset_pc(void)
{
	return bench->self->reset.pc;
}

uint64_t trap_reset_x0(void)
{
	return bench->self->reset.r0;
}

bool trap_take_request(int request)
{
	return test_and_clear_bit(request, &bench->self->requests);
}

unsigned int trap_blocked(void)
{
	return bench->blocked;
}

unsigned int trap_cache_flushes(void)
{
	return bench->flushes;
}

struct kvm_run *trap_run(void)
{
	return bench->self->run;
}

uint8_t *trap_ram(void)
{
	return bench->ram;
}

void trap_absent(uint64_t ipa, int error)
{
	uintptr_t hva = (uintptr_t)bench->ram + (ipa - BENCH_TRAP_RAM);

	bench->absent = (u8 *)(hva & PAGE_MASK);
	bench->absent_error = error;
}

int trap_pages_held(void)
{
	return bench->pages_held;
}

uint64_t *trap_device(void)
{
	return (uint64_t *)&bench->device;
}

void trap_nisv_to_user(bool on)
{
	bench->vm.nisv_to_user = on;
}

/*
 * At each exit of this bench the registers that may stay on the PE (el2/vhe/el1_stay.h) are
 * there, and not in the context: who reads or writes them there without a word gets, or
 * leaves, nothing.
 */
static const enum hvk_sys staying[] = {
	HVK_SYS_SCTLR_EL1, HVK_SYS_TCR_EL1, HVK_SYS_TTBR0_EL1, HVK_SYS_TTBR1_EL1,
	HVK_SYS_MAIR_EL1, HVK_SYS_AMAIR_EL1, HVK_SYS_CPACR_EL1, HVK_SYS_CNTKCTL_EL1,
	HVK_SYS_VBAR_EL1, HVK_SYS_CONTEXTIDR_EL1, HVK_SYS_TPIDR_EL1, HVK_SYS_SP_EL1,
	HVK_SYS_ESR_EL1, HVK_SYS_FAR_EL1, HVK_SYS_AFSR0_EL1, HVK_SYS_AFSR1_EL1,
	HVK_SYS_ELR_EL1, HVK_SYS_SPSR_EL1,
};

static void leave_on_pe(struct hvk_el2_ctx *ctx)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(staying); i++) {
		bench->on_pe[staying[i]] = ctx->sys[staying[i]];
		/* It is saved at each exit, and stays as well. */
		if (staying[i] != HVK_SYS_SCTLR_EL1)
			ctx->sys[staying[i]] = 0xbad0bad0bad0 + i;
	}
	ctx->cfg.on_pe = 1;
}

void hvk_regs_sync_slow(struct hvk_vcpu *vcpu)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(staying); i++)
		vcpu->ctx->sys[staying[i]] = bench->on_pe[staying[i]];
	vcpu->ctx->cfg.on_pe = 0;
}

int trap_exit(uint64_t esr, uint64_t far)
{
	bench->self->ctx->exit.esr = esr;
	bench->self->ctx->exit.far = far;
	leave_on_pe(bench->self->ctx);
	int ret = hvk_handle_exit(bench->self);

	/* As the vCPU leaves the PE (sched/stay.c). */
	hvk_regs_sync(bench->self);
	/* What the RUN loop does in steps. */
	if (test_bit(HVK_UNFINISHED_CLEAN, &bench->self->unfinished.due)) {
		hvk_unfinished_drop(&bench->self->unfinished, HVK_UNFINISHED_CLEAN);
		bench->flushes++;
	}
	return ret;
}

int trap_abort(uint64_t esr, uint64_t far, uint64_t ipa)
{
	bench->abort_ipa = ipa;
	bench->self->ctx->exit.hpfar = ipa >> 12 << 4;
	return trap_exit(esr, far);
}

void trap_bell(uint64_t ipa)
{
	bench->self->hole = ipa & PAGE_MASK;
	bench->self->hole_gen = bench->vm.slots_gen;
	bench->bell = ipa;
	INIT_LIST_HEAD(&bench->vm.ioeventfds);
	list_add_tail(&bench->bell_link, &bench->vm.ioeventfds);
}

struct trap_asked trap_take_asked(void)
{
	struct trap_asked asked = bench->asked;

	bench->asked = (struct trap_asked){};
	return asked;
}

void trap_read_only(bool on)
{
	bench->abort_read_only = on;
}

int trap_finish(void)
{
	return hvk_mmio_finish(bench->self);
}

int trap_reg_get(uint64_t id, void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };
	int ret;

	mutex_lock(&bench->self->mutex);
	ret = hvk_onereg_get(bench->self, &reg);
	mutex_unlock(&bench->self->mutex);
	return ret;
}

int trap_reg_set(uint64_t id, const void *value)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)value };
	int ret;

	mutex_lock(&bench->self->mutex);
	ret = hvk_onereg_set(bench->self, &reg);
	mutex_unlock(&bench->self->mutex);
	return ret;
}

int trap_reg_list(void *list)
{
	int ret;

	mutex_lock(&bench->self->mutex);
	ret = hvk_onereg_list(bench->self, list);
	mutex_unlock(&bench->self->mutex);
	return ret;
}

int trap_events_get(struct kvm_vcpu_events *events)
{
	return hvk_vcpu_events_get(bench->self, events);
}

int trap_events_set(const struct kvm_vcpu_events *events)
{
	return hvk_vcpu_events_set(bench->self, events);
}

int trap_mp_state_get(uint32_t *state)
{
	struct kvm_mp_state mp;
	int ret = hvk_vcpu_mp_state_get(bench->self, &mp);

	*state = mp.mp_state;
	return ret;
}

int trap_mp_state_set(uint32_t state)
{
	struct kvm_mp_state mp = { .mp_state = state };

	return hvk_vcpu_mp_state_set(bench->self, &mp);
}

struct hvk_el2_ctx *trap_first_run(void)
{
	mutex_lock(&bench->vm.lock);
	hvk_idvm_init(&bench->vm);
	hvk_fast_first_run(bench->self);
	bench->vm.has_run = true;
	bench->self->has_run = true;
	mutex_unlock(&bench->vm.lock);
	return bench->self->ctx;
}
