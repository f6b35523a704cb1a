/* SPDX-License-Identifier: GPL-2.0-only */
/* Setting up and removing all of el2/, and its part of HVK_HOST_INFO. */
#ifndef HVK_EL2_EL2_H
#define HVK_EL2_EL2_H

#include <linux/types.h>

struct hvk_el2_hooks;
struct hvk_host_info;

/*
 * At load and unload; process context. init allocates EL2's memory and registers for the
 * kernel's power events; it does not take EL2. *hooks (el2/take.h) stays valid until
 * exit, by which no VM is left. 0 or errno.
 */
int hvk_el2_init(const struct hvk_el2_hooks *hooks);
void hvk_el2_exit(void);
/* Fills info->el2_owner, of the CPU that this runs on, and info->refusal. */
void hvk_el2_host_info(struct hvk_host_info *info);

#endif /* HVK_EL2_EL2_H */
