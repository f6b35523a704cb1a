/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The protocol between the signer and its clients. Each client has its own region,
 * `sign-CLIENT`, with a ring of requests in its first half and one of replies in its second,
 * and its own channels, `request-CLIENT` and `reply-CLIENT`.
 */
#pragma once

#include <stdint.h>

#define SIGN_HALF     4096
#define SIGN_TEXT_MAX 56
#define SIGN_MAC      32

/* A request: a number that the client chooses, and 1 to SIGN_TEXT_MAX bytes to sign. */
struct sign_request {
	uint32_t id;
	char text[SIGN_TEXT_MAX];
};

/* A reply: the request's number, and HMAC-SHA256 (RFC 2104) of its text by the signer's key. */
struct sign_reply {
	uint32_t id;
	uint8_t mac[SIGN_MAC];
};
