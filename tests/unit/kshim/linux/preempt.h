/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_PREEMPT_H
#define KSHIM_PREEMPT_H

struct preempt_notifier {
	int unused;
};

#define preempt_disable()	do { } while (0)
#define preempt_enable()	do { } while (0)
#define in_task()		1

#endif
