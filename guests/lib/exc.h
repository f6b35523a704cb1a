/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions taken to EL1: catching expected ones, reporting all others. */
#pragma once

#include "arch.h"

/* Registers as an exception found them, saved on the stack by entry.S. */
struct exc_frame {
	uint64_t x[31];
	uint64_t sp;
	uint64_t elr;
	uint64_t spsr;
	uint64_t esr;
	uint64_t far;
};

/* The exceptions since exc_catch(): how many, and ESR, FAR and ELR of the last one. */
struct exc_record {
	unsigned int count;
	uint64_t esr;
	uint64_t far;
	uint64_t elr;
};

/*
 * Until exc_release(), a synchronous exception on this PE is written to `record`, where the
 * last one remains, and the instruction that caused it is skipped. After an instruction
 * abort, execution goes on at x30, the caller.
 */
void exc_catch(struct exc_record *record);
void exc_release(void);

/*
 * exc_count_serrors(true) counts SErrors on this PE from 0 on and otherwise ignores them;
 * with false they are a crash again. exc_serrors() returns the count.
 */
void exc_count_serrors(bool on);
unsigned int exc_serrors(void);

/*
 * Calls `hook` from now on at the end of each IRQ exception, on any PE: after handlers and
 * EOI, interrupts masked, on the interrupted stack. A scheduler may switch to another stack
 * there and return later. NULL: no hook any more.
 */
void exc_after_interrupts(void (*hook)(void));

/* Exit codes of a partition that ends by panic() or exc_crash(). */
#define EXIT_PANIC 254
#define EXIT_CRASH 255

/*
 * Both report one line to hvk (HVK_PARA_HEALTH, with the exit code), print PE and reason on
 * the console, exc_crash() also the registers, and halt the partition.
 */
NORETURN void exc_crash(const char *what, const struct exc_frame *frame);
NORETURN void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
