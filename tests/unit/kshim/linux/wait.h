/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_WAIT_H
#define KSHIM_WAIT_H

typedef struct {
	int unused;
} wait_queue_head_t;

#endif
