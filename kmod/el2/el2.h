/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2 for the rest of the module: set up, and gone again. */
#ifndef HVK_EL2_EL2_H
#define HVK_EL2_EL2_H

#include <linux/types.h>

struct hvk_el2_hooks;
struct hvk_host_info;

int hvk_el2_init(const struct hvk_el2_hooks *hooks);
void hvk_el2_exit(void);
/* Fills el2_owner and refusal. */
void hvk_el2_host_info(struct hvk_host_info *info);

#endif /* HVK_EL2_EL2_H */
