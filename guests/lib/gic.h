/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt controller, a GICv2 (ARM IHI 0048), and interrupt handlers. */
#pragma once

#include "arch.h"
#include "board.h"

#define GICD_CTLR	(BOARD_GICD + 0x000)
#define GICD_TYPER	(BOARD_GICD + 0x004)
#define GICD_IIDR	(BOARD_GICD + 0x008)
#define GICD_IGROUPR	(BOARD_GICD + 0x080)
#define GICD_ISENABLER	(BOARD_GICD + 0x100)
#define GICD_ICENABLER	(BOARD_GICD + 0x180)
#define GICD_ISPENDR	(BOARD_GICD + 0x200)
#define GICD_ICPENDR	(BOARD_GICD + 0x280)
#define GICD_ISACTIVER	(BOARD_GICD + 0x300)
#define GICD_ICACTIVER	(BOARD_GICD + 0x380)
#define GICD_IPRIORITYR (BOARD_GICD + 0x400)
#define GICD_ITARGETSR	(BOARD_GICD + 0x800)
#define GICD_ICFGR	(BOARD_GICD + 0xc00)
#define GICD_SGIR	(BOARD_GICD + 0xf00)
#define GICD_CPENDSGIR	(BOARD_GICD + 0xf10)
#define GICD_SPENDSGIR	(BOARD_GICD + 0xf20)

#define GICC_CTLR  (BOARD_GICC + 0x0000)
#define GICC_PMR   (BOARD_GICC + 0x0004)
#define GICC_BPR   (BOARD_GICC + 0x0008)
#define GICC_IAR   (BOARD_GICC + 0x000c)
#define GICC_EOIR  (BOARD_GICC + 0x0010)
#define GICC_RPR   (BOARD_GICC + 0x0014)
#define GICC_HPPIR (BOARD_GICC + 0x0018)
#define GICC_IIDR  (BOARD_GICC + 0x00fc)
#define GICC_DIR   (BOARD_GICC + 0x1000)

#define GICC_CTLR_ENABLE	 (1u << 0)
#define GICC_CTLR_EOIMODE	 (1u << 9)
#define GIC_SPURIOUS		 1023
#define GIC_MAX			 256 /* INTIDs that the library keeps handlers for */
#define GIC_DEFAULT_PRIORITY	 0xa0

/* Called with interrupts masked, before the EOI. */
typedef void gic_handler(unsigned int intid, void *arg);

/*
 * Enables the distributor, with each SPI disabled, not pending, inactive, level-sensitive
 * and targeted at PE 0. smp.c calls it once.
 */
void gic_init(void);

/*
 * Enables this PE's CPU interface for all priorities, with its PPIs disabled, not pending and
 * inactive. smp.c calls it on each PE.
 */
void gic_init_cpu(void);

/* Calls `handler` for interrupt `intid` (< GIC_MAX, else a panic), on all PEs, from now on. */
void gic_set_handler(unsigned int intid, gic_handler *handler, void *arg);

/* Distributor settings of one INTID; `targets` has a bit for each PE. */
void gic_enable(unsigned int intid);
void gic_disable(unsigned int intid);
void gic_set_priority(unsigned int intid, uint8_t priority);
void gic_set_targets(unsigned int intid, uint8_t targets);
void gic_set_edge(unsigned int intid, bool edge);
void gic_set_pending(unsigned int intid, bool pending);
bool gic_is_pending(unsigned int intid);
void gic_set_active(unsigned int intid, bool active);
bool gic_is_active(unsigned int intid);

/* Sends SGI `intid` to the PEs in `targets` (a bit each), which see this PE's earlier stores. */
void gic_send_sgi(unsigned int intid, uint8_t targets);

/* Acknowledges an interrupt. Returns GICC_IAR: bits 9:0 INTID, 12:10 the PE that sent an SGI. */
uint32_t gic_ack(void);

/* Polls gic_ack() for up to `ms` milliseconds; INTID GIC_SPURIOUS if none came. */
uint32_t gic_ack_within(unsigned int ms);
/* Ends the interrupt that gic_ack() returned. */
void gic_eoi(uint32_t iar);

/* Calls the handlers of all pending interrupts. Called by exc.c, interrupts masked. */
void gic_dispatch(void);

/* How often gic_dispatch() found no interrupt to acknowledge, on all PEs together. */
unsigned int gic_spurious(void);
