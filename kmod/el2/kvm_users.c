// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the kernel's KVM has virtual machines (EL1). KVM has no interface to ask, so
 * hvk looks from outside.
 *
 * In debugfs KVM keeps a directory for each VM from its creation to its end, whatever
 * keeps the VM alive: a descriptor, a descriptor in flight in a socket, a file that
 * io_uring holds, a mapping. Where the kernel has debugfs, these directories are counted,
 * at a cost that does not depend on the number of processes; debugfs need not be mounted.
 * Without debugfs (CONFIG_DEBUG_FS, debugfs=off) the descriptors of all processes are
 * searched, which finds only VMs that some process's descriptor refers to.
 */
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/debugfs.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "el2/kvm_users.h"

/* --- debugfs ------------------------------------------------------------- */

/*
 * Each VM has a directory below "kvm". Each adds one to the link count of "kvm", which
 * is 2 without any.
 */
static bool debugfs_has(void)
{
	struct dentry *dir = debugfs_lookup("kvm", NULL);
	bool found;

	if (IS_ERR_OR_NULL(dir))
		return false;	/* KVM creates it at its start: there is no KVM */
	found = d_inode(dir)->i_nlink > 2;
	dput(dir);
	return found;
}

/* --- the processes' descriptors ------------------------------------------ */

/*
 * Descriptors that are examined in one step. It takes some microseconds, in which this
 * CPU is not preempted and the process can neither open nor close a file.
 */
#define STEP	256

/*
 * The position of the search. Between two steps it holds no lock and no reference. A
 * process that starts, ends or passes descriptors on meanwhile can be missed, as by any
 * look from outside.
 */
struct walk {
	pid_t pid;		/* of the task, in the initial PID namespace */
	unsigned int fd;	/* the task's next descriptor */
	bool more;		/* the task has more descriptors */
	const void *shared;	/* the file table, if done with and shared */
	struct xarray seen;	/* such tables, by address */
};

/* Whether the file keeps a VM of KVM alive: a VM's, a vCPU's, a device's, statistics. */
static bool is_kvm_file(const struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;

	/* Only anonymous inodes: users can give other files any name. */
	return !strcmp(dentry->d_sb->s_type->name, "anon_inodefs") &&
	       strstarts(dentry->d_name.name, "kvm-");
}

/* The slab aligns its objects to cache lines: dividing makes the indices dense. */
static unsigned long seen_index(const void *files)
{
	return (unsigned long)files / SMP_CACHE_BYTES;
}

/* Examines up to STEP descriptors. file_lock keeps the array, and the files in it, in place. */
static bool look_at_some(struct walk *w, struct files_struct *files)
{
	bool found = false;
	unsigned int end;

	spin_lock(&files->file_lock);
	end = min(w->fd + STEP, files_fdtable(files)->max_fds);
	for (; w->fd < end && !found; w->fd++) {
		struct file *file = files_lookup_fd_locked(files, w->fd);

		found = file && is_kvm_file(file);
	}
	w->more = w->fd < files_fdtable(files)->max_fds;
	spin_unlock(&files->file_lock);
	return found;
}

/*
 * Examines some of a task's descriptors. If the task's table was replaced since the last
 * step (exec, unshare), its descriptors have kept their numbers.
 */
static bool look_at_task(struct walk *w, struct task_struct *task)
{
	struct files_struct *files;
	bool found = false;

	task_lock(task);	/* keeps task->files in place */
	files = task->files;
	if (files && !xa_load(&w->seen, seen_index(files))) {
		found = look_at_some(w, files);
		if (!w->more && atomic_read(&files->count) > 1)
			w->shared = files;
	}
	task_unlock(task);
	return found;
}

/* Examines the next few descriptors, or goes on to the next task. false: there is none. */
static bool walk_on(struct walk *w, bool *found)
{
	struct task_struct *task;
	struct pid *pid;

	w->more = false;
	w->shared = NULL;
	rcu_read_lock();
	pid = find_ge_pid(w->pid, &init_pid_ns);
	if (pid) {
		if (pid_nr(pid) != w->pid)
			w->fd = 0;
		w->pid = pid_nr(pid);
		task = pid_task(pid, PIDTYPE_PID);
		if (task)
			*found = look_at_task(w, task);
	}
	rcu_read_unlock();
	/* If this fails for lack of memory, the table is only examined again. */
	if (w->shared)
		xa_store(&w->seen, seen_index(w->shared), xa_mk_value(0),
			 GFP_KERNEL);
	if (pid && !w->more) {
		w->pid++;
		w->fd = 0;
	}
	return pid;
}

/*
 * Searches all tasks; 1, 0 or -EINTR. Threads are included, because a thread may have a
 * file table of its own, and the first thread of a process may have ended before the
 * others.
 */
static int some_process_has(void)
{
	struct walk w = { .pid = 1 };
	bool found = false;
	int err = 0;

	xa_init(&w.seen);
	while (!found && !err && walk_on(&w, &found)) {
		cond_resched();
		if (fatal_signal_pending(current))
			err = -EINTR;
	}
	xa_destroy(&w.seen);
	return err ? err : found;
}

int hvk_kvm_has_vms(void)
{
	might_sleep();
	if (debugfs_initialized())
		return debugfs_has();
	return some_process_has();
}
