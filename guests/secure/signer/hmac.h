/* SPDX-License-Identifier: BSD-2-Clause */
/* HMAC-SHA256: RFC 2104 over FIPS 180-4. For texts and keys of up to 64 bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE  32
#define SHA256_BLOCK 64

/* SHA-256 of `size` bytes, of any length. */
void sha256(uint8_t digest[SHA256_SIZE], const void *bytes, size_t size);

/* `key_size` and `size` are at most SHA256_BLOCK. */
void hmac_sha256(uint8_t mac[SHA256_SIZE], const void *key, size_t key_size, const void *bytes,
		 size_t size);

/* Whether both functions give the results of examples for FIPS 180-4 and in RFC 4231. */
bool hmac_works(void);
