/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's memory: the image, each CPU's structure and stack. */
#ifndef HVK_EL2_PAGES_H
#define HVK_EL2_PAGES_H

#include <linux/types.h>

struct hvk_el2_cpu;

/* The pages of one CPU, in order: a guard, which EL2 never maps, the stack, the structure. */
#define HVK_EL2_GUARD_PAGE	0
#define HVK_EL2_STACK_PAGE	1
#define HVK_EL2_STRUCT_PAGE	2
#define HVK_EL2_CPU_PAGES	3
/* el2/blob.S: the image, in whole pages */
extern const char hvk_el2_blob[], hvk_el2_blob_end[];
/* PAs at which SOFT_RESTART can enter the image: the take, and the bounce to EL1. */
extern phys_addr_t hvk_el2_take_pa, hvk_el2_bounce_pa;
/*
 * Allocates the image's pages, each CPU's stack and structure and EL2's tables, and maps
 * them at EL2; frees them. 0 or errno. Process context.
 */
int hvk_el2_pages_init(void);
void hvk_el2_pages_exit(void);
/* The offset of elr in the image, for its disassembly; huge if elr is outside. */
u64 hvk_el2_image_offset(u64 elr);
/* EL2 returns here after a fault of its own: reports it and panics. All masked. */
void __noreturn hvk_el2_panic(struct hvk_el2_cpu *cpu);

#endif /* HVK_EL2_PAGES_H */
