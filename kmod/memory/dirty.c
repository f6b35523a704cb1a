// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty logging: which pages of a region the guest has written (process context).
 *
 * A page whose bit is clear is mapped read-only; a write to it faults, and the fault
 * maps the page writable and then sets the bit (populate.c). Hence the bits are taken
 * first and their pages write-protected afterwards: a write in between is to a page
 * whose bit was taken just now, or it faults and sets the bit for the next time.
 *
 * With KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2 the VMM clears bits with KVM_CLEAR_DIRTY_LOG,
 * a range at a time, and KVM_GET_DIRTY_LOG only copies them.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core/vm.h"
#include "memory/dirty.h"
#include "memory/slot.h"
#include "memory/stage2.h"

/*
 * Words of a bitmap that are copied to userspace at a time, and cleared between two
 * cond_resched().
 */
#define CHUNK_WORDS	(PAGE_SIZE / sizeof(long))

/*
 * The VMM chooses the bitmap's size: if there is no memory for it, the kernel log need
 * not warn.
 */
#define GFP_BITMAP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

static u64 slot_pages(const struct hvk_slot *slot)
{
	return slot->size >> PAGE_SHIFT;
}

void hvk_mark_dirty(const struct hvk_slot *slot, u64 ipa)
{
	if (slot->dirty)
		set_bit((ipa - slot->ipa) >> PAGE_SHIFT, slot->dirty);
}

/* --- start of logging ------------------------------------------------------ */

static bool all_dirty_at_first(const struct hvk_vm *vm)
{
	return vm->dirty_manual & KVM_DIRTY_LOG_INITIALLY_SET;
}

int hvk_dirty_alloc(struct hvk_vm *vm, struct hvk_slot *slot)
{
	lockdep_assert_held(&vm->slots_lock);
	slot->dirty = kvcalloc(BITS_TO_LONGS(slot_pages(slot)), sizeof(long),
			       GFP_BITMAP);
	if (!slot->dirty)
		return -ENOMEM;
	if (all_dirty_at_first(vm))
		bitmap_set(slot->dirty, 0, slot_pages(slot));
	return 0;
}

void hvk_dirty_start(struct hvk_vm *vm, const struct hvk_slot *slot)
{
	/* If all pages are dirty at first, each is write-protected when its bit is cleared. */
	if (!all_dirty_at_first(vm))
		hvk_s2_wp(vm, slot->ipa, slot->size);
}

/* --- ioctls ---------------------------------------------------------------- */

long hvk_dirty_manual(struct hvk_vm *vm, u64 how)
{
	u64 allowed = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE;

	if (how & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)
		allowed = HVK_DIRTY_MANUAL_CAPS;
	if (how & ~allowed)
		return -EINVAL;
	mutex_lock(&vm->slots_lock);
	vm->dirty_manual = how;
	mutex_unlock(&vm->slots_lock);
	return 0;
}

/* The region with this number; ERR_PTR(-ENOENT) if there is none or it does not log. */
static const struct hvk_slot *logging_slot(struct hvk_vm *vm, u32 id)
{
	const struct hvk_slot *slot = hvk_slot_by_id(vm, id);

	return slot && slot->dirty ? slot : ERR_PTR(-ENOENT);
}

static bool slot_id_valid(u32 id)
{
	return !(id >> 16) && id < HVK_MAX_SLOTS;
}

/*
 * Copies the region's bits to userspace and, if `take`, clears them; after an error
 * some of them may be cleared.
 */
static int show_bits(const struct hvk_slot *slot, bool take,
		     unsigned long __user *to)
{
	size_t words = BITS_TO_LONGS(slot_pages(slot)), done, nr, i;
	unsigned long *chunk;
	int err = 0;

	chunk = kmalloc_array(CHUNK_WORDS, sizeof(long), GFP_KERNEL_ACCOUNT);
	if (!chunk)
		return -ENOMEM;
	for (done = 0; done < words && !err; done += nr) {
		nr = min(words - done, CHUNK_WORDS);
		for (i = 0; i < nr; i++) {
			unsigned long *word = &slot->dirty[done + i];

			chunk[i] = take ? xchg(word, 0) : READ_ONCE(*word);
		}
		if (copy_to_user(to + done, chunk, nr * sizeof(long)))
			err = -EFAULT;
		cond_resched();
	}
	kfree(chunk);
	return err;
}

