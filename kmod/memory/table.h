/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 translation tables (VMSAv8-64, 4 KiB granule, 32 to 48 bits of IPA):
 * the format and the walker. Pure: what the walker does to the machine goes
 * through struct hvk_s2_ops, so that a test can record it.
 *
 * The caller holds a lock that keeps every other writer of the table out, and
 * for the calls that write also every reader.
 */
#ifndef HVK_S2_TABLE_H
#define HVK_S2_TABLE_H

#include <linux/bits.h>
#include <linux/types.h>

#include "memory/table_state.h"

#define HVK_S2_PAGE_SHIFT	12
#define HVK_S2_BLOCK_SHIFT	21
#define HVK_S2_PAGE_SIZE	BIT_ULL(HVK_S2_PAGE_SHIFT)
#define HVK_S2_BLOCK_SIZE	BIT_ULL(HVK_S2_BLOCK_SHIFT)

/* The levels that leaves are at; those with smaller numbers only have tables. */
#define HVK_S2_BLOCK_LEVEL	2
#define HVK_S2_PAGE_LEVEL	3

/* Stage-2 descriptors (DDI 0487 D8.3) */
#define HVK_S2_VALID		BIT_ULL(0)
#define HVK_S2_TABLE		BIT_ULL(1)	/* at level 3: a page */
#define HVK_S2_MEMATTR		GENMASK_ULL(5, 2)
#define HVK_S2_AP_READ		BIT_ULL(6)
#define HVK_S2_AP_WRITE		BIT_ULL(7)
#define HVK_S2_SH		GENMASK_ULL(9, 8)
#define HVK_S2_AF		BIT_ULL(10)
#define HVK_S2_ADDR		GENMASK_ULL(47, 12)
#define HVK_S2_XN		BIT_ULL(54)

/*
 * HVK_S2_MEMATTR, without FEAT_S2FWB (DDI 0487 D8.6). Devices are without early
 * acknowledgment of writes (nE): of the types that stage 1 and stage 2 give, the
 * stronger holds (D8.6), so the guest cannot weaken it. So a DSB waits for the device's
 * own answer, and the SError of a bad write is pending when guest_exit (entry.S) looks
 * for it; with an early acknowledgment it could come later and hit the host. KVM maps
 * GICV as nGnRE (its PAGE_S2_DEVICE), so that its exits have that window.
 */
#define HVK_S2_MEMATTR_NORMAL_WB	0xf
#define HVK_S2_MEMATTR_DEVICE_NGNRNE	0x0

#define HVK_S2_SH_INNER		3

/* VTCR_EL2 (DDI 0487 D17.2.157) */
#define HVK_VTCR_T0SZ		GENMASK_ULL(5, 0)
#define HVK_VTCR_SL0		GENMASK_ULL(7, 6)
#define HVK_VTCR_IRGN0		GENMASK_ULL(9, 8)
#define HVK_VTCR_ORGN0		GENMASK_ULL(11, 10)
#define HVK_VTCR_SH0		GENMASK_ULL(13, 12)
#define HVK_VTCR_PS		GENMASK_ULL(18, 16)
#define HVK_VTCR_VS		BIT_ULL(19)
#define HVK_VTCR_RES1		BIT_ULL(31)

/* VTTBR_EL2 (DDI 0487 D17.2.158) */
#define HVK_VTTBR_VMID		GENMASK_ULL(63, 48)

/* What a mapping is and grants (`prot`); reading is always granted. */
#define HVK_S2_WRITE		BIT(0)
#define HVK_S2_EXEC		BIT(1)
#define HVK_S2_DEVICE		BIT(2)	/* Device-nGnRnE, never executable */
/* The caller has cleaned the memory to the PoC, see hvk_s2_table_map(). */
#define HVK_S2_CLEANED		BIT(3)

/* Bytes that are cleaned in one step: 256 lines of 64 bytes. */
#define HVK_S2_CLEAN_STEP	(4 * HVK_S2_PAGE_SIZE)

/* With more leaves than this, one TLBI of the whole VMID is cheaper. */
#define HVK_S2_TLBI_IPAS	16
struct hvk_s2_table;

/* What the walker does to the machine. None of these sleeps. */
struct hvk_s2_ops {
	/* Returns a table of zeroes, or NULL if none is available. */
	u64 *(*alloc)(struct hvk_s2_table *t);
	/* Frees a table that no walk can reach any more. */
	void (*free)(struct hvk_s2_table *t, u64 *table);
	/* The physical address of a table. */
	u64 (*pa)(const u64 *table);
	/* The table at a physical address. */
	u64 *(*va)(u64 pa);
	/* One single-copy atomic store of a descriptor. */
	void (*write)(u64 *entry, u64 desc);
	/*
	 * Makes descriptors stored so far visible to walks before whatever comes next:
	 * DSB ISHST.
	 */
	void (*order)(void);
	/* TLBI of one leaf, and of the whole VMID: on every PE, complete on return. */
	void (*tlbi_ipa)(struct hvk_s2_table *t, u64 ipa);
	void (*tlbi_all)(struct hvk_s2_table *t);
	/* Cleans and invalidates data to the PoC; complete on return. */
	void (*clean)(u64 pa, u64 size);
	/* Makes instruction fetches see memory that is clean already; complete on return. */
	void (*sync_icache)(u64 pa, u64 size);
};

