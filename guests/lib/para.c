// SPDX-License-Identifier: BSD-2-Clause
/* hvk's hypercalls, and substitutes for them under other hypervisors. */

#include "para.h"

#include "mmu.h"
#include "psci.h"
#include "string.h"
#include "timer.h"

static uint64_t features; /* bit n: the call HVK_PARA_FN_BASE + n is there */
static bool present;

void hvk_init(void)
{
	struct hvk_result uid = hvk_call(HVK_PARA_UID, 0, 0, 0);
	struct hvk_result answer;

	if ((uint32_t)uid.x0 != HVK_PARA_UID_0 || (uint32_t)uid.x1 != HVK_PARA_UID_1 ||
	    (uint32_t)uid.x2 != HVK_PARA_UID_2 || (uint32_t)uid.x3 != HVK_PARA_UID_3)
		return;
	answer = hvk_call(HVK_PARA_REVISION, 0, 0, 0);
	if (answer.x0 != HVK_PARA_MAJOR)
		return;
	present = true;
	answer = hvk_call(HVK_PARA_FEATURES, 0, 0, 0);
	if (answer.x0 == HVK_PARA_OK)
		features = answer.x1;
}

bool hvk_present(void)
{
	return present;
}

bool hvk_has(uint32_t function)
{
	uint32_t n = function - HVK_PARA_FN_BASE;

	return n < 64 && (features >> n & 1);
}

static struct hvk_result call(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	if (!hvk_has(function))
		return (struct hvk_result){ .x0 = HVK_PARA_ENOSUP };
	return hvk_call(function, a1, a2, a3);
}

int64_t hvk_console_write(const void *bytes, size_t size)
{
	return call(HVK_PARA_CONSOLE_WRITE, (uintptr_t)bytes, size, 0).x0;
}

int64_t hvk_info(struct hvk_para_info *info)
{
	memset(info, 0, sizeof(*info));
	return call(HVK_PARA_INFO, (uintptr_t)info, sizeof(*info), 0).x0;
}

uint64_t hvk_time(void)
{
	struct hvk_result now = call(HVK_PARA_TIME_NOW, 0, 0, 0);

	return now.x0 == HVK_PARA_OK ? now.x1 : timer_nanoseconds(timer_now());
}

int64_t hvk_timer_set(uint64_t deadline)
{
	return call(HVK_PARA_TIMER_SET, deadline, 0, 0).x0;
}

int64_t hvk_timer_cancel(void)
{
	struct hvk_result result = call(HVK_PARA_TIMER_CANCEL, 0, 0, 0);

	return result.x0 == HVK_PARA_OK ? (int64_t)result.x1 : result.x0;
}

void hvk_yield(void)
{
	if (call(HVK_PARA_YIELD, 0, 0, 0).x0 == HVK_PARA_ENOSUP)
		relax();
}

int64_t hvk_wait(uint64_t deadline)
{
	int64_t result = call(HVK_PARA_WAIT, deadline, 0, 0).x0;

	if (result == HVK_PARA_ENOSUP && deadline == HVK_PARA_FOREVER)
		wfi();
	return result;
}

int64_t hvk_event_notify(uint32_t channel)
{
	dsb(); /* earlier stores are visible to the receiver before the event */
	return call(HVK_PARA_EVENT_NOTIFY, channel, 0, 0).x0;
}

int64_t hvk_event_mask(uint32_t channel, bool masked)
{
	return call(HVK_PARA_EVENT_MASK, channel, masked, 0).x0;
}

uint64_t hvk_event_pending(uint64_t mask, uint64_t *left)
{
	struct hvk_result result = call(HVK_PARA_EVENT_PENDING, mask, 0, 0);
	bool ok = result.x0 == HVK_PARA_OK;

	if (left)
		*left = ok ? result.x2 : 0;
	dmb(); /* the event is taken before later reads of what it tells about */
	return ok ? result.x1 : 0;
}

/*
 * Finds the entry called `wanted` in the list that `function` returns by index. `entry` has
 * `size` bytes, and `name` is its name in it.
 */
static int64_t find(uint32_t function, const char *wanted, void *entry, size_t size,
		    const char *name)
{
	for (uint64_t i = 0;; i++) {
		int64_t filled;

		memset(entry, 0, size);
		filled = call(function, i, (uintptr_t)entry, size).x0;
		if (filled < 0)
			return filled;
		if (strcmp(name, wanted) == 0)
			return HVK_PARA_OK;
	}
}

int64_t hvk_channel_find(const char *name, struct hvk_para_channel *channel)
{
	return find(HVK_PARA_CHANNEL_INFO, name, channel, sizeof(*channel), channel->name);
}

int64_t hvk_shared_find(const char *name, struct hvk_para_shared *shared)
{
	return find(HVK_PARA_SHARED_INFO, name, shared, sizeof(*shared), shared->name);
}

void *hvk_shared_map(const struct hvk_para_shared *shared)
{
	mmu_map_shared(shared->ipa, shared->size,
		       shared->flags & HVK_PARA_SHARED_CACHED ? MMU_NORMAL : MMU_UNCACHED,
		       shared->flags & HVK_PARA_SHARED_WRITE ? 0 : MMU_READ_ONLY);
	return (void *)(uintptr_t)shared->ipa;
}

int64_t hvk_window(struct hvk_window *window)
{
	struct hvk_result result = call(HVK_PARA_WINDOW, 0, 0, 0);

	*window = (struct hvk_window){ result.x1, result.x2, result.x3 };
	return result.x0;
}

void hvk_halt(uint64_t code)
{
	call(HVK_PARA_HALT, code, 0, 0);
	psci_system_off();
}

void hvk_reboot(void)
{
	call(HVK_PARA_REBOOT, 0, 0, 0);
	psci_system_reset();
}

int64_t hvk_health(uint64_t code, const char *text)
{
	size_t size = strlen(text);

	if (size > HVK_PARA_HEALTH_MAX)
		size = HVK_PARA_HEALTH_MAX;
	return call(HVK_PARA_HEALTH, code, (uintptr_t)text, size).x0;
}
