/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only file that tests for kernel versions. If the kernel lacks an option that
 * hvk needs, the build fails here and names the option.
 */
#ifndef HVK_COMPAT_H
#define HVK_COMPAT_H

#include <linux/version.h>

#ifndef CONFIG_ARM64
#error "hvk is for 64-bit Arm"
#endif
#ifndef CONFIG_ARM64_4K_PAGES
#error "hvk needs a kernel with 4 KiB pages (CONFIG_ARM64_4K_PAGES)"
#endif
#ifndef CONFIG_EVENTFD
#error "hvk needs CONFIG_EVENTFD"
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "hvk needs Linux 6.1 or later"
#endif

/*
 * A kernel without KVM may lack the following, because nothing else selects it.
 * Preempt notifiers: see stay.h. MMU notifiers: guest memory is pinned instead
 * (pins.h). Interval trees, which MMU notifiers select: see interval_tree.c.
 */
#ifdef CONFIG_MMU_NOTIFIER
#define HVK_PINS_MEMORY	false
#else
#define HVK_PINS_MEMORY	true
#endif

/*
 * Whether the kernel initialises these EL2 registers at boot: MPAM2_EL2 and
 * MPAMHCR_EL2 (since Linux 6.13), those of FEAT_FGT2 (since 6.15).
 */
#define HVK_KERNEL_HAS_MPAM	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0))
#define HVK_KERNEL_HAS_FGT2	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0))

#include <linux/eventfd.h>
#include <linux/hrtimer.h>
#include <linux/kvm.h>
#include <linux/mm.h>

#include <asm/neon.h>

/*
 * GUP flag since Linux 6.2: get_user_pages_unlocked() gives up with -EINTR on any
 * signal. Older kernels wait until the page comes or the thread is killed.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define HVK_FOLL_INTERRUPTIBLE	FOLL_INTERRUPTIBLE
#else
#define HVK_FOLL_INTERRUPTIBLE	0
#endif

/* get_user_pages(), with mmap_lock held. It lost its last argument with 6.5. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define hvk_get_user_pages(start, nr, flags, pages)			\
	get_user_pages(start, nr, flags, pages)
#else
#define hvk_get_user_pages(start, nr, flags, pages)			\
	get_user_pages(start, nr, flags, pages, NULL)
#endif

/*
 * hvk_work_pending(): whether the current thread has kernel work to do before it
 * may enter a guest (a reschedule, a signal, task work). Called with interrupts
 * off. hvk_work_maybe() is the same with interrupts on, where more may come at any
 * time. guestwork.c does the work.
 */
#if defined(CONFIG_VIRT_XFER_TO_GUEST_WORK)
#include <linux/entry-virt.h>
#define HVK_XFER_WORK
#elif defined(CONFIG_KVM_XFER_TO_GUEST_WORK)
#include <linux/entry-kvm.h>
#define HVK_XFER_WORK
#define HVK_XFER_WORK_VCPU
#endif
#ifdef HVK_XFER_WORK
#define hvk_work_pending()	xfer_to_guest_mode_work_pending()
#define hvk_work_maybe()	__xfer_to_guest_mode_work_pending()
#else
#include <linux/sched/signal.h>
#define hvk_work_maybe()	hvk_work_pending()
#define hvk_work_pending()						\
	(need_resched() || signal_pending(current) ||			\
	 test_thread_flag(TIF_NOTIFY_RESUME))
#endif

/*
 * KVM_SET_USER_MEMORY_REGION2 is from Linux 6.8. Its structure begins like the
 * older call's. The fields that follow are for guest_memfd, which hvk does not
 * have: it ignores them, as KVM does without the flag for guest_memfd.
 */
#ifndef KVM_SET_USER_MEMORY_REGION2
#define KVM_CAP_USER_MEMORY2	231
struct kvm_userspace_memory_region2 {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
	__u64 guest_memfd_offset;
	__u32 guest_memfd;
	__u32 pad1;
	__u64 pad2[14];
};

#define KVM_SET_USER_MEMORY_REGION2 \
	_IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#endif

/*
 * Whether a thread's class is changed without waiting for threads that are less urgent. Before
 * Linux 6.5 the kernel first takes cpuset_rwsem; 6.1 has that change too since about 6.1.50,
 * and this leaves it a margin.
 */
#define HVK_SETSCHED_IS_PROMPT						\
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0) ||		\
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 64) &&		\
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)))

