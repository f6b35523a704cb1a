/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's own translation, VA = PA: what only el2/pages.c and debugfs ask of it. */
#ifndef HVK_EL2_MAP_H
#define HVK_EL2_MAP_H

#include <linux/types.h>

struct hvk_el2_cpu;

/*
 * Maps or unmaps kernel pages at EL2, read-write, VA = PA. gfp is for tables,
 * which go with the last page that needs them. Process context.
 */
int hvk_el2_map(phys_addr_t pa, size_t size, gfp_t gfp);
void hvk_el2_unmap(phys_addr_t pa, size_t size);
int hvk_el2_map_init(void);
void hvk_el2_map_exit(void);
int hvk_el2_map_text(phys_addr_t pa, size_t size);
/* TTBR0, TCR, MAIR and SCTLR for EL2. */
void hvk_el2_map_regs(struct hvk_el2_cpu *cpu);
/* Pages that EL2 maps now, and the pages of the tables for it. */
unsigned int hvk_el2_mapped(void);
unsigned int hvk_el2_tables(void);

#endif /* HVK_EL2_MAP_H */
