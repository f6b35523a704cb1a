/* SPDX-License-Identifier: GPL-2.0-only */
/* The MMU notifier of a VM, where the kernel has them; else memory is pinned (pins.h). */
#ifndef HVK_S2_NOTIFIER_H
#define HVK_S2_NOTIFIER_H

struct hvk_vm;

#ifdef CONFIG_MMU_NOTIFIER
/*
 * On vm->mm, which is the caller's; needs vm->s2, vm->slots and slots_srcu. 0, or
 * what mmu_notifier_register() says.
 */
int hvk_s2_notifier_init(struct hvk_vm *vm);
/* On return no callback of the notifier runs or will run. */
void hvk_s2_notifier_exit(struct hvk_vm *vm);
#else
static inline int hvk_s2_notifier_init(struct hvk_vm *vm)
{
	return 0;
}

static inline void hvk_s2_notifier_exit(struct hvk_vm *vm) { }
#endif

#endif /* HVK_S2_NOTIFIER_H */