static int get_log(struct hvk_vm *vm, const struct kvm_dirty_log *log)
{
	const struct hvk_slot *slot = logging_slot(vm, log->slot);
	bool take = !vm->dirty_manual;
	int err;

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	err = show_bits(slot, take, log->dirty_bitmap);
	if (take)
		hvk_s2_wp(vm, slot->ipa, slot->size);
	return err;
}

int hvk_dirty_get(struct hvk_vm *vm, const struct kvm_dirty_log *log)
{
	int err;

	if (!slot_id_valid(log->slot))
		return -EINVAL;
	mutex_lock(&vm->slots_lock);
	err = get_log(vm, log);
	mutex_unlock(&vm->slots_lock);
	return err;
}

/*
 * Clears the log's bits that are set in `bits`, which is `words` words for the pages
 * from `first` on. Bits beyond the region's last page are never set in the log.
 * Neighbouring words with dirty pages are write-protected in one call; pages in between
 * whose bits stay set fault once more and lose nothing.
 */
static void clear_bits(struct hvk_vm *vm, const struct hvk_slot *slot,
		       u64 first, const unsigned long *bits, size_t words)
{
	u64 from = 0, to = 0;	/* [from, to) in pages: still to be write-protected */
	size_t i;

	for (i = 0; i < words; i++) {
		u64 page = first + i * BITS_PER_LONG;
		unsigned long *word = &slot->dirty[page / BITS_PER_LONG];
		unsigned long had = bits[i];

		if (!(i % CHUNK_WORDS))
			cond_resched();
		if (had)
			had &= atomic_long_fetch_andnot(had,
							(atomic_long_t *)word);
		if (had && from == to)
			from = page + __ffs(had);
		if (had)
			to = page + __fls(had) + 1;
		if (from != to && (!had || i + 1 == words)) {
			hvk_s2_wp(vm, slot->ipa + (from << PAGE_SHIFT),
				  (to - from) << PAGE_SHIFT);
			from = to;
		}
	}
}

static int clear_log(struct hvk_vm *vm, const struct kvm_clear_dirty_log *log)
{
	const struct hvk_slot *slot = logging_slot(vm, log->slot);
	unsigned long *bits;
	size_t words;
	u64 pages;

	if (IS_ERR(slot))
		return PTR_ERR(slot);
	pages = slot_pages(slot);
	if (log->first_page > pages ||
	    log->num_pages > pages - log->first_page)
		return -EINVAL;
	/* The bits come in whole words, except at the end of the region. */
	if (log->num_pages % BITS_PER_LONG &&
	    log->num_pages < pages - log->first_page)
		return -EINVAL;
	words = BITS_TO_LONGS(log->num_pages);
	if (!words)
		return 0;
	bits = kvmalloc_array(words, sizeof(long), GFP_BITMAP);
	if (!bits)
		return -ENOMEM;
	if (copy_from_user(bits, log->dirty_bitmap, words * sizeof(long))) {
		kvfree(bits);
		return -EFAULT;
	}
	clear_bits(vm, slot, log->first_page, bits, words);
	kvfree(bits);
	return 0;
}

int hvk_dirty_clear(struct hvk_vm *vm, const struct kvm_clear_dirty_log *log)
{
	int err;

	if (!slot_id_valid(log->slot) || log->first_page % BITS_PER_LONG)
		return -EINVAL;
	mutex_lock(&vm->slots_lock);
	err = clear_log(vm, log);
	mutex_unlock(&vm->slots_lock);
	return err;
}
