/* SPDX-License-Identifier: BSD-2-Clause */
/* Event channels as interrupts. Whoever only waits for events needs none of it. */
#pragma once

#include "para.h"

/* In interrupt context on PE 0, the event taken; several may have become one. */
typedef void event_handler(void *arg);

/* From now on `handler` is called for events of a channel that this guest receives. */
int64_t event_listen(const struct hvk_para_channel *channel, event_handler *handler, void *arg);
