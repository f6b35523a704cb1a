/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other end of a partition's channels and shared memory, in a Linux process:
 * event channels are lines of GPIO controllers, regions are mapped through
 * /dev/mem. docs/device-tree.md says how they are found. What fails ends the
 * process with a message.
 */
#pragma once

#include <stdint.h>

#include "../lib/ring.h"

struct region {
	void *memory;
	uint32_t size;
};

/* The shared region `name`, mapped, not cached. */
struct region link_region(const char *name);

/* File descriptors of a channel's end. */
int link_sender(const char *channel);
int link_receiver(const char *channel);

void link_notify(int sender);

/* Until an event comes, all of which are taken; 0 after `ms` (-1: never). */
int link_wait(int receiver, int ms);

/* One direction: a ring and its two channels. */
struct link {
	struct ring ring;
	int notify;
	int wait;
};

void link_open(struct link *link, enum ring_role role, void *memory, uint32_t size,
	       uint32_t message_max, int notify, int wait);

/* As ring_put() and ring_get(), but they sleep, at most for `ms` (-1: for ever). */
int link_send(struct link *link, const void *message, uint32_t size, int ms);
int link_receive(struct link *link, void *message, uint32_t max, int ms);

/* Milliseconds of a clock that only goes on. */
uint64_t link_now(void);
