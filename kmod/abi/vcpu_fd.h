/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU's file. Process context. */
#ifndef HVK_ABI_VCPU_FD_H
#define HVK_ABI_VCPU_FD_H

#include <linux/types.h>

struct hvk_vcpu;
struct hvk_vm;

/*
 * KVM_CREATE_VCPU: takes vm->lock. An fd, -EINVAL (id), -EEXIST (the id is used), -EBUSY (the
 * vGIC is initialised), -ENOMEM, or what creating a file or mapping at EL2 returns.
 */
int hvk_vcpu_create_fd(struct hvk_vm *vm, unsigned long id);
/* Frees a vCPU whose VM is being destroyed, or that nobody else knows yet. */
void hvk_vcpu_destroy(struct hvk_vcpu *vcpu);

#endif /* HVK_ABI_VCPU_FD_H */
