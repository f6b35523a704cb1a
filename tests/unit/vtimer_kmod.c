// SPDX-License-Identifier: GPL-2.0-only
/* The module's timers, built for the machine that tests, on vtimer_bench.h's bench. */
#include <stdbool.h>
#include <stdint.h>

#include "vtimer_bench.h"

#include "../../kmod/time/vtimer.c"
#include "../../kmod/time/offset.c"

struct hvk_host hvk_host;

static struct hvk_vm vm;
static struct hvk_vcpu vcpu, other;
static struct hvk_el2_ctx ctx, other_ctx;
static u64 count;

u64 hvk_vtimer_count(struct hvk_vcpu *v)
{
	return count;
}

u64 hvk_ptimer_count(struct hvk_vcpu *v)
{
	return count;
}

u64 hvk_ptimer_now(void)
{
	return count;
}

void hvk_vcpu_kick(struct hvk_vcpu *v)
{
}

int hvk_vcpus_trylock(struct hvk_vm *m)
{
	return 0;
}

void hvk_vcpus_unlock(struct hvk_vm *m)
{
}

int hvk_vgic_inject(struct hvk_vm *m, struct hvk_vcpu *v, u32 intid, bool level)
{
	bench_virtual_line(intid, level);
	return 0;
}

/* The guest takes no interrupt here. */
bool hvk_vgic_timer_active(struct hvk_vcpu *v)
{
	return false;
}

int hvk_vgic_map_phys(struct hvk_vcpu *v, u32 intid, u32 phys,
		      bool (*level)(struct hvk_vcpu *v, u32 intid))
{
	return 0;
}

void kshim_write_sysreg(const char *name, u64 val)
{
}

void hvk_direct_arm(struct hvk_vcpu *v, unsigned int used, bool room)
{
}

void hvk_vgic_cpu_init(void)
{
}

void hvk_vgic_ppi_active(u32 pintid, bool active)
{
	bench_ppi_active(active);
}

void vtimer_bench_new(void)
{
	count = 0;
	memset(&ctx, 0, sizeof(ctx));
	memset(&vcpu, 0, sizeof(vcpu));
	hvk_host.cntfrq = 62500000;
	vcpu.vm = &vm;
	vcpu.ctx = &ctx;
	hvk_vtimer_vm_init(&vm);
	hvk_vtimer_vcpu_init(&vcpu);
	hvk_vtimer_load(&vcpu, true);
	memset(&other, 0, sizeof(other));
	other.vm = &vm;
	other.ctx = &other_ctx;
	hvk_vtimer_vcpu_init(&other);
	vm.vcpu[0] = &vcpu;
	vm.vcpu[1] = &other;
	vm.nr_vcpus = 2;
}

void vtimer_bench_flush(void)
{
	hvk_vtimer_flush(&vcpu);
}

void vtimer_bench_sync(int exit)
{
	hvk_vtimer_sync(&vcpu, exit);
}

void vtimer_bench_arm(uint64_t cval, uint64_t ctl)
{
	ctx.sys[HVK_SYS_CNTV_CVAL_EL0] = cval;
	ctx.sys[HVK_SYS_CNTV_CTL_EL0] = ctl;
}

void vtimer_bench_count(uint64_t now)
{
	count = now;
}

bool vtimer_bench_set_ptimer_count(uint64_t now)
{
	clear_bit(HVK_REQ_PTIMER, &other.requests);
	hvk_ptimer_set_count(&vcpu, now);
	return test_bit(HVK_REQ_PTIMER, &other.requests);
}
