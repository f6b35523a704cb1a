// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads and writes across the IPA space: outside of the partition's own RAM and devices, each
 * must cause a synchronous external abort. With `all` on the command line every page below
 * 4 GiB is read, and one in eight is written too, which takes minutes. `ram=BYTES` is the size
 * of RAM.
 */

#include "board.h"
#include "bootargs.h"
#include "check.h"
#include "exc.h"
#include "mmu.h"
#include "printf.h"
#include "smp.h"

#define GIB	 (1ul << 30)
#define BLOCK	 0x200000ul
#define IPA_BITS 40
#define LAST_MAPPED (4 * GIB) /* the library maps VAs below to the same IPA */

/* All devices of the machine; they are below its RAM. */
static const struct {
	uint64_t base, size;
} devices[] = {
	{ 0, 0x08000000 },	  /* flash: reads as 0xff, ignores writes */
	{ BOARD_GICD, 0x10000 },
	{ BOARD_GICC, 0x2000 },
	{ BOARD_PL011, 0x1000 },
	{ BOARD_PL031, 0x1000 },
	{ BOARD_PL061, 0x1000 },
	{ BOARD_VIRTIO, BOARD_VIRTIO_SLOTS * BOARD_VIRTIO_SIZE },
};

static uint64_t ram_end;
static uint64_t probed, aborted, other, answered;

static bool is_device(uint64_t ipa)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(devices); i++)
		if (ipa - devices[i].base < devices[i].size)
			return true;
	return false;
}

/* Counts the outcome of one access to `ipa`. */
static void judge(const struct exc_record *fault, uint64_t ipa, const char *what)
{
	probed++;
	if (fault->count && ESR_EC(fault->esr) == ESR_EC_DABT_SAME &&
	    ESR_FSC(fault->esr) == ESR_FSC_EXTERNAL) {
		aborted++;
		return;
	}
	if (fault->count)
		other++;
	else
		answered++;
	if (other + answered <= 10)
		printf("%s at IPA %lx: %u exceptions, ESR %lx\n", what, ipa, fault->count,
		       fault->count ? fault->esr : 0);
}

static void probe_at(uintptr_t va, uint64_t ipa, bool write)
{
	struct exc_record fault;

	exc_catch(&fault);
	mmio_read32(va);
	exc_release();
	judge(&fault, ipa, "read");
	if (!write)
		return;
	exc_catch(&fault);
	mmio_write32(va, 0xdeadbeef);
	exc_release();
	judge(&fault, ipa, "write");
}

static void probe(uint64_t ipa, bool write)
{
	if (is_device(ipa) || (ipa >= BOARD_RAM && ipa < ram_end))
		return;
	if (ipa < LAST_MAPPED) {
		probe_at(ipa, ipa, write);
	} else {
		mmu_map(MMU_WINDOW, ipa & ~(PAGE_SIZE - 1), MMU_DEVICE, 0);
		probe_at(MMU_WINDOW + ipa % PAGE_SIZE, ipa, write);
	}
}

/* Probes one address in each step; every `writes`-th is written too. */
static void probe_range(uint64_t from, uint64_t to, uint64_t step, unsigned int writes)
{
	for (uint64_t ipa = from; ipa < to; ipa += step)
		probe(ipa + (ipa / step * 8 & (PAGE_SIZE - 8)), ipa / step % writes == 0);
}

static void result(const char *name)
{
	printf("%s: %lu accesses\n", name, probed);
	check(name, probed, aborted);
	probed = aborted = other = answered = 0;
}

/* Empty flash reads as all ones and ignores writes. Stage 1 does not map its first 2 MiB. */
static void flash(void)
{
	unsigned int wrong = 0;

	for (uint64_t ipa = BLOCK; ipa < devices[0].size; ipa += 16 * BLOCK / 2 - 4) {
		wrong += mmio_read32(ipa) != 0xffffffff;
		mmio_write32(ipa, 0);
		wrong += mmio_read32(ipa) != 0xffffffff;
	}
	check("flash-reads-as-ones", 0, wrong);
}

void PartitionMain(uintptr_t device_tree)
{
	(void)device_tree;
	ram_end = BOARD_RAM + bootarg_number("ram", 64ul << 20);
	flash();
	if (bootarg_given("all")) {
		probe_range(devices[0].size, LAST_MAPPED, PAGE_SIZE, 8);
		result("every-page-below-4g");
	}
	probe_range(0x08000000, 0x09100000, 4 * PAGE_SIZE, 1);
	result("around-the-devices");
	probe_range(0x0a000000, LAST_MAPPED, 4 * BLOCK, 1);
	probe(ram_end, true);
	probe(BOARD_RAM - 4, true);
	result("below-4g");
	for (unsigned int bit = 32; bit < IPA_BITS; bit++) {
		probe(1ul << bit, true);
		probe((1ul << bit) + BOARD_RAM, true);
		probe((1ul << bit) - 4, true);
	}
	probe((1ul << IPA_BITS) - 4, true);
	probe_range(LAST_MAPPED, 1ul << IPA_BITS, 8 * GIB, 1);
	result("up-to-the-end");
	check_finish();
}
