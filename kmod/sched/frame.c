// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file of a cyclic schedule (EL1, process context): creating it (HVK_CREATE_FRAME),
 * starting and stopping it, reading its windows' statistics and its trace. How it runs is
 * in frame_run.c.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "base/user32.h"
#include "core/vcpu.h"
#include "sched/frame.h"
#include "sched/frame_cpu.h"

#define NR_OWNERS	64
/* How many trace records one call of take_records() may take. */
#define TRACE_BATCH	64

/* HVK_WINDOW_STATS of a caller whose structure ends before startup_cuts. */
#define WINDOW_STATS_WITHOUT_STARTUP					\
	_IOC(_IOC_READ | _IOC_WRITE, HVKIO, _IOC_NR(HVK_WINDOW_STATS),	\
	     offsetof(struct hvk_window_stats, startup_cuts))

/* The CPUs that have a schedule: at most one each. */
static DEFINE_MUTEX(taken_lock);
static struct cpumask taken;

static const struct file_operations frame_fops;

/* --- creation --------------------------------------------------------------- */

/*
 * Checks that the windows are sorted by CPU and offset, do not overlap and lie within the
 * frame. 0, -EINVAL, or -ENODEV (a CPU is offline).
 */
static int check(const struct hvk_frame *frame)
{
	const struct hvk_window *w = frame->window, *before = NULL;
	unsigned int i;

	if (frame->size != sizeof(*frame) || !frame->nr_windows ||
	    frame->nr_windows > HVK_FRAME_WINDOWS ||
	    frame->major_ns < HVK_FRAME_MIN_NS ||
	    frame->major_ns > HVK_FRAME_MAX_NS)
		return -EINVAL;
	for (i = 0; i < frame->nr_windows; i++, before = w++) {
		if (w->owner >= NR_OWNERS || w->length_ns < HVK_WINDOW_MIN_NS ||
		    w->offset_ns > frame->major_ns ||
		    w->length_ns > frame->major_ns - w->offset_ns)
			return -EINVAL;
		if (w->cpu >= nr_cpu_ids || !cpu_online(w->cpu))
			return -ENODEV;
		if (!before || before->cpu < w->cpu)
			continue;
		if (before->cpu > w->cpu ||
		    before->offset_ns + before->length_ns > w->offset_ns)
			return -EINVAL;
	}
	return 0;
}

static void sched_free(struct hvk_sched *sched)
{
	unsigned int i;

	for (i = 0; i < sched->nr_cpus; i++)
		kvfree(sched->cpu[i].trace);
	kfree(sched->cpu);
	kfree(sched);
}

/* Adds a struct hvk_sched_cpu for each CPU that has windows. 0 or -ENOMEM. */
static int add_cpus(struct hvk_sched *sched)
{
	struct hvk_sched_cpu *c = NULL;
	unsigned int i;

	sched->cpu = kcalloc(sched->nr_windows, sizeof(*sched->cpu),
			     GFP_KERNEL_ACCOUNT);
	if (!sched->cpu)
		return -ENOMEM;
	for (i = 0; i < sched->nr_windows; i++) {
		int cpu = sched->window[i].conf.cpu;

		if (c && c->cpu == cpu) {
			c->nr++;
			continue;
		}
		c = &sched->cpu[sched->nr_cpus];
		c->sched = sched;
		c->cpu = cpu;
		c->first = i;
		c->nr = 1;
		c->trace = kvcalloc(HVK_TRACE_RECORDS, sizeof(*c->trace),
				    GFP_KERNEL_ACCOUNT);
		if (!c->trace)
			return -ENOMEM;
		hvk_sched_cpu_init(c);
		sched->nr_cpus++;
	}
	return 0;
}

static struct hvk_sched *sched_new(const struct hvk_frame *frame)
{
	struct hvk_sched *sched;
	unsigned int i;

