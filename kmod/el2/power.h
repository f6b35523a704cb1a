/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2 across hotplug, deep idle, suspend, kexec and reboot. */
#ifndef HVK_EL2_POWER_H
#define HVK_EL2_POWER_H

#include <linux/types.h>

/* Registers callbacks for hotplug, deep idle, suspend and reboot. 0 or errno. Process context. */
int hvk_el2_power_init(void);
/* Called when no VM is left: EL2 was handed back with the last one. */
void hvk_el2_power_exit(void);

#endif /* HVK_EL2_POWER_H */
