/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_EVENTFD_H
#define KSHIM_EVENTFD_H

struct eventfd_ctx;

void eventfd_signal(struct eventfd_ctx *ctx);
struct eventfd_ctx *eventfd_ctx_fdget(int fd);
void eventfd_ctx_put(struct eventfd_ctx *ctx);

#endif