	sched = kzalloc(struct_size(sched, window, frame->nr_windows),
			GFP_KERNEL_ACCOUNT);
	if (!sched)
		return NULL;
	refcount_set(&sched->users, 1);
	mutex_init(&sched->lock);
	sched->major_ns = frame->major_ns;
	sched->nr_windows = frame->nr_windows;
	for (i = 0; i < frame->nr_windows; i++) {
		sched->window[i].conf = frame->window[i];
		sched->window[i].stats.index = i;
	}
	if (add_cpus(sched)) {
		sched_free(sched);
		return NULL;
	}
	return sched;
}

/* Reserves all CPUs of the schedule, or none. 0 or -EBUSY. */
static int take_cpus(const struct hvk_sched *sched)
{
	unsigned int i;
	int err = 0;

	mutex_lock(&taken_lock);
	for (i = 0; i < sched->nr_cpus && !err; i++)
		if (cpumask_test_cpu(sched->cpu[i].cpu, &taken))
			err = -EBUSY;
	for (i = 0; i < sched->nr_cpus && !err; i++)
		cpumask_set_cpu(sched->cpu[i].cpu, &taken);
	mutex_unlock(&taken_lock);
	return err;
}

/* Starts the CPUs' workers, all or none. 0 or an errno. */
static int start_workers(struct hvk_sched *sched)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < sched->nr_cpus && !err; i++)
		err = hvk_fifo_init(&sched->cpu[i].fifo, sched->cpu[i].cpu);
	for (i = 0; i < sched->nr_cpus && err; i++)
		hvk_fifo_destroy(&sched->cpu[i].fifo);
	return err;
}

/* Gives up the CPUs of a schedule that stands still for good. */
static void give_cpus(struct hvk_sched *sched)
{
	unsigned int i;

	/* Before another schedule has windows there, which the workers' ends would disturb. */
	for (i = 0; i < sched->nr_cpus; i++)
		hvk_fifo_destroy(&sched->cpu[i].fifo);
	mutex_lock(&taken_lock);
	for (i = 0; i < sched->nr_cpus; i++)
		cpumask_clear_cpu(sched->cpu[i].cpu, &taken);
	mutex_unlock(&taken_lock);
}

int hvk_frame_create_fd(const void __user *arg)
{
	struct hvk_frame *frame;
	struct hvk_sched *sched;
	int ret;

	if (!capable(CAP_SYS_NICE))
		return -EPERM;
	frame = memdup_user(arg, sizeof(*frame));
	if (IS_ERR(frame))
		return PTR_ERR(frame);
	ret = check(frame);
	sched = ret ? NULL : sched_new(frame);
	kfree(frame);
	if (!sched)
		return ret ?: -ENOMEM;

	ret = take_cpus(sched);
	if (ret) {
		sched_free(sched);
		return ret;
	}
	ret = start_workers(sched);
	if (!ret)
		ret = anon_inode_getfd("hvk-frame", &frame_fops, sched,
				       O_RDONLY | O_CLOEXEC);
	if (ret < 0) {
		give_cpus(sched);
		sched_free(sched);
	}
	return ret;
}

void hvk_sched_put(struct hvk_sched *sched)
{
	if (refcount_dec_and_test(&sched->users))
		sched_free(sched);
}

/* --- its vCPUs -------------------------------------------------------------- */

int hvk_frame_join(struct hvk_vcpu *vcpu, const struct hvk_vcpu_frame *args)
{
	struct hvk_frame_place *place = &vcpu->place;
	struct file *file;
	int err = -EINVAL;

	if (args->owner >= NR_OWNERS)
		return -EINVAL;
	if (vcpu->has_run || place->sched)
		return -EBUSY;
	file = fget(args->frame_fd);
	if (!file)
		return -EBADF;
	if (file->f_op == &frame_fops) {
		place->owner = args->owner;
		place->cpu = -1;
		place->window = -1;
		place->sched = file->private_data;
		refcount_inc(&place->sched->users);
		err = 0;
	}
	fput(file);
	return err;
}

void hvk_frame_leave(struct hvk_vcpu *vcpu)
{
	if (!hvk_frame_has_place(vcpu))
		return;
	hvk_sched_unregister(vcpu);
	hvk_sched_put(vcpu->place.sched);
	vcpu->place.sched = NULL;
}

/* --- the file --------------------------------------------------------------- */

