/* SPDX-License-Identifier: GPL-2.0-only */
/* The RUN loop, for abi/vcpu_fd.c. */
#ifndef HVK_RUN_RUN_H
#define HVK_RUN_RUN_H

#include <linux/types.h>

struct hvk_vcpu;

/*
 * KVM_RUN; process context, vcpu->mutex held. 0 (the run page is filled), or an errno, such
 * as -EINTR, -ENOEXEC (not initialised), -EIO (the VM is dead), -EBUSY (KVM has EL2),
 * -EINVAL (EL2 refuses the registers), or those of hvk_place_begin().
 */
int hvk_vcpu_run(struct hvk_vcpu *vcpu);
/* Sets up the RUN loop's part of a new vCPU. */
void hvk_run_init(struct hvk_vcpu *vcpu);
/* Releases it as the vCPU is destroyed; no thread is in its KVM_RUN. Process context. */
void hvk_run_exit(struct hvk_vcpu *vcpu);

#endif /* HVK_RUN_RUN_H */
