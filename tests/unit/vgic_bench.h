/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's vGIC on a bench: a VM with vCPUs and nothing else, each vCPU on
 * a CPU of its own, whose GICH the test plays (kshim_readl(), kshim_writel()).
 */
#ifndef VGIC_BENCH_H
#define VGIC_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_MAX_VCPUS 8
#define BENCH_DIST_BASE 0x08000000ull
#define BENCH_CPU_BASE 0x08010000ull
#define BENCH_HW_PPI 27u /* the vCPUs' own, mapped to the host's 27 */

struct hvk_el2_ctx;
struct hvk_vm;

/* A VM whose vGIC is ready; nr_lr is what GICH_VTR says. */
struct hvk_vm *bench_new(unsigned int nr_vcpus, unsigned int nr_irqs);
void bench_delete(struct hvk_vm *vm);

/* Whether the address is in the host's GICD, of which a PE reads its own interface only. */
bool bench_is_gicd(const void *addr);
/* The offset of this address in GICH. */
unsigned int bench_gich_offset(const void *addr);

/* The vCPU's thread around the guest. */
void bench_load(struct hvk_vm *vm, unsigned int vcpu);
void bench_put(struct hvk_vm *vm, unsigned int vcpu);
void bench_flush(struct hvk_vm *vm, unsigned int vcpu);
/* Does what the vCPU was asked for, before it enters; false: nothing. */
bool bench_requests(struct hvk_vm *vm, unsigned int vcpu);
void bench_sync(struct hvk_vm *vm, unsigned int vcpu);
void bench_cancel(struct hvk_vm *vm, unsigned int vcpu);
/* What the thread does with interrupts on again: irqfds hear of EOIs, bench_acked(). */
void bench_tell(struct hvk_vm *vm, unsigned int vcpu);
bool bench_pending(struct hvk_vm *vm, unsigned int vcpu);
/* From now on this vCPU's own thread is calling; -1: somebody else. */
void bench_self(struct hvk_vm *vm, int vcpu);

int bench_inject(struct hvk_vm *vm, int vcpu, uint32_t intid, bool level);
int bench_map(struct hvk_vm *vm, unsigned int vcpu, uint32_t intid, uint32_t pintid);
bool bench_is_active(struct hvk_vm *vm, unsigned int vcpu, uint32_t intid);
/* An irqfd wants to hear of this EOI. */
void bench_resample(struct hvk_vm *vm, uint32_t intid);
void bench_reset(struct hvk_vm *vm, unsigned int vcpu);
/*
 * Another vCPU clears GICD_CTLR just before the code's n-th look at it from now
 * on; and goes on with what such a write does. False: there were less looks.
 */
void bench_switch_off_at(struct hvk_vm *vm, unsigned int look);
bool bench_switched_off(struct hvk_vm *vm);

/* From now on EL2 delivers some interrupts and reads GICD by itself. */
void bench_direct(struct hvk_vm *vm);
/* It does so, with the vCPU in the guest; false: that is left to an exit. */
bool bench_el2_sgi(struct hvk_vm *vm, unsigned int vcpu, unsigned int intid);
bool bench_el2_timer(struct hvk_vm *vm, unsigned int vcpu);
/* What it reads at this offset of GICD; and as the first vCPU is about to run. */
uint32_t bench_el2_gicd(struct hvk_vm *vm, unsigned int vcpu, unsigned int offset);
void bench_gicd_image(struct hvk_vm *vm);
/* A write of EL2's to registers that it changes, as far as others see it: the image alone. */
void bench_el2_change(struct hvk_vm *vm, unsigned int vcpu, unsigned int offset, unsigned int len,
                      uint32_t val);
/* Whether its state lets EL2 change the interrupt's registers (irq/image.h). */
bool bench_quiet(struct hvk_vm *vm, unsigned int vcpu, uint32_t intid);

/*
 * The vCPU's context for EL2's own code (el2_bench.h), which answers for GICD from then on;
 * and what EL1 does when that has said that the guest is to be kicked.
 */
struct hvk_el2_ctx *bench_el2_ctx(struct hvk_vm *vm, unsigned int vcpu);
void bench_finish(struct hvk_vm *vm, unsigned int vcpu);
/*
 * Another CPU does something just before the code's n-th look at this register of the
 * interrupt (vCPU 0's, if it is private), from now on. bench_meanwhile_over(): false if there were
 * less looks.
 */
enum bench_field { BENCH_ENABLED, BENCH_PRIORITY, BENCH_TARGETS };
void bench_meanwhile(struct hvk_vm *vm, uint32_t intid, enum bench_field field, unsigned int look,
                     void (*what)(void *arg), void *arg);
bool bench_meanwhile_over(void);

/* The guest at GICD; offset may lie outside (then false). */
bool bench_read(struct hvk_vm *vm, unsigned int vcpu, int64_t offset, unsigned int len,
                uint64_t *val);
bool bench_write(struct hvk_vm *vm, unsigned int vcpu, int64_t offset, unsigned int len,
                 uint64_t val);
/* The guest at GICC_DIR, where that traps. */
bool bench_write_dir(struct hvk_vm *vm, unsigned int vcpu, uint32_t val);
/* The VMM at GICD, and at GICC. */
int bench_user_read(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t *val);
int bench_user_write(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t val);
bool bench_user_has(struct hvk_vm *vm, uint32_t offset);
int bench_gicc_read(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t *val);
int bench_gicc_write(struct hvk_vm *vm, unsigned int vcpu, uint32_t offset, uint32_t val);
bool bench_gicc_has(uint32_t offset);

/* Ends the process if an interrupt is not where its state says. */
void bench_check(struct hvk_vm *vm);

/* Set-up as the VMM drives it. */
struct hvk_vm *bench_new_bare(unsigned int nr_vcpus);
int bench_add_vcpu(struct hvk_vm *vm);
int bench_create(struct hvk_vm *vm, unsigned int version);
int bench_init(struct hvk_vm *vm);
/* The same, but the last of what it allocates is not to be had. */
int bench_init_fails(struct hvk_vm *vm, int error);
/* INTIDs, as far as they are chosen. */
unsigned int bench_nr_irqs(struct hvk_vm *vm);
int bench_first_run(struct hvk_vm *vm, unsigned int vcpu);
void bench_place(struct hvk_vm *vm, uint64_t dist, uint64_t cpu);
bool bench_is_dead(struct hvk_vm *vm);
/* Takes this vCPU's mutex, as a thread in RUN does; or gives it back. */
void bench_hold(struct hvk_vm *vm, unsigned int vcpu, bool hold);

/* --- what the test provides ------------------------------------------------ */
void bench_kicked(unsigned int vcpu);
/* Have each vCPU but this one out of its guest once. */
void bench_kick_all_sync(unsigned int except);
void bench_acked(uint32_t intid);
bool bench_line(unsigned int vcpu); /* of BENCH_HW_PPI, physically */
int bench_map_device(uint64_t ipa, uint64_t pa, uint64_t size);
void bench_unmap(uint64_t ipa, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif /* VGIC_BENCH_H */
