/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels as interrupts. Not needed for events that are only waited for (hvk_wait()). */
#pragma once

#include "para.h"

/*
 * Called in interrupt context on PE 0 for a pending event, which is cleared before. Several
 * notifications may have become one event.
 */
typedef void event_handler(void *arg);

/*
 * Calls `handler` from now on for each event of a channel whose receiver is this guest.
 * HVK_PARA_OK, HVK_PARA_EDENIED (not its receiver), or another HVK_PARA_E*.
 */
int64_t event_listen(const struct hvk_para_channel *channel, event_handler *handler, void *arg);