/* The level at which walks start; *root_pages is the number of concatenated root tables. */
unsigned int hvk_s2_start_level(unsigned int ipa_bits, unsigned int *root_pages);
/* VTCR_EL2 for these sizes (pa_bits of ID_AA64MMFR0_EL1, vmid_bits 8 or 16). */
u64 hvk_s2_vtcr(unsigned int ipa_bits, unsigned int pa_bits,
		unsigned int vmid_bits);

/*
 * Maps ipa to pa with a leaf at `level`, both aligned to its size. A different mapping
 * is replaced; one of the same memory keeps what it granted. 0; -ENOMEM: ops->alloc()
 * returned none; -EUCLEAN: the block must be cleaned first, which takes too long for a
 * lock: the caller drops the lock, cleans the memory, on which it holds a reference,
 * and calls once more with HVK_S2_CLEANED. On an error no mapping was lost.
 */
int hvk_s2_table_map(struct hvk_s2_table *t, u64 ipa, u64 pa,
		     unsigned int level, unsigned int prot);
/*
 * Maps nr pages from ipa on, pa[] of Normal memory that the caller has cleaned to the PoC
 * and that is not to be executed. All are in one table of the last level: where there is
 * no such table nothing is mapped, and where something is mapped that stays.
 */
void hvk_s2_table_fill(struct hvk_s2_table *t, u64 ipa, const u64 *pa,
		       unsigned int nr, unsigned int prot);
/* The leaf that translates ipa, or 0; *level is where the walk ended. */
u64 hvk_s2_table_leaf(const struct hvk_s2_table *t, u64 ipa,
		      unsigned int *level);
/* Sets the access flag of the leaf at ipa, if there is a leaf. */
void hvk_s2_table_touch(struct hvk_s2_table *t, u64 ipa);

/*
 * Unmap and write-protect [ipa, end), both page-aligned, in steps that are short enough
 * for a lock: they return where they stopped, `end` if done. A block that is only in
 * part in the range is taken whole. TLBs are up to date on return.
 *
 * What was unmapped is owed: its memory still has to be cleaned and its tables freed.
 * Call hvk_s2_table_settle() until it returns true before the next step of unmap, and
 * before the memory is given back.
 */
u64 hvk_s2_table_unmap(struct hvk_s2_table *t, u64 ipa, u64 end);
u64 hvk_s2_table_wp(struct hvk_s2_table *t, u64 ipa, u64 end);
/*
 * Cleans at most HVK_S2_CLEAN_STEP bytes of what is owed, and frees tables whose pages
 * are clean. The lock may be dropped between two calls. true: nothing is owed any more.
 */
bool hvk_s2_table_settle(struct hvk_s2_table *t);
/*
 * A step as above that cleans and invalidates to the PoC what is mapped, devices apart;
 * of a block only what is in the range. Writes no table, so the lock need only be held
 * for reading.
 */
u64 hvk_s2_table_clean(struct hvk_s2_table *t, u64 ipa, u64 end);

/* What hvk_s2_gather_age() does with access flags that are set. */
enum hvk_s2_age {
	HVK_S2_AGE_TEST,	/* look only */
	HVK_S2_AGE_CLEAR,	/* clear; TLBs may hold it as set for a while */
	HVK_S2_AGE_FLUSH,	/* clear, in TLBs as well */
};

/*
 * Collects TLB invalidations of several ranges until hvk_s2_gather_finish() does them
 * together. The lock is held from begin to finish.
 */
struct hvk_s2_gather {
	struct hvk_s2_table *t;
	unsigned int work;	/* descriptors that were looked at */
	bool order;		/* there are stores that are not ordered yet */
	unsigned int nr_ipas;	/* HVK_S2_TLBI_IPAS + 1: invalidate the whole VMID */
	u64 ipa[HVK_S2_TLBI_IPAS];
};

/* Makes the gather empty. */
void hvk_s2_gather_begin(struct hvk_s2_gather *g, struct hvk_s2_table *t);
/*
 * As hvk_s2_table_unmap(), but TLBs are not up to date before hvk_s2_gather_finish(),
 * and what is owed is settled after that. Nothing may be owed before the first call.
 * Stops when the gather is full, and then does nothing more until the finish.
 */
u64 hvk_s2_gather_unmap(struct hvk_s2_gather *g, u64 ipa, u64 end);
/*
 * Whether anything in [ipa, end) was accessed since its access flag was cleared. Goes
 * through the whole range in one step.
 */
bool hvk_s2_gather_age(struct hvk_s2_gather *g, u64 ipa, u64 end,
		       enum hvk_s2_age how);
/* The gather holds enough for one step: it has to be finished, and what is owed settled. */
bool hvk_s2_gather_full(const struct hvk_s2_gather *g);
/* Brings TLBs up to date; the gather is then empty and may be used on. */
void hvk_s2_gather_finish(struct hvk_s2_gather *g);

#endif /* HVK_S2_TABLE_H */
