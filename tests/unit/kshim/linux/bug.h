/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_BUG_H
#define KSHIM_BUG_H

#include <linux/compiler.h>
#include <stdio.h>
#include <stdlib.h>

/* What would be a warning or the end of the host ends the test. */
#define KSHIM_DIE(what)							\
	do {								\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, what); \
		abort();						\
	} while (0)

#define BUG()		KSHIM_DIE("BUG")
#define BUG_ON(cond)	do { if (cond) KSHIM_DIE("BUG_ON " #cond); } while (0)
#define WARN_ON(cond)	({ if (cond) KSHIM_DIE("WARN_ON " #cond); 0; })
#define WARN_ON_ONCE(cond) WARN_ON(cond)
#define WARN_ONCE(cond, ...) WARN_ON(cond)

#endif
