/* SPDX-License-Identifier: GPL-2.0-only */
/* The vGIC of a VM, and the CPU interface of a vCPU. */
#ifndef HVK_IRQ_VGIC_STATE_H
#define HVK_IRQ_VGIC_STATE_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

struct hvk_irq;
struct hvk_routing;
struct hvk_vcpu;

#define HVK_NR_SGI		16
#define HVK_NR_PRIVATE		32
#define HVK_MAX_INTID		1020
#define HVK_NR_SPI		(HVK_MAX_INTID - HVK_NR_PRIVATE)
#define HVK_MAX_LR		64
#define HVK_GICV2_MAX_VCPUS	8	/* CPU targets are a byte (IHI 0048 4.3.12) */

struct hvk_vgic {
	bool created;		/* the VM has a vGIC */
	bool ready;		/* initialised: the layout is fixed (release/acquire) */
	u32 nr_irqs;		/* INTIDs; HVK_NR_PRIVATE: not chosen yet */
	u64 dist_base, cpu_base;	/* IPA, or HVK_VGIC_UNDEF */
	bool dist_enabled;	/* GICD_CTLR */
	u8 revision;		/* GICD_IIDR.Revision */
	bool groups_writable;	/* by the VMM, as it has written GICD_IIDR */
	struct hvk_irq *spi;	/* nr_irqs - 32 of them */
	bool mapped;		/* GICV is in stage-2 */
	u32 *image;		/* a page: GICD's registers, which EL2 shares (image.h) */
	/* The page with GICC_DIR (irq/dir.c): */
	struct mutex dir_lock;	/* to map and unmap it in stage-2; outermost */
	bool dir_trapped;	/* it is not in stage-2 */
	atomic_t nr_dir_crowded;	/* vCPUs that need it trapped */
	struct hvk_routing __rcu *routing;	/* GSI to SPI: routing.c */
};

#define HVK_VGIC_UNDEF	(~0ULL)
/* State of an interrupt in a list register (IHI 0048 5.3.9, GICH_LRn.State). */
#define HVK_LR_PENDING		BIT(0)
#define HVK_LR_ACTIVE		BIT(1)

/* One list register, whatever the version of the GIC. */
struct hvk_lr {
	struct hvk_irq *irq;
	u16 rank;		/* while choosing: less is more urgent */
	u8 state;		/* HVK_LR_*, as written, and after the exit as read */
	u8 cpuid;		/* SGI: its source */
	u8 priority;
	bool hw;		/* deactivation also deactivates the physical interrupt */
	bool eoi;		/* the guest's deactivation ends guest mode */
	bool group1;
};

/* The virtual CPU interface of one vCPU. */
struct hvk_vgic_cpu {
	raw_spinlock_t lock;	/* ap_list */
	struct list_head ap_list;	/* pending or active for this vCPU */
	struct hvk_irq *priv;	/* HVK_NR_PRIVATE of them */

	/*
	 * From here on for the vCPU's own thread, or one that holds its mutex, only.
	 * used_lr is not 0 only from flush to sync.
	 */
	u32 vmcr, apr;		/* GICH_VMCR, GICH_APR; current after put */
	unsigned int used_lr;
	struct hvk_irq *timer;	/* the PPI that is mapped to the virtual timer's, or NULL */
	bool (*timer_level)(struct hvk_vcpu *vcpu, u32 intid);	/* whether its line is high */
	bool touched;		/* a private interrupt's registers, or GICD_CTLR, changed */
	/* From adopt to hvk_vtimer_sync(): EL2 has made the timer's PPI active, its line high. */
	bool timer_fired, timer_raised;
	bool underflow;		/* exit when list registers run out */
	bool no_pending;	/* exit when none of them is pending */
	bool dir_crowded;	/* counted in nr_dir_crowded */
	bool evicted;		/* active interrupts are in none: exit at an EOI */
	unsigned int evicted_eois;	/* the number of these EOIs, set by leave() */
	/* SPIs of whose EOI irqfds have to be told, from sync to hvk_resample_ack(). */
	bool has_acked;
	unsigned long acked[BITS_TO_LONGS(HVK_NR_SPI)];	/* by INTID - 32 */
	struct hvk_lr lr[HVK_MAX_LR];

	/* What this CPU's GICH holds while the vCPU is loaded (irq/v2.c). */
	u32 hw_hcr;
	u64 hw_known;		/* list registers whose hw_lr[] is right */
	u64 hw_valid;		/* those of them that hold an interrupt */
	u32 hw_lr[HVK_MAX_LR];
};

#endif /* HVK_IRQ_VGIC_STATE_H */
