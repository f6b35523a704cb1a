/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hvk's hypercalls (uapi/hvk_para.h, docs/hypercalls.md), each as a function. They return 0,
 * a count, or HVK_PARA_E*. Under another hypervisor, or if hvk does not have the call, a
 * function uses the hardware or PSCI instead, or returns HVK_PARA_ENOSUP. Times are
 * nanoseconds of the virtual counter. It starts with the system for all guests of it, so that
 * they can exchange times.
 */
#pragma once

#include "uapi/hvk_para.h"
#include "arch.h"

/* Registers x0 to x3 after a hypercall. */
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

/* Asks whether the hypervisor is hvk and which calls it has. smp.c calls it first. */
void hvk_init(void);

/* Whether the hypervisor is hvk. */
bool hvk_present(void);
/* Whether it has the call `function` (HVK_PARA_*). */
bool hvk_has(uint32_t function);

/*
 * Writes up to HVK_PARA_WRITE_MAX bytes, in the partition's RAM, to the console. Returns how
 * many were written.
 */
int64_t hvk_console_write(const void *bytes, size_t size);

/* Fills *info with what hvk knows of this partition, and the rest with 0. */
int64_t hvk_info(struct hvk_para_info *info);

/* The time now. */
uint64_t hvk_time(void);

/*
 * This PE's timer: raises INTID HVK_PARA_TIMER_INTID (edge) once at `deadline`.
 * hvk_timer_cancel() returns 1 if it was still to come, else 0.
 */
int64_t hvk_timer_set(uint64_t deadline);
int64_t hvk_timer_cancel(void);

/* Gives up the rest of this PE's window, or without windows reschedules. */
void hvk_yield(void);

/*
 * Sleeps until an unmasked event or an interrupt is pending (0) or until
 * `deadline` (HVK_PARA_ETIMEDOUT), which may be HVK_PARA_FOREVER.
 */
int64_t hvk_wait(uint64_t deadline);

/*
 * Event channels by number. Notify: earlier stores are visible to the receiver. Pending:
 * clears the pending events of the channels in `mask` (a bit each) and returns them; *left,
 * if not NULL, are those that still pend.
 */
int64_t hvk_event_notify(uint32_t channel);
int64_t hvk_event_mask(uint32_t channel, bool masked);
uint64_t hvk_event_pending(uint64_t mask, uint64_t *left);

/* Find a channel or region by its name in the system file; HVK_PARA_ENOENT if there is none. */
int64_t hvk_channel_find(const char *name, struct hvk_para_channel *channel);
int64_t hvk_shared_find(const char *name, struct hvk_para_shared *shared);

/* Maps the region at its IPA, with its memory type and access rights; returns its address. */
void *hvk_shared_map(const struct hvk_para_shared *shared);

/* This PE's open window, or else its last one. */
struct hvk_window {
	uint64_t start;
	uint64_t end;
	uint64_t overruns;	/* windows that ended while the guest had work */
};

/* HVK_PARA_OK, or HVK_PARA_ENOENT (no windows); *window is then not valid. */
int64_t hvk_window(struct hvk_window *window);

/* Ends the partition; `code` 0 means success. Without hvk by PSCI SYSTEM_OFF. */
NORETURN void hvk_halt(uint64_t code);
/* Starts the partition again. Without hvk by PSCI SYSTEM_RESET. */
NORETURN void hvk_reboot(void);

/* Reports a line of text to hvk; `code` is for the partition to choose. */
int64_t hvk_health(uint64_t code, const char *text);
