/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's own stage-1 translation, VA = PA. */
#ifndef HVK_EL2_MAP_H
#define HVK_EL2_MAP_H

#include <linux/types.h>

struct hvk_el2_cpu;

/*
 * Maps the kernel pages of [pa, pa + size) at EL2, read-write, or unmaps them; after
 * that no TLB holds them any more. gfp is for tables, which are freed with the last page
 * that needs them. 0 or -ENOMEM. Process context.
 */
int hvk_el2_map(phys_addr_t pa, size_t size, gfp_t gfp);
void hvk_el2_unmap(phys_addr_t pa, size_t size);
/* Allocates the root table, 0 or -ENOMEM; frees all tables. Process context. */
int hvk_el2_map_init(void);
void hvk_el2_map_exit(void);
/* As hvk_el2_map(), but read-only and executable. */
int hvk_el2_map_text(phys_addr_t pa, size_t size);
/* As hvk_el2_map(), but as Device memory. */
int hvk_el2_map_device(phys_addr_t pa, size_t size);
/* Fills in EL2's own TTBR0, TCR, MAIR and SCTLR. */
void hvk_el2_map_regs(struct hvk_el2_cpu *cpu);
/* The number of pages that EL2 maps now, and of pages that hold its tables. Any context. */
unsigned int hvk_el2_mapped(void);
unsigned int hvk_el2_tables(void);

#endif /* HVK_EL2_MAP_H */