/*
 * A running worker, bound to that CPU. namefmt has one %u, for the CPU. Since Linux 6.14
 * the kernel fills it in itself, and the old function does not start the worker.
 */
#include <linux/kthread.h>
static inline struct kthread_worker *hvk_kthread_worker_on_cpu(int cpu,
							       const char *namefmt)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
	return kthread_run_worker_on_cpu(cpu, 0, namefmt);
#else
	return kthread_create_worker_on_cpu(cpu, 0, namefmt, cpu);
#endif
}

/* Capabilities that Linux 6.1 does not define. */
#ifndef KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP
#define KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP	225
#endif
#ifndef KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE
#define KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE	228
#endif
#ifndef KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES
#define KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES	229
#endif
#ifndef KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES
#define KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES	230
#endif

/* KVM_ARM_SET_COUNTER_OFFSET is from Linux 6.4. */
#ifndef KVM_ARM_SET_COUNTER_OFFSET
#define KVM_CAP_COUNTER_OFFSET	227
struct kvm_arm_counter_offset {
	__u64 counter_offset;
	__u64 reserved;
};

#define KVM_ARM_SET_COUNTER_OFFSET \
	_IOW(KVMIO, 0xb5, struct kvm_arm_counter_offset)
#endif

#ifndef KVM_ARM_GET_REG_WRITABLE_MASKS
#define KVM_ARM_FEATURE_ID_RANGE	0
#define KVM_ARM_FEATURE_ID_RANGE_SIZE	(3 * 8 * 8)

struct reg_mask_range {
	__u64 addr;
	__u32 range;
	__u32 reserved[13];
};

#define KVM_ARM_GET_REG_WRITABLE_MASKS					\
	_IOR(KVMIO, 0xb6, struct reg_mask_range)
#endif

#ifndef KVM_ARM_VM_SMCCC_CTRL
#define KVM_ARM_VM_SMCCC_CTRL		0
#define KVM_ARM_VM_SMCCC_FILTER		0
#define KVM_HYPERCALL_EXIT_SMC		BIT(0)
#define KVM_HYPERCALL_EXIT_16BIT	BIT(1)
enum kvm_smccc_filter_action {
	KVM_SMCCC_FILTER_HANDLE,
	KVM_SMCCC_FILTER_DENY,
	KVM_SMCCC_FILTER_FWD_TO_USER,
};

struct kvm_smccc_filter {
	__u32 base;
	__u32 nr_functions;
	__u8 action;
	__u8 pad[15];
};

/* The run page's hypercall.flags was named longmode before Linux 6.4. */
#define hvk_set_hypercall_flags(run, val) ((run)->hypercall.longmode = (val))
#else
#define hvk_set_hypercall_flags(run, val) ((run)->hypercall.flags = (val))
#endif

/* kvm_run.immediate_exit; kernel code has to call it immediate_exit__unsafe since 6.10. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define hvk_immediate_exit(run)	READ_ONCE((run)->immediate_exit__unsafe)
#else
#define hvk_immediate_exit(run)	READ_ONCE((run)->immediate_exit)
#endif

/* Tells RCU that this CPU enters a guest: a quiescent state. Interrupts off. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define hvk_rcu_note_guest()	rcu_virt_note_context_switch()
#else
#define hvk_rcu_note_guest()	rcu_virt_note_context_switch(smp_processor_id())
#endif

/* hrtimer_setup() came with 6.13; hrtimer_init() went with 6.15. */
static inline void hvk_hrtimer_setup(struct hrtimer *timer,
				     enum hrtimer_restart (*fn)(struct hrtimer *),
				     clockid_t clock, enum hrtimer_mode mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, fn, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
#endif
}

/* eventfd_signal() lost its count argument with 6.8. */
static inline void hvk_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

/*
 * The kernel saves what any thread has in the FP, SVE and SME registers, and does not use them in
 * between. Preemption and interrupts as kernel_neon_begin() has it; 6.19 added the argument, which
 * only a preemptible caller needs.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define hvk_neon_begin()	kernel_neon_begin(NULL)
#define hvk_neon_end()		kernel_neon_end(NULL)
#else
#define hvk_neon_begin()	kernel_neon_begin()
#define hvk_neon_end()		kernel_neon_end()
#endif

/* Return type of the MMU notifiers' clear_flush_young, clear_young and test_young. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define hvk_young_t bool
#else
#define hvk_young_t int
#endif

#endif /* HVK_COMPAT_H */
