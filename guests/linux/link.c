// SPDX-License-Identifier: BSD-2-Clause
/* Finds and uses event channels and shared memory from a Linux process. */

#include "link.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Ends the process with a message; with errno 0 the thing does not exist. */
static void give_up(const char *what, const char *name)
{
	fprintf(stderr, "%s '%s': %s\n", what, name, errno ? strerror(errno) : "there is none");
	exit(1);
}

uint64_t link_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- channels: GPIO lines, found by their names ------------------------------------ */

/* The offset of the line `name` in `chip`, or -1. */
static int line_in(int chip, const char *name)
{
	struct gpiochip_info info;

	if (ioctl(chip, GPIO_GET_CHIPINFO_IOCTL, &info) < 0)
		return -1;
	for (uint32_t offset = 0; offset < info.lines; offset++) {
		struct gpio_v2_line_info line = { .offset = offset };

		if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &line) == 0 &&
		    strcmp(line.name, name) == 0)
			return (int)offset;
	}
	return -1;
}

/* Finds the line `name` on any GPIO chip and requests it; its file descriptor. */
static int request(const char *name, uint64_t flags)
{
	struct gpio_v2_line_request line = {
		.consumer = "hvk",
		.config.flags = flags,
		.num_lines = 1,
	};

	for (int n = 0; n < 16; n++) {
		char path[32];
		int chip, offset;

		snprintf(path, sizeof(path), "/dev/gpiochip%d", n);
		chip = open(path, O_RDWR | O_CLOEXEC);
		if (chip < 0)
			continue;
		offset = line_in(chip, name);
		if (offset >= 0) {
			line.offsets[0] = (uint32_t)offset;
			if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &line) < 0)
				give_up("channel", name);
			close(chip);
			return line.fd;
		}
		close(chip);
	}
	errno = 0;
	give_up("channel", name);
	return -1;
}

int link_sender(const char *channel)
{
	return request(channel, GPIO_V2_LINE_FLAG_OUTPUT);
}

int link_receiver(const char *channel)
{
	return request(channel, GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING);
}

void link_notify(int sender)
{
	/* The rising edge is the notification. */
	for (uint64_t level = 0; level <= 1; level++) {
		struct gpio_v2_line_values values = { .bits = level, .mask = 1 };

		if (ioctl(sender, GPIO_V2_LINE_SET_VALUES_IOCTL, &values) < 0)
			give_up("notify", "channel");
	}
}

int link_wait(int receiver, int ms)
{
	struct pollfd poll_fd = { .fd = receiver, .events = POLLIN };
	struct gpio_v2_line_event events[16];

	if (poll(&poll_fd, 1, ms) <= 0)
		return 0;
	return read(receiver, events, sizeof(events)) > 0;
}

/* --- regions: nodes of the device tree ----------------------------------------------- */

/* Reads a property of the node at `path` into `to`; its size, or -1. */
static ssize_t property(const char *path, const char *name, void *to, size_t size)
{
	char file[512];
	ssize_t got;
	int fd;

	snprintf(file, sizeof(file), "%s/%s", path, name);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	got = read(fd, to, size);
	close(fd);
	return got;
}

/* Whether the property `name` of the node at `path` is the string `wanted`. */
static bool has(const char *path, const char *name, const char *wanted)
{
	char value[64];
	ssize_t length = property(path, name, value, sizeof(value));

	return length > 0 && value[length - 1] == 0 && strcmp(value, wanted) == 0;
}

/* The 64-bit number in two cells, which are big-endian. */
static uint64_t cells(const uint8_t *p)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | p[i];
	return value;
}

struct region link_region(const char *name)
{
	static const char root[] = "/proc/device-tree/";
	uint8_t reg[16];
	char path[300];
	struct dirent *entry;
	struct region region;
	DIR *folder = opendir(root);
	int mem;

	if (!folder)
		give_up("device tree", root);
	while ((entry = readdir(folder))) {
		snprintf(path, sizeof(path), "%s%s", root, entry->d_name);
		if (!has(path, "compatible", "hvk,shared-memory"))
			continue;
		if (has(path, "label", name))
			break;
	}
	if (!entry || property(path, "reg", reg, sizeof(reg)) != sizeof(reg)) {
		errno = 0;
		give_up("region", name);
	}
	closedir(folder);
	region.size = (uint32_t)cells(reg + 8);
	mem = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
	if (mem < 0)
		give_up("open", "/dev/mem");
	region.memory = mmap(NULL, region.size, PROT_READ | PROT_WRITE, MAP_SHARED, mem,
			     (off_t)cells(reg));
	if (region.memory == MAP_FAILED)
		give_up("map", name);
	close(mem);
	return region;
}

/* --- rings with channels --------------------------------------------------------------- */

void link_open(struct link *link, enum ring_role role, void *memory, uint32_t size,
	       uint32_t message_max, int notify, int wait)
{
	link->notify = notify;
	link->wait = wait;
	if (ring_open(&link->ring, role, memory, size, message_max) != RING_OK) {
		fprintf(stderr, "the region is too small for a ring\n");
		exit(1);
	}
}

/* Sleeps until the peer's event, unless the ring is no longer `idle`. 0: `ms` have passed. */
static int doze(struct link *link, bool (*idle)(struct ring *), int ms)
{
	int woken = 1;

	ring_sleep(&link->ring);
	if (idle(&link->ring))
		woken = link_wait(link->wait, ms);
	ring_wake(&link->ring);
	return woken;
}

int link_send(struct link *link, const void *message, uint32_t size, int ms)
{
	for (;;) {
		int result = ring_put(&link->ring, message, size);

		if (result == RING_OK && ring_must_notify(&link->ring))
			link_notify(link->notify);
		if (result != RING_FULL || !doze(link, ring_full, ms))
			return result;
	}
}

int link_receive(struct link *link, void *message, uint32_t max, int ms)
{
	for (;;) {
		int result = ring_get(&link->ring, message, max);

		/* A message that was too long is gone as well, and its slot is free. */
		if ((result >= 0 || result == RING_SIZE) && ring_must_notify(&link->ring))
			link_notify(link->notify);
		if (result != RING_EMPTY || !doze(link, ring_empty, ms))
			return result;
	}
}
