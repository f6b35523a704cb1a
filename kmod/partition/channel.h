/* SPDX-License-Identifier: GPL-2.0-only */
/* Event channels between VMs (channel.c). */
#ifndef HVK_PARTITION_CHANNEL_H
#define HVK_PARTITION_CHANNEL_H

#include <linux/types.h>

struct hvk_channel_bind;
struct hvk_vm;

/* HVK_CREATE_CHANNEL: an fd or errno. */
int hvk_channel_create_fd(void);
/*
 * HVK_BIND_CHANNEL; takes vm->lock. 0, -EBADF, -EINVAL, -EEXIST, -EBUSY, -ENODEV
 * (a receiver without an initialised vGIC), -ENOMEM.
 */
int hvk_channel_bind(struct hvk_vm *vm, const struct hvk_channel_bind *args);
/* Gives up all ends of a VM that is being destroyed, before its vGIC. */
void hvk_channels_release(struct hvk_vm *vm);
/*
 * The guest's calls: HVK_PARA_*. Its own numbers are what it likes. Process
 * context.
 */
int hvk_channel_notify(struct hvk_vm *vm, u64 number);
int hvk_channel_mask(struct hvk_vm *vm, u64 number, bool mask);
/* Takes the pending events of `wanted`; which there were; *left still pend. */
u64 hvk_channel_take(struct hvk_vm *vm, u64 wanted, u64 *left);
/* Whether an event pends that is not masked. Any context. */
bool hvk_channel_unmasked(struct hvk_vm *vm);

#endif /* HVK_PARTITION_CHANNEL_H */
