/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmod/sched/frame_run.c and fifo.c on CPUs that the test plays: its clock, its timers, and who
 * runs where.
 */
#ifndef HVK_FRAME_BENCH_H
#define HVK_FRAME_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FRAME_BENCH_CPUS 2
#define FRAME_BENCH_VCPUS 2
#define FRAME_BENCH_WINDOWS 4

struct frame_bench_window {
  unsigned int cpu, owner;
  uint64_t offset_ns, length_ns;
};

struct frame_bench_stats {
  uint64_t runs, cuts, late, startup_cuts, lost;
};

struct frame_bench_record {
  uint64_t ns;
  uint32_t event, cpu, window;
};

/* --- the code under test, from the test -------------------------------------- */
/* A schedule that stands still; vCPU n has owner n's place in it. */
void frame_bench_open(const struct frame_bench_window *windows, size_t nr, uint64_t major_ns);
void frame_bench_close(void);
/* HVK_FRAME_START for this moment; 0 or -errno. */
int frame_bench_start(uint64_t start_ns);
void frame_bench_stop(void);
/* This CPU goes offline (with its timer, which frame_bench_fire() moves) or comes back. */
void frame_bench_set_online(unsigned int cpu, bool online);
/* KVM_RUN begins in a thread that is bound to this CPU; 0 or -errno. */
int frame_bench_begin(unsigned int vcpu, unsigned int cpu);
/* On this CPU: right before the guest, right after it, nothing more to do. */
bool frame_bench_enter(unsigned int vcpu, unsigned int cpu);
void frame_bench_left(unsigned int vcpu, unsigned int cpu);
void frame_bench_idle(unsigned int vcpu, unsigned int cpu, bool rest_of_window);
/* On this CPU: sleeps until its window is there; KVM_RUN ends. Its guest waits or so. */
void frame_bench_wait(unsigned int vcpu, unsigned int cpu);
void frame_bench_end(unsigned int vcpu, unsigned int cpu);
void frame_bench_started(unsigned int vcpu);
/* When the timer of this CPU's windows is due, or 0; and it fires on CPU `on`. */
uint64_t frame_bench_due(unsigned int cpu);
void frame_bench_fire(unsigned int cpu, unsigned int on);
/* The same two in another vCPU's thread. */
int frame_bench_begin_as(unsigned int thread, unsigned int vcpu, unsigned int cpu);
void frame_bench_end_as(unsigned int thread, unsigned int vcpu, unsigned int cpu);
/* Whether the thread of this vCPU is as urgent as in KVM_RUN; its VMM changes that. */
bool frame_bench_is_fifo(unsigned int thread);
void frame_bench_set_policy(unsigned int thread, bool fifo, unsigned int priority);
/* Whether it has to wait before KVM_RUN, as its SCHED_FIFO is being ended. */
bool frame_bench_has_to_wait(unsigned int thread);
/* Whether threads may make themselves SCHED_FIFO. */
void frame_bench_privileged(bool may_be_fifo);
/* What happens, once, while a thread is being left outside; while one's SCHED_FIFO is ended. */
void frame_bench_when_kept(void (*what)(void));
void frame_bench_when_ended(void (*what)(void));
/* The window that the vCPU was in last, or -1. */
int frame_bench_window_of(unsigned int vcpu);
struct frame_bench_stats frame_bench_stats_of(unsigned int window);
/* The oldest record of this CPU's trace; false: there is none. */
bool frame_bench_trace(unsigned int cpu, struct frame_bench_record *record);

/* --- the machine, from the code under test ------------------------------------- */
/* CLOCK_MONOTONIC; what the test does meanwhile, another CPU does. */
uint64_t frame_bench_now(void);
/* A thread sleeps: lets happen what comes next; false: nothing will. */
bool frame_bench_sleep(void);

#ifdef __cplusplus
}
#endif

#endif /* HVK_FRAME_BENCH_H */
