/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_BUILD_BUG_H
#define KSHIM_BUILD_BUG_H

#include <linux/compiler.h>

#define BUILD_BUG_ON(cond)		static_assert(!(cond), #cond)
#define BUILD_BUG_ON_MSG(cond, msg)	static_assert(!(cond), msg)

#endif