static long frame_start(struct hvk_sched *sched, const void __user *arg)
{
	struct hvk_frame_start start;
	long err;

	if (copy_from_user(&start, arg, sizeof(start)))
		return -EFAULT;
	if (start.start_ns > KTIME_MAX / 2)
		return -EINVAL;
	mutex_lock(&sched->lock);
	err = hvk_sched_start(sched, start.start_ns);
	mutex_unlock(&sched->lock);
	return err;
}

static long frame_stop(struct hvk_sched *sched)
{
	mutex_lock(&sched->lock);
	hvk_sched_stop(sched);
	mutex_unlock(&sched->lock);
	return 0;
}

static long window_stats(struct hvk_sched *sched, void __user *arg, size_t size)
{
	struct hvk_window_stats stats;

	if (copy_from_user(&stats, arg, size))
		return -EFAULT;
	if (stats.pad || stats.index >= sched->nr_windows)
		return -EINVAL;
	/* No counter is torn (64 bits each), but they may be of different moments. */
	stats = sched->window[array_index_nospec(stats.index,
						 sched->nr_windows)].stats;
	return copy_to_user(arg, &stats, size) ? -EFAULT : 0;
}

static long frame_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct hvk_sched *sched = file->private_data;

	switch (cmd) {
	case HVK_FRAME_START:
		return frame_start(sched, (void __user *)arg);
	case HVK_FRAME_STOP:
		return arg ? -EINVAL : frame_stop(sched);
	case HVK_WINDOW_STATS:
	case WINDOW_STATS_WITHOUT_STARTUP:
		return window_stats(sched, (void __user *)arg, _IOC_SIZE(cmd));
	default:
		return -EINVAL;
	}
}

/* Takes up to nr records, CPU by CPU, each one's oldest first; returns how many it took. */
static unsigned int take_records(struct hvk_sched *sched,
				 struct hvk_trace *records, unsigned int nr)
{
	unsigned int i, n = 0;

	mutex_lock(&sched->lock);
	for (i = 0; i < sched->nr_cpus; i++)
		while (n < nr && hvk_sched_trace_take(&sched->cpu[i],
						      &records[n]))
			n++;
	mutex_unlock(&sched->lock);
	return n;
}

/*
 * Copies to userspace without sched->lock: its memory may take for ever to be faulted in,
 * and a thread that stops the schedule must not wait for that.
 */
static ssize_t frame_read(struct file *file, char __user *buf, size_t size,
			  loff_t *pos)
{
	struct hvk_sched *sched = file->private_data;
	struct hvk_trace *records;
	ssize_t done = 0;
	unsigned int n;

	if (size < sizeof(*records))
		return -EINVAL;
	records = kmalloc_array(TRACE_BATCH, sizeof(*records),
				GFP_KERNEL_ACCOUNT);
	if (!records)
		return -ENOMEM;
	do {
		n = min_t(size_t, TRACE_BATCH, (size - done) / sizeof(*records));
		n = take_records(sched, records, n);
		if (copy_to_user(buf + done, records, n * sizeof(*records))) {
			done = done ?: -EFAULT;
			break;
		}
		done += n * sizeof(*records);
		/* The thread of a window's vCPU may have to run on this CPU. */
		cond_resched();
	} while (n == TRACE_BATCH);
	kfree(records);
	return done ?: -EAGAIN;
}

/* vCPUs may still have places in the schedule: their KVM_RUN fails with ENODEV from now on. */
static int frame_release(struct inode *inode, struct file *file)
{
	struct hvk_sched *sched = file->private_data;

	mutex_lock(&sched->lock);
	WRITE_ONCE(sched->failed, true);
	hvk_sched_stop(sched);
	mutex_unlock(&sched->lock);
	give_cpus(sched);
	hvk_sched_put(sched);
	return 0;
}

static const struct file_operations frame_fops = {
	.owner = THIS_MODULE,
	.release = frame_release,
	.unlocked_ioctl = frame_ioctl,
	.compat_ioctl = hvk_user32_ioctl,
	.read = frame_read,
	.llseek = noop_llseek,
};
