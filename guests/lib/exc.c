// SPDX-License-Identifier: BSD-2-Clause
/*
 * The C side of the vectors. Interrupts go to gic.c. Synchronous exceptions are recorded if
 * exc_catch() is active. All other exceptions end the partition with a report that can be
 * read without a debugger.
 */

#include "exc.h"

#include <stdarg.h>

#include "gic.h"
#include "layout.h"
#include "para.h"
#include "printf.h"
#include "smp.h"

_Static_assert(sizeof(struct exc_frame) == EXC_FRAME_SIZE, "entry.S has its own idea");

enum { KIND_SYNC, KIND_IRQ, KIND_FIQ, KIND_SERROR };

static struct {
	struct exc_record *record;
	bool count_serrors;
	volatile unsigned int serrors;
	bool ending;
} pe[SMP_MAX];

static void (*after_interrupts)(void);

static const char *const kinds[] = { "synchronous", "IRQ", "FIQ", "SError" };

static const struct {
	unsigned int ec;
	const char *name;
} classes[] = {
	{ ESR_EC_UNKNOWN, "undefined instruction" },
	{ 0x01, "trapped WFI or WFE" },
	{ ESR_EC_FP, "FP access" },
	{ 0x0e, "illegal execution state" },
	{ ESR_EC_SVC, "SVC" },
	{ ESR_EC_SYSREG, "system register access" },
	{ 0x20, "instruction abort from EL0" },
	{ ESR_EC_IABT_SAME, "instruction abort" },
	{ 0x22, "PC alignment" },
	{ 0x24, "data abort from EL0" },
	{ ESR_EC_DABT_SAME, "data abort" },
	{ 0x26, "SP alignment" },
	{ 0x2f, "SError" },
	{ ESR_EC_BRK, "BRK" },
};

static const char *class_name(uint64_t esr)
{
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		if (classes[i].ec == ESR_EC(esr))
			return classes[i].name;
	}
	return "unnamed class";
}

void exc_catch(struct exc_record *record)
{
	record->count = 0;
	pe[smp_id()].record = record;
	asm volatile("" ::: "memory");
}

void exc_release(void)
{
	asm volatile("" ::: "memory");
	pe[smp_id()].record = NULL;
}

void exc_count_serrors(bool on)
{
	pe[smp_id()].serrors = 0;
	pe[smp_id()].count_serrors = on;
	asm volatile("" ::: "memory");
}

unsigned int exc_serrors(void)
{
	return pe[smp_id()].serrors;
}

void exc_after_interrupts(void (*hook)(void))
{
	after_interrupts = hook;
}

/* Begins the partition's end. A second crash or panic on this PE halts it without a report. */
static void begin_end(void)
{
	unsigned int cpu = smp_id();

	irq_disable();
	if (pe[cpu].ending)
		hvk_halt(EXIT_CRASH);
	pe[cpu].ending = true;
	printf_unlock();
}

void exc_crash(const char *what, const struct exc_frame *frame)
{
	char message[HVK_PARA_HEALTH_MAX + 1];

	begin_end();
	snprintf(message, sizeof(message), "CRASH on PE %u: %s, %s, ELR %lx ESR %lx FAR %lx",
		 smp_id(), what, class_name(frame->esr), frame->elr, frame->esr, frame->far);
	hvk_health(EXIT_CRASH, message);
	printf("\nCRASH on PE %u: %s, %s\n", smp_id(), what, class_name(frame->esr));
	printf("  ELR %016lx  SPSR %016lx  ESR %016lx  FAR %016lx\n", frame->elr, frame->spsr,
	       frame->esr, frame->far);
	for (unsigned int i = 0; i < 31; i++)
		printf("  x%02u %016lx%s", i, frame->x[i], i % 4 == 3 ? "\n" : "");
	printf("  sp  %016lx\n", frame->sp);
	hvk_halt(EXIT_CRASH);
}

void panic(const char *format, ...)
{
	char message[HVK_PARA_HEALTH_MAX + 1];
	va_list args;

	begin_end();
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	hvk_health(EXIT_PANIC, message);
	printf("\nPANIC on PE %u: %s\n", smp_id(), message);
	hvk_halt(EXIT_PANIC);
}

static bool caught(struct exc_frame *frame)
{
	struct exc_record *record = pe[smp_id()].record;

	if (!record)
		return false;
	record->count++;
	record->esr = frame->esr;
	record->far = frame->far;
	record->elr = frame->elr;
	/*
	 * Go on at the next instruction, which ELR is already for an SVC; or at the caller
	 * of code that could not be fetched.
	 */
	if (ESR_EC(frame->esr) == ESR_EC_IABT_SAME)
		frame->elr = frame->x[30];
	else if (ESR_EC(frame->esr) != ESR_EC_SVC)
		frame->elr += 4;
	return true;
}

/* Called by entry.S with interrupts masked; `number` is the vector's, or EXC_STACK_FULL. */
void exception(unsigned int number, struct exc_frame *frame);
void exception(unsigned int number, struct exc_frame *frame)
{
	unsigned int kind = number % 4;

	if (number == EXC_STACK_FULL) {
		frame->sp = sysreg_read(sp_el0);
		exc_crash("stack overflow", frame);
	}
	switch (kind) {
	case KIND_IRQ:
		gic_dispatch();
		if (after_interrupts)
			after_interrupts();
		return;
	case KIND_SERROR:
		if (pe[smp_id()].count_serrors) {
			pe[smp_id()].serrors++;
			return;
		}
		break;
	case KIND_SYNC:
		if (caught(frame))
			return;
		break;
	}
	exc_crash(kinds[kind], frame);
}
