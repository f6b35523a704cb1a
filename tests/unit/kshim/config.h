/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before everything else in a module source that is built for the
 * machine that runs the unit tests: the kernel options that compat.h asks for.
 */
#ifndef KSHIM_CONFIG_H
#define KSHIM_CONFIG_H

#define CONFIG_ARM64			1
#define CONFIG_ARM64_4K_PAGES		1
#define CONFIG_MMU_NOTIFIER		1
#define CONFIG_PREEMPT_NOTIFIERS	1
#define CONFIG_EVENTFD			1

#endif
