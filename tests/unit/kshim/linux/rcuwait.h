/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_RCUWAIT_H
#define KSHIM_RCUWAIT_H

struct rcuwait {
	int unused;
};

#endif
