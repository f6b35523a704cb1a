/* SPDX-License-Identifier: GPL-2.0-only */
/* guests/linux/link.c with channels that the test plays. */
#ifndef HVK_LINK_BENCH_H
#define HVK_LINK_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

/* An ioctl on a channel's file descriptor. Returns what the ioctl does. */
int link_bench_ioctl(int fd, unsigned long request, void *arg);

#ifdef __cplusplus
}
#endif

#endif /* HVK_LINK_BENCH_H */
