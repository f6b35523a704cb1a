/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_MODULE_H
#define KSHIM_MODULE_H

#define THIS_MODULE	NULL

#endif
