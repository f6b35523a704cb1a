// SPDX-License-Identifier: GPL-2.0-only
/*
 * irqfds - irqfds in numbers: how many there may be, who hears of which EOI, and
 * what comes and goes while interrupts do.
 *
 *   irqfds DEVICE [NAME...]	"ok NAME" or "not ok NAME REASON" a test
 *
 * The same tests hold on /dev/kvm. What one irqfd does is in eventfds.c.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "gic.h"
#include "suite.h"

/* The most irqfds that hvk lets a VM have. KVM has no limit, and takes long over many. */
#define MOST		4096
#define MOST_ON_KVM	256

/* Of so many irqfds each does its own work, and no other's. */
static bool many(void)
{
	int fd = new_fd(), again = new_fd(), others = new_fd();
	static int fds[MOST];
	int most = on_hvk() ? MOST : MOST_ON_KVM, nr = 0, full;
	struct vm vm;
	int dev = with_gic(&vm);

	many_fds(2 * MOST);
	open_spi(&vm, false);
	/* With room for one; half of them hear of EOIs, of GSIs of their own. */
	for (; nr < most - 1; nr++) {
		unsigned int gsi = nr == GSI ? 0 : nr;

		fds[nr] = new_fd();
		ERRNO(irqfd(&vm, fds[nr], gsi,
			    nr & 1 ? KVM_IRQFD_FLAG_RESAMPLE : 0, others), 0);
	}
	ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, again), 0);
	fds[nr] = new_fd();
	full = irqfd(&vm, fds[nr], GSI + 1, 0, 0);
	CHECK(full == (on_hvk() ? ENOSPC : 0));
	for (int i = 0; i < 3; i++) {
		signal_fd(fd);
		CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
		CHECK(!signalled(again));
		vm_store32(&vm, GICC_EOIR, SPI);
		CHECK(vm_load32(&vm, GICC_IAR).value == SPURIOUS);
		CHECK(signalled(again));
	}
	CHECK(!signalled(others));
	ERRNO(irqfd(&vm, fds[5], 5, 0, 0), EBUSY);

	/* The room of one that went is there at once, however it went. */
	ERRNO(irqfd(&vm, fds[7], 7, KVM_IRQFD_FLAG_DEASSIGN, 0), 0);
	ERRNO(irqfd(&vm, fds[7], GSI + 1, 0, 0), 0);
	for (int i = 0; i < 100; i++) {
		close(fds[i]);
		CHECK((fds[i] = new_fd()) >= 0);
		ERRNO(irqfd(&vm, fds[i], GSI + 1, 0, 0), 0);
	}
	for (int i = 0; i <= nr; i += 2)
		close(fds[i]);
	close(dev);
	vm_close(&vm);
	for (int i = 1; i <= nr; i += 2)
		close(fds[i]);
	close(fd);
	close(again);
	close(others);
	return true;
}

/* --- EOIs ------------------------------------------------------------------------ */

/* These GSIs are SPI alone. */
static void both_routes(struct vm *vm, unsigned int first, unsigned int second)
{
	struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry entry[2];
	} args = { .head.nr = 2 };
	const unsigned int gsi[] = { first, second };

	for (int i = 0; i < 2; i++) {
		args.entry[i].gsi = gsi[i];
		args.entry[i].type = KVM_IRQ_ROUTING_IRQCHIP;
		args.entry[i].u.irqchip.pin = SPI - 32;
	}
	if (try(vm->fd, KVM_SET_GSI_ROUTING, &args))
		die("KVM_SET_GSI_ROUTING");
}

/* An EOI is told to the GSI that the table names last for its SPI. */
static bool whose_eoi(void)
{
	static const struct {
		const char *name;
		unsigned int first, second;	/* routes, or 0: none */
		bool to_a, to_b;	/* who hears of it */
	} table[] = {
		{ "b's is the last", 100, 200, false, true },
		{ "a's is the last", 200, 100, true, false },
		{ "nobody's is", 100, 300, false, false },
	};
	int a = new_fd(), b = new_fd(), a_again = new_fd(), b_again = new_fd();
	struct vm vm;
	int dev = with_gic(&vm);

	open_spi(&vm, false);
	ERRNO(irqfd(&vm, a, 100, KVM_IRQFD_FLAG_RESAMPLE, a_again), 0);
	ERRNO(irqfd(&vm, b, 200, KVM_IRQFD_FLAG_RESAMPLE, b_again), 0);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		bool heard = table[i].to_a || table[i].to_b;

		both_routes(&vm, table[i].first, table[i].second);
		signal_fd(a);
		CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
		vm_store32(&vm, GICC_EOIR, SPI);
		if (signalled(a_again) != table[i].to_a ||
		    signalled(b_again) != table[i].to_b)
			return fail("%s: somebody else heard", table[i].name);
		/* Whom nobody hears of, nobody lowers. */
		if (vm_load32(&vm, GICC_IAR).value != (heard ? SPURIOUS : SPI))
			return fail("%s: the line", table[i].name);
	}
	close(dev);
	vm_close(&vm);
	close(a);
	close(b);
	close(a_again);
	close(b_again);
	return true;
}

