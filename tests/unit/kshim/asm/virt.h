/* SPDX-License-Identifier: GPL-2.0-only */
/* The pretended kernel is at EL1. */
#ifndef KSHIM_VIRT_H
#define KSHIM_VIRT_H

#define is_kernel_in_hyp_mode()	false

#endif
