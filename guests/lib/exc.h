/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions taken to EL1: catching those that are wanted, reporting others. */
#pragma once

#include "arch.h"

struct exc_frame {
	uint64_t x[31];
	uint64_t sp;
	uint64_t elr;
	uint64_t spsr;
	uint64_t esr;
	uint64_t far;
};

/* What exc_catch() saw; `count` is 0 if nothing was taken. */
struct exc_record {
	unsigned int count;
	uint64_t esr;
	uint64_t far;
	uint64_t elr;
};

/*
 * From now on synchronous exceptions on this PE are written to `record` (the
 * last one stays) and the instruction is skipped; one that was not fetched
 * returns to its caller (x30). Ends with exc_release().
 */
void exc_catch(struct exc_record *record);
void exc_release(void);

/*
 * SErrors taken on this PE, counted and otherwise ignored, since
 * exc_count_serrors(true); with false they are a crash again.
 */
void exc_count_serrors(bool on);
unsigned int exc_serrors(void);

/*
 * From now on `hook` is called after each interrupt's handlers, EOI done and
 * interrupts masked, on the interrupted stack: where a scheduler may switch to
 * another stack and come back later. For all PEs; NULL ends it.
 */
void exc_after_interrupts(void (*hook)(void));

/* Exit codes of a partition that did not end by itself. */
#define EXIT_PANIC 254
#define EXIT_CRASH 255

/*
 * Both print where and why, the first also the registers; report the same in
 * one line to hvk (HVK_PARA_HEALTH, its code the exit code), and halt.
 */
NORETURN void exc_crash(const char *what, const struct exc_frame *frame);
NORETURN void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
