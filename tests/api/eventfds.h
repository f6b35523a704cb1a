/* SPDX-License-Identifier: GPL-2.0-only */
/* What eventfds.c and its tests of ioeventfds share. */
#ifndef HVK_TESTS_API_EVENTFDS_H
#define HVK_TESTS_API_EVENTFDS_H

#include "suite.h"

#define DOORBELL	0x0a000000ull	/* nobody's address: ioeventfds */

/* KVM_IOEVENTFD: 0 or an errno. */
int ioeventfd(struct vm *vm, int fd, uint64_t addr, unsigned int len, unsigned int flags,
	      uint64_t match);

/* ioeventfds.c */
bool ioeventfd_errors(void);
bool ioeventfd_hits(void);
bool ioeventfd_pairs(void);
bool ioeventfd_big_endian(void);
bool ioeventfd_in_zone(void);

#endif /* HVK_TESTS_API_EVENTFDS_H */
