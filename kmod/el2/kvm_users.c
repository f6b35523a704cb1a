// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the kernel's KVM have virtual machines (EL1)? KVM offers no such
 * question, so it is looked at from outside.
 *
 * In debugfs KVM keeps a directory for each VM from its creation to its end,
 * whatever holds the VM: a descriptor, one in flight in a socket, a file that
 * io_uring keeps, a mapping. Where the kernel has debugfs that answers, at one
 * price for any number of processes; whether somebody has mounted it does not
 * matter. Where it has none (CONFIG_DEBUG_FS, debugfs=off) the descriptors of
 * all processes are looked through, which finds what a descriptor refers to
 * and no more.
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

/* Each VM has a directory of its own below "kvm"; a directory's links count. */
static bool debugfs_has(void)
{
	struct dentry *dir = debugfs_lookup("kvm", NULL);
	bool found;

	if (IS_ERR_OR_NULL(dir))
		return false;	/* KVM makes it when it starts: there is none */
	found = d_inode(dir)->i_nlink > 2;
	dput(dir);
	return found;
}

/* --- the processes' descriptors ------------------------------------------ */

/*
 * Descriptors that are looked at in one step: some microseconds, for which
 * this CPU is not preempted and the process can neither open nor close a file.
 */
#define STEP	256

/*
 * Where the walk stands. Between two steps it holds no lock and no reference. A
 * process that comes, goes or passes descriptors on meanwhile can be missed, as
 * it could by any look from outside.
 */
struct walk {
	pid_t pid;		/* the task, by its number in the first namespace */
	unsigned int fd;	/* its next descriptor */
	bool more;		/* it has more of them */
	const void *shared;	/* the table, if it is through and others have it too */
	struct xarray seen;	/* those tables, by address */
};

/* Everything that holds a VM: its own file, a vCPU's, a device's, statistics. */
static bool is_kvm_file(const struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;

	/* Only anonymous inodes: a user can name a file as he likes. */
	return !strcmp(dentry->d_sb->s_type->name, "anon_inodefs") &&
	       strstarts(dentry->d_name.name, "kvm-");
}

/* The slab's objects are apart by whole cache lines: small, dense indices. */
static unsigned long seen_index(const void *files)
{
	return (unsigned long)files / SMP_CACHE_BYTES;
}

/* file_lock keeps the array in its place, and each file that is in it. */
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
 * A task whose table became another one since the last step (exec, unshare) has
 * its descriptors under the numbers that they had.
 */
static bool look_at_task(struct walk *w, struct task_struct *task)
{
	struct files_struct *files;
	bool found = false;

	task_lock(task);	/* it keeps its table */
	files = task->files;
	if (files && !xa_load(&w->seen, seen_index(files))) {
		found = look_at_some(w, files);
		if (!w->more && atomic_read(&files->count) > 1)
			w->shared = files;
	}
	task_unlock(task);
	return found;
}

/* The next few descriptors, or the next task. false: there is none. */
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
	/* Without memory for the note it is looked at again, no more. */
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
 * Threads are tasks as processes are, as a thread may have a table of its own,
 * and the first of a process may have ended before the others.
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
