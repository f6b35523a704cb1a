/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's answers to traps on a bench: a VM with vCPUs, one region of
 * memory, a device in the kernel at BENCH_TRAP_DEVICE, and nothing else. The
 * PE is a Cortex-A72 whose ID registers the test can set.
 */
#ifndef TRAP_BENCH_H
#define TRAP_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_TRAP_RAM 0x40000000ull
#define BENCH_TRAP_RAM_SIZE 0x100000ull
#define BENCH_TRAP_DEVICE 0x08000000ull /* 4 KiB, in the kernel */

struct kvm_run;
struct kvm_vcpu_events;

/* A fresh VM; vCPUs 0 to nr-1 are reset, with these KVM_ARM_VCPU_* bits. */
void trap_new(unsigned int nr_vcpus, unsigned long features);
void trap_delete(void);
/* What the host knows of itself: HVK_MITIG_*; an ID register's value. */
void trap_set_mitigations(uint64_t mitigations);
void trap_set_id(uint32_t enc, uint64_t value);
/* A vCPU has run. */
void trap_set_has_run(void);
/* The vCPU runs for the first time; its context, as EL2 sees it from then on. */
struct hvk_el2_ctx *trap_first_run(void);

/* State of the vCPU that calls below are about. */
void trap_select(unsigned int vcpu);
uint64_t *trap_x(unsigned int n);
uint64_t *trap_pc(void);
uint64_t *trap_pstate(void);
/* ctx->sys[] behind this HVK_SYSREG(), as the hardware would see it. */
uint64_t trap_hardware_mdscr(void);
bool trap_debug_switched(void);
bool trap_tvm(void);
bool trap_vse(void);
bool trap_powered_off(void);
uint64_t trap_reset_pc(void);
uint64_t trap_reset_x0(void);
/* Whether this request is set; takes it. */
bool trap_take_request(int request);
unsigned int trap_blocked(void); /* how often the vCPU blocked */
unsigned int trap_cache_flushes(void);
struct kvm_run *trap_run(void);
uint8_t *trap_ram(void);
/*
 * The host has to bring the VMM's page at ipa in, once, which ends with this errno
 * or 0; trap_pages_held() is how many it gave and were not put back.
 */
void trap_absent(uint64_t ipa, int error);
int trap_pages_held(void);
uint64_t *trap_device(void); /* its one register, and the last length */
void trap_nisv_to_user(bool on);

/* The exit contract's answers. */
int trap_exit(uint64_t esr, uint64_t far);
int trap_abort(uint64_t esr, uint64_t far, uint64_t ipa);
/*
 * An ioeventfd takes writes to ipa, in a page of which the vCPU knows that no memory is
 * there. trap_take_asked() tells how often ioeventfds were asked, and the last write.
 */
void trap_bell(uint64_t ipa);
struct trap_asked {
  unsigned int times;
  uint64_t ipa, data;
  unsigned int len;
};
struct trap_asked trap_take_asked(void);
/* The aborts to come are writes to a read-only region. */
void trap_read_only(bool on);
int trap_finish(void);

/* The VMM's calls. */
int trap_reg_get(uint64_t id, void *value);
int trap_reg_set(uint64_t id, const void *value);
int trap_reg_list(void *list);
int trap_events_get(struct kvm_vcpu_events *events);
int trap_events_set(const struct kvm_vcpu_events *events);
int trap_mp_state_get(uint32_t *state);
int trap_mp_state_set(uint32_t state);

#ifdef __cplusplus
}
#endif

#endif /* TRAP_BENCH_H */
