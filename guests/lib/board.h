/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The IPA map and the INTIDs that guests see: those of QEMU's `virt` machine.
 */
#pragma once

#define BOARD_GICD	 0x08000000ul
#define BOARD_GICC	 0x08010000ul
#define BOARD_PL011	 0x09000000ul
#define BOARD_PL031	 0x09010000ul
#define BOARD_PL061	 0x09030000ul
#define BOARD_VIRTIO	 0x0a000000ul /* the first of the virtio-mmio transports */
#define BOARD_NOBODY	 0x10000000ul /* a page without device or RAM */
#define BOARD_RAM	 0x40000000ul

/* The virtio-mmio transports are adjacent. */
#define BOARD_VIRTIO_SIZE  0x200ul
#define BOARD_VIRTIO_SLOTS 32

/* INTIDs: PPIs begin at 16, SPIs at 32. */
#define BOARD_INTID_MAINTENANCE 25
#define BOARD_INTID_VTIMER	27
#define BOARD_INTID_PTIMER	30
#define BOARD_INTID_PL011	(32 + 1)
#define BOARD_INTID_PL031	(32 + 2)
#define BOARD_INTID_VIRTIO	(32 + 16) /* of the first transport; the others follow */
