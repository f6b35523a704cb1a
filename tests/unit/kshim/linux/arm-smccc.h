/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers of the SMC Calling Convention (DEN0028 2.5, 7). */
#ifndef KSHIM_ARM_SMCCC_H
#define KSHIM_ARM_SMCCC_H

#define ARM_SMCCC_OWNER_ARCH		0
#define ARM_SMCCC_OWNER_VENDOR_HYP	6
#define ARM_SMCCC_OWNER_STANDARD	4
#define ARM_SMCCC_IS_FAST_CALL(fn)	((fn) & 0x80000000U)
#define ARM_SMCCC_OWNER_NUM(fn)		((fn) >> 24 & 0x3f)
#define ARM_SMCCC_FUNC_NUM(fn)		((fn) & 0xffff)

#define ARM_SMCCC_VERSION_FUNC_ID	0x80000000U
#define ARM_SMCCC_ARCH_FEATURES_FUNC_ID	0x80000001U
#define ARM_SMCCC_ARCH_WORKAROUND_1	0x80008000U
#define ARM_SMCCC_ARCH_WORKAROUND_2	0x80007fffU
#define ARM_SMCCC_ARCH_WORKAROUND_3	0x80003fffU

/* DEN0098 */
#define ARM_SMCCC_TRNG_VERSION		0x84000050U
#define ARM_SMCCC_TRNG_FEATURES		0x84000051U
#define ARM_SMCCC_TRNG_GET_UUID		0x84000052U
#define ARM_SMCCC_TRNG_RND32		0x84000053U
#define ARM_SMCCC_TRNG_RND64		0xc4000053U

#define ARM_SMCCC_VERSION_1_1		0x10001

#define SMCCC_RET_SUCCESS		0
#define SMCCC_RET_NOT_SUPPORTED		(-1)
#define SMCCC_RET_NOT_REQUIRED		(-2)
#define SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED 1

struct arm_smccc_res {
	unsigned long a0, a1, a2, a3;
};

enum arm_smccc_conduit { SMCCC_CONDUIT_NONE, SMCCC_CONDUIT_SMC, SMCCC_CONDUIT_HVC };

/* The bench's: how this kernel calls firmware, and firmware. */
enum arm_smccc_conduit arm_smccc_1_1_get_conduit(void);
void arm_smccc_1_1_smc(unsigned long fn, unsigned long arg, struct arm_smccc_res *res);

#endif
