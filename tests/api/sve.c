// SPDX-License-Identifier: GPL-2.0-only
/*
 * sve - has values in all SVE registers for a while, and looks whether they stay.
 *
 *   sve MILLISECONDS
 *
 * To be run on a CPU on which guests run, too. It makes no system call meanwhile, after which
 * the kernel may forget these registers (Documentation/arch/arm64/sve.rst). The exit status is
 * 0, 1: a register has changed, or 77: this CPU has no SVE.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#define NR_Z	32
#define NR_P	16
#define MAX_Z	256 /* bytes of a Z register: 2048 bits */
#define MAX_P	(MAX_Z / 8)

static unsigned char before_z[NR_Z * MAX_Z], after_z[NR_Z * MAX_Z];
static unsigned char before_p[NR_P * MAX_P], after_p[NR_P * MAX_P];

/* Loads the registers, waits, and stores them: one piece, in which the compiler has no part. */
static void keep(uint64_t ticks)
{
	asm volatile(".arch_extension sve\n"
		     "	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
		     "	ldr	p\\n, [%[bp], #\\n, mul vl]\n"
		     "	.endr\n"
		     "	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
		     "	ldr	z\\n, [%[bz], #\\n, mul vl]\n"
		     "	.endr\n"
		     "	mrs	x9, cntvct_el0\n"
		     "1:	isb\n"
		     "	mrs	x10, cntvct_el0\n"
		     "	sub	x10, x10, x9\n"
		     "	cmp	x10, %[ticks]\n"
		     "	b.lo	1b\n"
		     "	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
		     "	str	z\\n, [%[az], #\\n, mul vl]\n"
		     "	.endr\n"
		     "	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
		     "	str	p\\n, [%[ap], #\\n, mul vl]\n"
		     "	.endr\n"
		     :
		     : [bz] "r"(before_z), [bp] "r"(before_p), [az] "r"(after_z),
		       [ap] "r"(after_p), [ticks] "r"(ticks)
		     : "x9", "x10", "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6",
		       "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17",
		       "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27",
		       "v28", "v29", "v30", "v31");
}

int main(int argc, char **argv)
{
	uint64_t frequency, start, now, end, rounds = 0;
	unsigned long vl;

	if (argc != 2) {
		fprintf(stderr, "usage: sve MILLISECONDS\n");
		return 2;
	}
	if (!(getauxval(AT_HWCAP) & HWCAP_SVE)) {
		printf("this CPU has no SVE\n");
		return 77;
	}
	asm volatile(".arch_extension sve\n	rdvl	%0, #1" : "=r"(vl));
	asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	asm volatile("mrs %0, cntvct_el0" : "=r"(start));
	end = start + frequency / 1000 * strtoul(argv[1], NULL, 10);
	do {
		for (size_t i = 0; i < sizeof(before_z); i++)
			before_z[i] = (unsigned char)(i * 7 + rounds * 13 + 1);
		for (size_t i = 0; i < sizeof(before_p); i++)
			before_p[i] = (unsigned char)(i * 5 + rounds * 11 + 3);
		/* Long enough for a change of threads now and then. */
		keep(frequency / 50);
		if (memcmp(before_z, after_z, NR_Z * vl) || memcmp(before_p, after_p, NR_P * vl / 8)) {
			printf("a register has changed in round %lu\n", (unsigned long)rounds);
			return 1;
		}
		rounds++;
		asm volatile("mrs %0, cntvct_el0" : "=r"(now));
	} while (now < end);
	printf("%lu rounds, vectors of %lu bytes\n", (unsigned long)rounds, vl);
	return 0;
}
