// SPDX-License-Identifier: BSD-2-Clause
/* Event channels as interrupts. */

#include "event.h"

#include "gic.h"

static struct {
	event_handler *handler;
	void *arg;
} events[HVK_PARA_EVENT_MAX];

static void on_event(unsigned int intid, void *arg)
{
	unsigned int number = intid - HVK_PARA_EVENT_INTID;

	(void)arg;
	hvk_event_pending(1ul << number, NULL);
	events[number].handler(events[number].arg);
}

int64_t event_listen(const struct hvk_para_channel *channel, event_handler *handler, void *arg)
{
	uint32_t number = channel->number;
	int64_t result;

	if (!(channel->role & HVK_PARA_RECEIVE) || number >= HVK_PARA_EVENT_MAX)
		return HVK_PARA_EDENIED;
	/*
	 * An interrupt from before the GIC was set up may be lost. Unmasking a pending
	 * event below raises it again.
	 */
	result = hvk_event_mask(number, true);
	if (result < 0)
		return result;
	events[number].handler = handler;
	events[number].arg = arg;
	gic_set_handler(channel->intid, on_event, NULL);
	gic_set_edge(channel->intid, true);
	gic_enable(channel->intid);
	return hvk_event_mask(number, false);
}
