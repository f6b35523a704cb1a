// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the kernel's KVM have virtual machines? KVM offers no such question,
 * so two looks from outside: at the files that processes hold open, and at
 * the directories that KVM keeps in debugfs (a VM whose file is in flight in
 * a socket, or mapped only, is seen there alone).
 */
#include <linux/debugfs.h>
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "kvm_users.h"

static int is_kvm_file(const void *unused, struct file *file, unsigned int fd)
{
	const struct dentry *dentry = file->f_path.dentry;
	const char *name;

	/* Only anonymous inodes: a user can name a file as he likes. */
	if (strcmp(dentry->d_sb->s_type->name, "anon_inodefs"))
		return 0;
	name = dentry->d_name.name;
	return !strcmp(name, "kvm-vm") || !strncmp(name, "kvm-vcpu", 8);
}

static bool task_has(struct task_struct *task)
{
	bool found = false;

	task_lock(task);
	if (task->files)
		found = iterate_fd(task->files, 0, is_kvm_file, NULL);
	task_unlock(task);
	return found;
}

static bool some_process_has(void)
{
	struct task_struct *p, *t;
	bool found = false;

	rcu_read_lock();
	for_each_process_thread(p, t) {
		/* Threads that share the leader's files were seen with it. */
		if (t != p && t->files == p->files)
			continue;
		if (task_has(t)) {
			found = true;
			goto out;
		}
	}
out:
	rcu_read_unlock();
	return found;
}

/* Each VM has a directory of its own below "kvm"; a directory's links count. */
static bool debugfs_has(void)
{
	struct dentry *dir = debugfs_lookup("kvm", NULL);
	bool found;

	if (IS_ERR_OR_NULL(dir))
		return false;
	found = d_inode(dir)->i_nlink > 2;
	dput(dir);
	return found;
}

bool hvk_kvm_has_vms(void)
{
	return some_process_has() || debugfs_has();
}
