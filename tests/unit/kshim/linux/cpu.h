/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_CPU_H
#define KSHIM_CPU_H

#include <linux/types.h>

#define cpus_read_lock()	do { } while (0)
#define cpus_read_unlock()	do { } while (0)
#define cpu_online(cpu)		((void)(cpu), true)

/* The bench's: whether the kernel's command line says mitigations=off. */
bool cpu_mitigations_off(void);

#endif
