// SPDX-License-Identifier: GPL-2.0-only
/*
 * The True Random Number Generator firmware interface for guests (DEN0098; EL1, process
 * context). The numbers are from the host kernel's generator. A VMM can switch the
 * interface off (KVM_REG_ARM_STD_BMAP).
 */
#include <linux/arm-smccc.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/string.h>

#include "core/vcpu.h"
#include "trap/trng.h"

#define TRNG_INVALID_PARAMETERS	(-2L)
#define TRNG_NO_ENTROPY		(-3L)

#define TRNG_VERSION_1_0	0x10000

/* TRNG_GET_UUID: identifies hvk's generator, 6c1f0a52-9f4e-4d0b-8a53-2f6b1f7d9e31 */
static const u32 uuid[4] = { 0x6c1f0a52, 0x9f4e4d0b, 0x8a532f6b, 0x1f7d9e31 };

bool hvk_trng_is_call(u32 fn)
{
	switch (fn) {
	case ARM_SMCCC_TRNG_VERSION:
	case ARM_SMCCC_TRNG_FEATURES:
	case ARM_SMCCC_TRNG_GET_UUID:
	case ARM_SMCCC_TRNG_RND32:
	case ARM_SMCCC_TRNG_RND64:
		return true;
	default:
		return false;
	}
}

/*
 * TRNG_RND: returns as many random bits as x1 asks for in x3, x2 and x1, the lowest in x3,
 * in words of word_bits (32 or 64) each.
 */
static u64 random_bits(struct hvk_vcpu *vcpu, unsigned int word_bits)
{
	u64 nr = hvk_get_x(vcpu, 1), words[3];
	unsigned int i, bits;

	if (word_bits == 32)
		nr = lower_32_bits(nr);
	if (nr > ARRAY_SIZE(words) * word_bits)
		return TRNG_INVALID_PARAMETERS;
	if (!rng_is_initialized())
		return TRNG_NO_ENTROPY;
	get_random_bytes(words, sizeof(words));
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		bits = min_t(u64, nr, word_bits);
		nr -= bits;
		words[i] &= bits ? GENMASK_ULL(bits - 1, 0) : 0;
		hvk_set_x(vcpu, 3 - i, words[i]);
	}
	/* The guest's random bits shall not stay on the kernel's stack. */
	memzero_explicit(words, sizeof(words));
	return SMCCC_RET_SUCCESS;
}

int hvk_trng_call(struct hvk_vcpu *vcpu, u32 fn)
{
	u64 ret = SMCCC_RET_NOT_SUPPORTED;
	unsigned int i;

	switch (fn) {
	case ARM_SMCCC_TRNG_VERSION:
		ret = TRNG_VERSION_1_0;
		break;
	case ARM_SMCCC_TRNG_FEATURES:
		if (hvk_trng_is_call(lower_32_bits(hvk_get_x(vcpu, 1))))
			ret = SMCCC_RET_SUCCESS;
		break;
	case ARM_SMCCC_TRNG_GET_UUID:
		for (i = 1; i < ARRAY_SIZE(uuid); i++)
			hvk_set_x(vcpu, i, uuid[i]);
		ret = uuid[0];
		break;
	case ARM_SMCCC_TRNG_RND32:
		ret = random_bits(vcpu, 32);
		break;
	case ARM_SMCCC_TRNG_RND64:
		ret = random_bits(vcpu, 64);
		break;
	}
	hvk_set_x(vcpu, 0, ret);
	return 1;
}
