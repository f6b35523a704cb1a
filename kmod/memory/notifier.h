/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM's MMU notifier. On a kernel without MMU notifiers memory is pinned instead (pins.h). */
#ifndef HVK_S2_NOTIFIER_H
#define HVK_S2_NOTIFIER_H

struct hvk_vm;

#ifdef CONFIG_MMU_NOTIFIER
/*
 * Registers the notifier on vm->mm, which is the caller's mm; vm->s2, vm->slots and
 * vm->slots_srcu are set up. Sleeps. 0, or the error of mmu_notifier_register().
 */
int hvk_s2_notifier_init(struct hvk_vm *vm);
/* Unregisters it, if it was registered: on return no callback runs or will run. Sleeps. */
void hvk_s2_notifier_exit(struct hvk_vm *vm);
#else
static inline int hvk_s2_notifier_init(struct hvk_vm *vm)
{
	return 0;
}

static inline void hvk_s2_notifier_exit(struct hvk_vm *vm) { }
#endif

#endif /* HVK_S2_NOTIFIER_H */
