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

/* Prints where and why, the registers, and powers the partition off. */
_Noreturn void exc_crash(const char *what, const struct exc_frame *frame);
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
