/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hvk's hypercalls (uapi/hvk_para.h, docs/hypercalls.md), each as a function.
 * They return 0, a count, or HVK_PARA_E*. Under another hypervisor, and where
 * hvk has not the call, a function does what the hardware has for it, or
 * returns HVK_PARA_ENOSUP. Times are nanoseconds of the virtual counter, which
 * all guests of a system count from its start: a time of one is a time of each.
 */
#pragma once

#include "uapi/hvk_para.h"
#include "arch.h"

/* A call as it is: x0 to x3 after it. */
struct hvk_result {
	int64_t x0;
	uint64_t x1, x2, x3;
};

static inline struct hvk_result hvk_call(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	register uint64_t x0 asm("x0") = function;
	register uint64_t x1 asm("x1") = a1;
	register uint64_t x2 asm("x2") = a2;
	register uint64_t x3 asm("x3") = a3;

	asm volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
	return (struct hvk_result){ (int64_t)x0, x1, x2, x3 };
}

/* Looks for hvk; called before PartitionMain(). */
void hvk_init(void);

/* True if hvk answers, and if it has the call `function` (HVK_PARA_*). */
bool hvk_present(void);
bool hvk_has(uint32_t function);

/* At most HVK_PARA_WRITE_MAX bytes in the partition's RAM; how many were taken. */
int64_t hvk_console_write(const void *bytes, size_t size);

/* Who am I: fills what hvk knows, the rest with 0. */
int64_t hvk_info(struct hvk_para_info *info);

uint64_t hvk_time(void);

/*
 * This PE's timer: one edge of INTID HVK_PARA_TIMER_INTID at `deadline`.
 * Cancelling gives 1 if that edge was still to come.
 */
int64_t hvk_timer_set(uint64_t deadline);
int64_t hvk_timer_cancel(void);

/* Gives up the rest of the window, or a turn. */
void hvk_yield(void);

/*
 * Sleeps until an unmasked event or an interrupt is pending (0) or until
 * `deadline` (HVK_PARA_ETIMEDOUT), which may be HVK_PARA_FOREVER.
 */
int64_t hvk_wait(uint64_t deadline);

/*
 * Event channels by number. hvk_event_pending() takes the pending events of
 * the channels in `mask` and returns them; *left, if given, those that stay.
 */
int64_t hvk_event_notify(uint32_t channel);
int64_t hvk_event_mask(uint32_t channel, bool masked);
uint64_t hvk_event_pending(uint64_t mask, uint64_t *left);

/* By their names in the system file; HVK_PARA_ENOENT if there is none. */
int64_t hvk_channel_find(const char *name, struct hvk_para_channel *channel);
int64_t hvk_shared_find(const char *name, struct hvk_para_shared *shared);

/* Maps it at its IPA with the memory type and rights that it has. */
void *hvk_shared_map(const struct hvk_para_shared *shared);

/* This PE's window: the running one, or the last. */
struct hvk_window {
	uint64_t start;
	uint64_t end;
	uint64_t overruns;
};

int64_t hvk_window(struct hvk_window *window);

/* The end: `code` 0 is a good one. Without hvk PSCI turns the machine off. */
NORETURN void hvk_halt(uint64_t code);
NORETURN void hvk_reboot(void);

/* A line for the system's report; `code` is the partition's own. */
int64_t hvk_health(uint64_t code, const char *text);
