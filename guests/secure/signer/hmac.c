// SPDX-License-Identifier: BSD-2-Clause
/*
 * SHA-256 (FIPS 180-4) and HMAC (RFC 2104): small and plain, not fast. No branch and no
 * array index depends on secret bytes.
 */

#include "hmac.h"

#include "string.h"

/* The constants K (FIPS 180-4, 4.2.2). */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

/* The initial hash value (5.3.3). */
static const uint32_t initial[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
	0x5be0cd19,
};

static uint32_t rotate(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

static uint32_t get_word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_word(uint8_t *p, uint32_t word)
{
	p[0] = (uint8_t)(word >> 24);
	p[1] = (uint8_t)(word >> 16);
	p[2] = (uint8_t)(word >> 8);
	p[3] = (uint8_t)word;
}

/* Updates the hash value h with one block (6.2.2). */
static void take_block(uint32_t h[8], const uint8_t block[SHA256_BLOCK])
{
	uint32_t w[64], v[8];

	for (unsigned int t = 0; t < 16; t++)
		w[t] = get_word(block + 4 * t);
	for (unsigned int t = 16; t < 64; t++) {
		uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = s1 + w[t - 7] + s0 + w[t - 16];
	}
	memcpy(v, h, sizeof(v));
	for (unsigned int t = 0; t < 64; t++) {
		uint32_t a = v[0], e = v[4];
		uint32_t choose = (e & v[5]) ^ (~e & v[6]);
		uint32_t majority = (a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]);
		uint32_t t1 = v[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choose +
			      k[t] + w[t];
		uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority;

		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] += t1;
		v[0] = t1 + t2;
	}
	for (unsigned int i = 0; i < 8; i++)
		h[i] += v[i];
}

/*
 * Processes the last one or two blocks: the `left` bytes at `rest`, a 1 bit, zeros, and the
 * message's length in bits (5.1.1).
 */
static void finish(uint8_t digest[SHA256_SIZE], uint32_t h[8], const uint8_t *rest, size_t left,
		   size_t size)
{
	uint8_t block[2 * SHA256_BLOCK] = { 0 };
	size_t blocks = left + 9 > SHA256_BLOCK ? 2 : 1;

	memcpy(block, rest, left);
	block[left] = 0x80;
	put_word(block + blocks * SHA256_BLOCK - 8, (uint32_t)(size >> 29));
	put_word(block + blocks * SHA256_BLOCK - 4, (uint32_t)(size << 3));
	for (size_t i = 0; i < blocks; i++)
		take_block(h, block + i * SHA256_BLOCK);
	for (unsigned int i = 0; i < 8; i++)
		put_word(digest + 4 * i, h[i]);
}

void sha256(uint8_t digest[SHA256_SIZE], const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	size_t left = size;
	uint32_t h[8];

	memcpy(h, initial, sizeof(h));
	for (; left >= SHA256_BLOCK; left -= SHA256_BLOCK, p += SHA256_BLOCK)
		take_block(h, p);
	finish(digest, h, p, left, size);
}

void hmac_sha256(uint8_t mac[SHA256_SIZE], const void *key, size_t key_size, const void *bytes,
		 size_t size)
{
	uint8_t inner[2 * SHA256_BLOCK], outer[SHA256_BLOCK + SHA256_SIZE];

	memset(inner, 0x36, SHA256_BLOCK);
	memset(outer, 0x5c, SHA256_BLOCK);
	for (size_t i = 0; i < key_size; i++) {
		inner[i] ^= ((const uint8_t *)key)[i];
		outer[i] ^= ((const uint8_t *)key)[i];
	}
	memcpy(inner + SHA256_BLOCK, bytes, size);
	sha256(outer + SHA256_BLOCK, inner, SHA256_BLOCK + size);
	sha256(mac, outer, sizeof(outer));
}

bool hmac_works(void)
{
	static const uint8_t abc[SHA256_SIZE] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
		0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
		0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	};
	/* RFC 4231, test case 2. */
	static const char question[] = "what do ya want for nothing?";
	static const uint8_t answer[SHA256_SIZE] = {
		0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
		0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
		0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
	};
	uint8_t got[SHA256_SIZE];

	sha256(got, "abc", 3);
	if (memcmp(got, abc, sizeof(abc)) != 0)
		return false;
	hmac_sha256(got, "Jefe", 4, question, sizeof(question) - 1);
	return memcmp(got, answer, sizeof(answer)) == 0;
}
