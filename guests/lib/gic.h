/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt controller, a GICv2 (ARM IHI 0048). */
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

typedef void gic_handler(unsigned int intid, void *arg);

/* The distributor, once: everything disabled, inactive, to PE 0, level. */
void gic_init(void);

/* The CPU interface of this PE, and its banked registers: on, nothing masked. */
void gic_init_cpu(void);

/* From now on `handler` is called, interrupts masked, before the EOI. */
void gic_set_handler(unsigned int intid, gic_handler *handler, void *arg);

void gic_enable(unsigned int intid);
void gic_disable(unsigned int intid);
void gic_set_priority(unsigned int intid, uint8_t priority);
void gic_set_targets(unsigned int intid, uint8_t targets);
void gic_set_edge(unsigned int intid, bool edge);
void gic_set_pending(unsigned int intid, bool pending);
bool gic_is_pending(unsigned int intid);
void gic_set_active(unsigned int intid, bool active);
bool gic_is_active(unsigned int intid);

/* Sends SGI `intid` to the PEs in `targets`. */
void gic_send_sgi(unsigned int intid, uint8_t targets);

/* Acknowledges: the whole of GICC_IAR, its bits 12:10 the sender of an SGI. */
uint32_t gic_ack(void);

/* Acknowledges as soon as there is something; GIC_SPURIOUS after `ms` ms. */
uint32_t gic_ack_within(unsigned int ms);
void gic_eoi(uint32_t iar);

/* Called by exc.c: serves interrupts until none is pending. */
void gic_dispatch(void);

/* How many acknowledges gave GIC_SPURIOUS, on all PEs together. */
unsigned int gic_spurious(void);
