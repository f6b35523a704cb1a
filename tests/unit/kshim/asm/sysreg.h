/* SPDX-License-Identifier: GPL-2.0-only */
/* System registers of the pretended PE: the test has their values. */
#ifndef KSHIM_SYSREG_H
#define KSHIM_SYSREG_H

#include <linux/types.h>

/* Operands of MSR and MRS as the instructions hold them. */
#define sys_reg(op0, op1, crn, crm, op2)				\
	((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)

u64 kshim_read_sysreg(const char *name);
void kshim_write_sysreg(const char *name, u64 val);

#define read_sysreg(r)		kshim_read_sysreg(#r)
#define read_sysreg_s(r)	kshim_read_sysreg(#r)
#define write_sysreg(v, r)	kshim_write_sysreg(#r, v)
#define write_sysreg_s(v, r)	kshim_write_sysreg(#r, v)

/* asm/cputype.h: Aff3 and Aff2 to Aff0 */
#define MPIDR_HWID_BITMASK	0xff00ffffffULL

#endif
