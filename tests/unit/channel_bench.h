/* SPDX-License-Identifier: GPL-2.0-only */
/* kmod/partition/channel.c with VMs and files that the test has: what both sides call. */
#ifndef HVK_CHANNEL_BENCH_H
#define HVK_CHANNEL_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CHANNEL_BENCH_VMS 2
#define CHANNEL_BENCH_VCPUS 2 /* of each */
#define CHANNEL_BENCH_EVENT 7 /* an fd that is an eventfd; others are none */

/* --- the code under test, from the test -------------------------------------- */
/* One channel, and its fd. */
int channel_bench_open(void);
/* Its file and all VMs go. */
void channel_bench_close(void);
/* HVK_BIND_CHANNEL: 0 or -errno. */
int channel_bench_bind(unsigned int vm, uint32_t number, uint32_t role, uint32_t intid,
                       int event_fd);
/* The guest's calls: HVK_PARA_*. */
int channel_bench_notify(unsigned int vm, uint64_t number);
int channel_bench_mask(unsigned int vm, uint64_t number, bool mask);
/* HVK_CHANNEL_NOTIFY on the fd. */
void channel_bench_notify_file(void);
/* The vCPU goes to sleep in HVK_PARA_WAIT. */
void channel_bench_wait(unsigned int vm, unsigned int vcpu);
/* What pends for the guest, which takes it. */
uint64_t channel_bench_take(unsigned int vm);

/* --- the machine, from the code under test ------------------------------------- */
/* A thread is about to take the channel's lock: others come in between. */
void channel_bench_at_lock(void);
/* The VM's guest gets this interrupt, and may handle it at once. */
void channel_bench_interrupt(unsigned int vm, uint32_t intid);
/* The vCPU is woken, or leaves its guest. */
void channel_bench_kick(unsigned int vm, unsigned int vcpu);

#ifdef __cplusplus
}
#endif

#endif /* HVK_CHANNEL_BENCH_H */
