/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_CPUTYPE_H
#define KSHIM_CPUTYPE_H

#include <asm/sysreg.h>

#define read_cpuid_id()		((u32)read_sysreg(midr_el1))

/* MIDR_EL1: implementer [31:24], architecture [19:16] (15), part [15:4] */
#define MIDR_CPU_MODEL_MASK	0xff0ffff0U
#define KSHIM_MIDR(imp, part)	((u32)(imp) << 24 | 0xf << 16 | (part) << 4)

#define MIDR_CORTEX_A53		KSHIM_MIDR(0x41, 0xd03)
#define MIDR_CORTEX_A35		KSHIM_MIDR(0x41, 0xd04)
#define MIDR_CORTEX_A55		KSHIM_MIDR(0x41, 0xd05)
#define MIDR_CORTEX_A57		KSHIM_MIDR(0x41, 0xd07)
#define MIDR_CORTEX_A72		KSHIM_MIDR(0x41, 0xd08)
#define MIDR_CORTEX_A73		KSHIM_MIDR(0x41, 0xd09)
#define MIDR_CORTEX_A75		KSHIM_MIDR(0x41, 0xd0a)
#define MIDR_CORTEX_A76		KSHIM_MIDR(0x41, 0xd0b)
#define MIDR_NEOVERSE_N1	KSHIM_MIDR(0x41, 0xd0c)
#define MIDR_CORTEX_A77		KSHIM_MIDR(0x41, 0xd0d)
#define MIDR_NEOVERSE_V1	KSHIM_MIDR(0x41, 0xd40)
#define MIDR_CORTEX_A78		KSHIM_MIDR(0x41, 0xd41)
#define MIDR_CORTEX_X1		KSHIM_MIDR(0x41, 0xd44)
#define MIDR_CORTEX_A710	KSHIM_MIDR(0x41, 0xd47)
#define MIDR_CORTEX_X2		KSHIM_MIDR(0x41, 0xd48)
#define MIDR_NEOVERSE_N2	KSHIM_MIDR(0x41, 0xd49)
#define MIDR_BRAHMA_B53		KSHIM_MIDR(0x42, 0x100)
#define MIDR_HISI_TSV110	KSHIM_MIDR(0x48, 0xd01)
#define MIDR_QCOM_KRYO_2XX_SILVER KSHIM_MIDR(0x51, 0x801)
#define MIDR_QCOM_KRYO_3XX_SILVER KSHIM_MIDR(0x51, 0x803)
#define MIDR_QCOM_KRYO_4XX_SILVER KSHIM_MIDR(0x51, 0x805)

#endif
