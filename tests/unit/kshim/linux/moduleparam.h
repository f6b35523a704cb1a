/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_MODULEPARAM_H
#define KSHIM_MODULEPARAM_H

#define module_param(name, type, mode)	_Static_assert(sizeof(type) && (mode), #name)
#define MODULE_PARM_DESC(name, text)	_Static_assert(sizeof(text), #name)

#endif
