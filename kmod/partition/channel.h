/* SPDX-License-Identifier: GPL-2.0-only */
/* Event channels between VMs (channel.c). */
#ifndef HVK_PARTITION_CHANNEL_H
#define HVK_PARTITION_CHANNEL_H

#include <linux/types.h>

struct hvk_channel_bind;
struct hvk_vm;

/*
 * HVK_CREATE_CHANNEL: creates a channel without ends. An fd, -ENOMEM, or what
 * anon_inode_getfd() says. Process context.
 */
int hvk_channel_create_fd(void);
/*
 * HVK_BIND_CHANNEL: makes the VM an end of a channel; process context, takes vm->lock. 0,
 * -EBADF, -EINVAL, -EEXIST (the VM uses the number), -EBUSY (the channel has a receiver),
 * -ENODEV (a receiver without an initialised vGIC), -ENOMEM.
 */
int hvk_channel_bind(struct hvk_vm *vm, const struct hvk_channel_bind *args);
/* Frees all ends of a VM that is being destroyed, before its vGIC. Process context. */
void hvk_channels_release(struct hvk_vm *vm);
/*
 * HVK_PARA_EVENT_NOTIFY and _MASK, for a channel number from the guest, which may be any
 * value. HVK_PARA_OK, or HVK_PARA_EDENIED: the VM is no sender (notify) or receiver (mask)
 * under that number. Process context.
 */
int hvk_channel_notify(struct hvk_vm *vm, u64 number);
int hvk_channel_mask(struct hvk_vm *vm, u64 number, bool mask);
/*
 * HVK_PARA_EVENT_PENDING: clears the pending events of the channels in `wanted` (a bit each)
 * and returns which of them were pending; *left are the channels whose events still are.
 */
u64 hvk_channel_take(struct hvk_vm *vm, u64 wanted, u64 *left);
/* Whether any event is pending and not masked. Any context. */
bool hvk_channel_unmasked(struct hvk_vm *vm);

#endif /* HVK_PARTITION_CHANNEL_H */
