// SPDX-License-Identifier: GPL-2.0-only
/* The module's VMIDs, built for the machine that tests, on vmid_bench.h's bench. */
#include <linux/spinlock.h>

#include "vmid_bench.h"

#undef read_lock
#undef read_unlock
#define read_lock(l)		bench_vmid_wait((l)->kshim.held)
#define read_unlock(l)		((void)(l))
#include "../../kmod/memory/vmid.c"

unsigned int kshim_cpu;
struct hvk_host hvk_host;

static struct hvk_vm vms[VMID_BENCH_VMS];

int hvk_el2_tlbi_all(void)
{
	return bench_tlbi_all(kshim_cpu);
}

void hvk_kick_all_sync(struct hvk_vm *vm, int req, struct hvk_vcpu *except)
{
	BUG_ON(req != HVK_REQ_NEW_VMID || except);
	bench_vmid_kick(vm - vms);
}

int vmid_bench_init(unsigned int vmid_bits)
{
	unsigned int i;

	BUILD_BUG_ON(KSHIM_NR_CPUS != VMID_BENCH_PES);
	memset(vms, 0, sizeof(vms));
	for (i = 0; i < VMID_BENCH_PES; i++) {
		atomic64_set(&per_cpu(hvk_active_vmid, i), 0);
		per_cpu(reserved_vmid, i) = 0;
	}
	next_vmid = 1;
	flush_due = false;
	hvk_host.vmid_bits = vmid_bits;
	return hvk_vmid_init();
}

void vmid_bench_exit(void)
{
	hvk_vmid_exit();
}

int vmid_bench_enter(unsigned int pe, unsigned int vm)
{
	struct hvk_el2_ctx ctx;
	struct hvk_vcpu vcpu = { .vm = &vms[vm], .ctx = &ctx };
	int ret;

	memset(&ctx, 0, sizeof(ctx));
	kshim_cpu = pe;
	ret = hvk_vmid_update(&vcpu);
	return ret ? ret : FIELD_GET(HVK_VTTBR_VMID, ctx.cfg.vttbr);
}

void vmid_bench_retire(unsigned int vm)
{
	write_lock(&vms[vm].s2.lock);
	hvk_vmid_retire(&vms[vm]);
	write_unlock(&vms[vm].s2.lock);
}

void vmid_bench_wait(unsigned int vm)
{
	hvk_vmid_wait(&vms[vm]);
}

void vmid_bench_renew(unsigned int vm)
{
	memset(&vms[vm], 0, sizeof(vms[vm]));
}
