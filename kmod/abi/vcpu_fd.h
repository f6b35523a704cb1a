/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's file. */
#ifndef HVK_ABI_VCPU_FD_H
#define HVK_ABI_VCPU_FD_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

int hvk_vcpu_create_fd(struct hvk_vm *vm, unsigned long id);
void hvk_vcpu_destroy(struct hvk_vcpu *vcpu);

#endif /* HVK_ABI_VCPU_FD_H */
