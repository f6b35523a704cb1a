// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages for memory that a guest is about to touch (EL1, in the VMM's process): in one
 * call to the host, which looks for its mapping and takes its lock once for all of them.
 *
 * That the guest will touch them is a guess (streak.h), and nobody but the guest's speed
 * may depend on it. So it is made only for memory where the host has nothing yet and nobody
 * looks for that, and only while the host has memory left. A VMM that takes memory from its
 * guest by MADV_DONTNEED (a balloon), and wants to keep the pages beside what the guest
 * touches, says MADV_RANDOM.
 */
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/page_counter.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/userfaultfd_k.h>

#include "base/compat.h"
#include "memory/ahead.h"
#include "memory/hostmap.h"

/*
 * Pages that a memory cgroup has to have left, beyond those asked for: the host's page
 * tables are charged to it too, and so is what other threads touch meanwhile.
 */
#define CGROUP_SPARE	256

/* The part of the host's memory that has to be available without swapping. */
#define HOST_SPARE_PART	64

/*
 * Whether a page may be made here that nobody has touched. Shared memory and files are
 * others' as well, and a page of a file is written back once it was made for writing. A
 * userfaultfd is to hear of the pages that the guest touches, and of no other; with
 * MLOCK_ONFAULT each page that is touched is locked; MADV_RANDOM says that there is
 * nothing to guess.
 */
static bool may_guess(struct vm_area_struct *vma)
{
	return vma_is_anonymous(vma) && (vma->vm_flags & VM_WRITE) &&
	       !(vma->vm_flags & (VM_SHARED | VM_LOCKONFAULT | VM_RAND_READ)) &&
	       !userfaultfd_armed(vma);
}

#ifdef CONFIG_MEMCG
static bool counter_has_room(struct page_counter *counter, unsigned long nr)
{
	for (; counter; counter = counter->parent)
		if (page_counter_read(counter) + nr >
		    min(READ_ONCE(counter->max), READ_ONCE(counter->high)))
			return false;
	return true;
}

/* Whether nr pages are below every limit of the memory cgroup that pays for the mm. */
static bool cgroup_has_room(struct mm_struct *mm, unsigned long nr)
{
	struct mem_cgroup *memcg;
	bool room = true;

	rcu_read_lock();
	memcg = mem_cgroup_from_task(rcu_dereference(mm->owner));
	if (memcg) {
		room = counter_has_room(&memcg->memory, nr);
		/* The first version's limit of memory and swap; else the field is swap alone. */
		if (room && !cgroup_subsys_on_dfl(memory_cgrp_subsys))
			room = counter_has_room(&memcg->memsw, nr);
	}
	rcu_read_unlock();
	return room;
}
#else
static bool cgroup_has_room(struct mm_struct *mm, unsigned long nr)
{
	return true;
}
#endif

/*
 * The host answers a lack of memory by taking it from somebody, and if that does not
 * help by killing: within a limited cgroup most likely the VMM. GUP has no flag that
 * keeps it from that for anonymous memory. So as a rule nothing is guessed near a limit:
 * other threads may take what was left a moment ago.
 */
static bool has_room(struct mm_struct *mm, unsigned int nr)
{
	return si_mem_available() > (long)(totalram_pages() / HOST_SPARE_PART) &&
	       cgroup_has_room(mm, nr + CGROUP_SPARE);
}

unsigned int hvk_ahead_get(unsigned long hva, unsigned int nr, struct page **pages)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	long n = 0;

	/* What is there already, read-only or in swap, is not changed for a guess. */
	nr = hvk_hostmap_absent(hva, nr);
	if (nr < 2 || !has_room(mm, nr))
		return 0;
	/* A guess is not worth waiting for. */
	if (!mmap_read_trylock(mm))
		return 0;
	vma = vma_lookup(mm, hva);
	if (vma && may_guess(vma)) {
		nr = min_t(unsigned long, nr, (vma->vm_end - hva) >> PAGE_SHIFT);
		/* NOWAIT: what has been swapped out since then ends it. */
		n = hvk_get_user_pages(hva, nr, FOLL_WRITE | FOLL_NOWAIT, pages);
	}
	mmap_read_unlock(mm);
	return n > 0 ? n : 0;
}
