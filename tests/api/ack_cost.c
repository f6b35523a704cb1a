// SPDX-License-Identifier: GPL-2.0-only
/*
 * ack_cost - what an interrupt that an irqfd raises and hears of costs, beside few
 * irqfds and beside many; for a lab that counts instructions (tests/system/ack-cost).
 *
 *   ack_cost DEVICE	two lines of figures; exit status 1 if the second is dearer
 *
 * A round is: the eventfd is signalled, the guest acknowledges and deactivates, the
 * other eventfd has heard of it.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>

#include "gic.h"
#include "suite.h"

#define MANY		4000
#define ROUNDS		200
#define PERCENT		10	/* so much dearer it may be */

static uint64_t ticks(void)
{
	uint64_t count;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(count));
	return count;
}

static void must(bool what, const char *name)
{
	if (!what)
		die(name);
}

static uint64_t rounds(struct vm *vm, int fd, int again)
{
	uint64_t start = ticks();

	for (int i = 0; i < ROUNDS; i++) {
		signal_fd(fd);
		must(vm_load32(vm, GICC_IAR).value == SPI, "the interrupt");
		vm_store32(vm, GICC_EOIR, SPI);
		must(signalled(again), "its EOI");
	}
	return (ticks() - start) / ROUNDS;
}

int main(int argc, char **argv)
{
	int fd = new_fd(), again = new_fd(), others = new_fd();
	uint64_t few, many;
	struct vm vm;

	must(argc == 2, "usage: ack_cost DEVICE");
	many_fds(MANY + 100);
	system_fd = open(argv[1], O_RDWR | O_CLOEXEC);
	must(system_fd >= 0, argv[1]);
	with_gic(&vm);
	open_spi(&vm, false);
	must(!irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, again), "KVM_IRQFD");
	rounds(&vm, fd, again);		/* what is done once */
	few = rounds(&vm, fd, again);
	printf("1 irqfd: %llu ticks a round\n", (unsigned long long)few);
	for (int i = 0; i < MANY; i++)
		must(!irqfd(&vm, new_fd(), GSI + 1 + i % 900,
			    i & 1 ? KVM_IRQFD_FLAG_RESAMPLE : 0, others), "KVM_IRQFD");
	many = rounds(&vm, fd, again);
	printf("%d irqfds: %llu ticks a round\n", MANY + 1,
	       (unsigned long long)many);
	return many * 100 > few * (100 + PERCENT);
}
