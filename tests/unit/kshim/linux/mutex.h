/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_MUTEX_H
#define KSHIM_MUTEX_H

#include <linux/lockdep.h>

struct mutex {
	struct kshim_lock kshim;
};

#define DEFINE_MUTEX(name)	struct mutex name = { { 0 } }
#define mutex_init(m)		((m)->kshim.held = 0)
#define mutex_destroy(m)	((void)(m))
#define mutex_lock(m)		kshim_acquire(&(m)->kshim)
/* Nobody is killed. */
#define mutex_lock_killable(m)	({ kshim_acquire(&(m)->kshim); 0; })
#define mutex_unlock(m)		kshim_release(&(m)->kshim)
#define mutex_trylock(m)	((m)->kshim.held ? 0 : ((m)->kshim.held = 1))

#endif
