/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Channels and shared memory between a partition and a Linux process: event channels are
 * lines of GPIO controllers, regions are mapped through /dev/mem. docs/device-tree.md
 * describes how they are found. Any failure ends the process with a message.
 */
#pragma once

#include <stdint.h>

#include "../lib/ring.h"

struct region {
	void *memory;
	uint32_t size;
};

/* Maps the shared region `name`, not cached. */
struct region link_region(const char *name);

/* File descriptors of a channel's sending or receiving end. */
int link_sender(const char *channel);
int link_receiver(const char *channel);

/* Notifies the channel's receiver. */
void link_notify(int sender);

/* Waits for an event and takes all that are pending. 0: none after `ms` ms (-1: no limit). */
int link_wait(int receiver, int ms);

/* One direction: a ring and its two channels. */
struct link {
	struct ring ring;
	int notify;	/* of link_sender(): to the peer */
	int wait;	/* of link_receiver(): from the peer */
};

/* Takes one role in the ring in the `size` bytes at `memory`, as ring_open(). */
void link_open(struct link *link, enum ring_role role, void *memory, uint32_t size,
	       uint32_t message_max, int notify, int wait);

/*
 * Like ring_put() and ring_get(), and notify the peer if it sleeps. They sleep while the ring
 * is full or empty, for `ms` ms at a time (-1: no limit).
 */
int link_send(struct link *link, const void *message, uint32_t size, int ms);
int link_receive(struct link *link, void *message, uint32_t max, int ms);

/* CLOCK_MONOTONIC in milliseconds. */
uint64_t link_now(void);
