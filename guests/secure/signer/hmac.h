/* SPDX-License-Identifier: BSD-2-Clause */
/* HMAC-SHA256: RFC 2104 over FIPS 180-4. For texts and keys of up to 64 bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE  32
#define SHA256_BLOCK 64

void sha256(uint8_t digest[SHA256_SIZE], const void *bytes, size_t size);

/* `key_size` and `size` are at most SHA256_BLOCK. */
void hmac_sha256(uint8_t mac[SHA256_SIZE], const void *key, size_t key_size, const void *bytes,
		 size_t size);

/* True if both give what FIPS 180-4's and RFC 4231's examples say. */
bool hmac_works(void);