/* Without an irqfd that hears of EOIs the line is the VMM's again. */
static bool line_after_irqfd(void)
{
	struct kvm_irq_level line = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | SPI,
		.level = 1,
	};
	int fd = new_fd(), again = new_fd();
	struct vm vm;
	int dev = with_gic(&vm);

	open_spi(&vm, false);
	for (int round = 0; round < 2; round++) {
		ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE, again), 0);
		ERRNO(try(vm.fd, KVM_IRQ_LINE, &line), 0);
		CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
		vm_store32(&vm, GICC_EOIR, SPI);
		CHECK(signalled(again));
		CHECK(vm_load32(&vm, GICC_IAR).value == SPURIOUS);
		ERRNO(irqfd(&vm, fd, GSI, KVM_IRQFD_FLAG_DEASSIGN, 0), 0);
		ERRNO(try(vm.fd, KVM_IRQ_LINE, &line), 0);
		for (int i = 0; i < 3; i++) {
			CHECK(vm_load32(&vm, GICC_IAR).value == SPI);
			vm_store32(&vm, GICC_EOIR, SPI);
		}
		CHECK(!signalled(again));
		line.level = 0;
		ERRNO(try(vm.fd, KVM_IRQ_LINE, &line), 0);
		line.level = 1;
	}
	close(dev);
	vm_close(&vm);
	close(fd);
	close(again);
	return true;
}

/* --- races ----------------------------------------------------------------------- */

#define ROUNDS	100
#define OTHER	100	/* a GSI that is SPI's as well, at times */

struct race {
	struct vm vm;
	int again;
	atomic_int running;
};

static void must_irqfd(struct race *race, int fd, unsigned int gsi,
		       unsigned int flags)
{
	errno = irqfd(&race->vm, fd, gsi, flags, race->again);
	if (errno)
		die("KVM_IRQFD");
}

/* They go by themselves: their eventfd is closed. */
static void *close_them(void *arg)
{
	struct race *race = arg;

	for (int i = 0; i < ROUNDS; i++) {
		int fd = new_fd();

		must_irqfd(race, fd, i & 1 ? GSI : OTHER,
			   KVM_IRQFD_FLAG_RESAMPLE);
		signal_fd(fd);
		close(fd);
	}
	race->running--;
	return NULL;
}

/* They are taken away, or closed while they are. */
static void *deassign_them(void *arg)
{
	struct race *race = arg;

	for (int i = 0; i < ROUNDS; i++) {
		int fd = new_fd(), copy = dup(fd);

		must_irqfd(race, fd, GSI, i & 1 ? KVM_IRQFD_FLAG_RESAMPLE : 0);
		signal_fd(fd);
		close(fd);
		must_irqfd(race, copy, GSI, KVM_IRQFD_FLAG_DEASSIGN);
		close(copy);
	}
	race->running--;
	return NULL;
}

static void *route_them(void *arg)
{
	struct race *race = arg;

	for (int i = 0; i < ROUNDS; i++)
		both_routes(&race->vm, i & 1 ? GSI : OTHER, i & 1 ? OTHER : GSI);
	race->running--;
	return NULL;
}

/* While they do, the guest takes what comes; afterwards all is as ever. */
static bool race(void)
{
	static void *(*const run[])(void *) = {
		close_them, deassign_them, route_them,
	};
	enum { NR = sizeof(run) / sizeof(run[0]) };
	struct race r = { .again = new_fd(), .running = NR };
	pthread_t threads[NR];
	int fd = new_fd();
	int dev = with_gic(&r.vm);

	open_spi(&r.vm, false);
	for (int i = 0; i < NR; i++)
		if (pthread_create(&threads[i], NULL, run[i], &r))
			die("pthread_create");
	while (r.running)
		if (vm_load32(&r.vm, GICC_IAR).value == SPI)
			vm_store32(&r.vm, GICC_EOIR, SPI);
	for (int i = 0; i < NR; i++)
		pthread_join(threads[i], NULL);

	both_routes(&r.vm, OTHER, GSI);
	must_irqfd(&r, fd, GSI, KVM_IRQFD_FLAG_RESAMPLE);
	/* Whatever was left of the line, an EOI lowers it. */
	while (vm_load32(&r.vm, GICC_IAR).value == SPI)
		vm_store32(&r.vm, GICC_EOIR, SPI);
	signalled(r.again);
	for (int i = 0; i < 3; i++) {
		signal_fd(fd);
		CHECK(vm_load32(&r.vm, GICC_IAR).value == SPI);
		vm_store32(&r.vm, GICC_EOIR, SPI);
		CHECK(signalled(r.again));
		CHECK(vm_load32(&r.vm, GICC_IAR).value == SPURIOUS);
	}
	close(dev);
	vm_close(&r.vm);
	close(fd);
	close(r.again);
	return true;
}

static const struct test tests[] = {
	{ "many", many },
	{ "whose-eoi", whose_eoi },
	{ "line-after-irqfd", line_after_irqfd },
	{ "race", race },
};

int main(int argc, char **argv)
{
	return suite_main(argc, argv, tests, sizeof(tests) / sizeof(tests[0]),
			  NULL, NULL);
}
