// SPDX-License-Identifier: GPL-2.0-only
/* Who owns EL2, built for the machine that tests, on own_bench.h's bench. */
#include "own_bench.h"

#include "../../kmod/el2/own.c"

int hvk_kvm_has_vms(void)
{
	return own_bench_kvm_has_vms();
}

int hvk_el2_take_here(bool from_kvm)
{
	return own_bench_take();
}

int hvk_el2_release_here(bool give_to_kvm)
{
	return 0;
}

/* --- the bench ------------------------------------------------------------------ */

int own_bench_get(void)
{
	return hvk_el2_get();
}

void own_bench_put(void)
{
	hvk_el2_put();
}

int own_bench_reclaim(void)
{
	return hvk_el2_reclaim();
}

int own_bench_ladder_begin(void)
{
	return hvk_el2_ladder_begin();
}

void own_bench_ladder_end(void)
{
	hvk_el2_ladder_end();
}

void own_bench_hold(void)
{
	hvk_el2_hold(HVK_HOLD_SUSPEND);
}

void own_bench_unhold(void)
{
	hvk_el2_unhold();
}

const char *own_bench_refusal(void)
{
	return hvk_el2_refusal();
}
