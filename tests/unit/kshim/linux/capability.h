/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_CAPABILITY_H
#define KSHIM_CAPABILITY_H

#define CAP_IPC_LOCK	14
#define CAP_SYS_NICE	23

#endif
