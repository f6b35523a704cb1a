/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the signer and its clients say to each other. Each client has a region
 * of its own, `sign-CLIENT`: in its first half the ring of requests, in its
 * second that of replies; channels `request-CLIENT` and `reply-CLIENT`.
 */
#pragma once

#include <stdint.h>

#define SIGN_HALF     4096
#define SIGN_TEXT_MAX 56
#define SIGN_MAC      32

/* A request is `id`, the client's own, and what is to be signed: 1 to 56 bytes. */
struct sign_request {
	uint32_t id;
	char text[SIGN_TEXT_MAX];
};

/* HMAC-SHA256 (RFC 2104) of the text, with the signer's key. */
struct sign_reply {
	uint32_t id;
	uint8_t mac[SIGN_MAC];
};
