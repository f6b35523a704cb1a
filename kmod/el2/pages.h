/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's memory: the image, each CPU's structure and stack. */
#ifndef HVK_EL2_PAGES_H
#define HVK_EL2_PAGES_H

#include <linux/types.h>

struct hvk_el2_cpu;

/* One CPU's pages: one that EL2 never maps (guard), a stack, the structure. */
#define HVK_EL2_GUARD_PAGE	0
#define HVK_EL2_STACK_PAGE	1
#define HVK_EL2_STRUCT_PAGE	2
#define HVK_EL2_CPU_PAGES	3
/* el2/blob.S: the image, whole pages */
extern const char hvk_el2_blob[], hvk_el2_blob_end[];
/* Entries of the image for SOFT_RESTART: the take, and straight back. */
extern phys_addr_t hvk_el2_take_pa, hvk_el2_bounce_pa;
/* The image, the CPUs' structures, EL2's tables. 0 or errno. Process context. */
int hvk_el2_pages_init(void);
void hvk_el2_pages_exit(void);
/* The offset of elr in the image, to be found in its disassembly; huge if elr is outside. */
u64 hvk_el2_image_offset(u64 elr);
void __noreturn hvk_el2_panic(struct hvk_el2_cpu *cpu);

#endif /* HVK_EL2_PAGES_H */
