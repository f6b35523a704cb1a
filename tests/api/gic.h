/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM's GICv2 for the test programs: its registers, how it is made, one SPI, and
 * eventfds that raise it.
 */
#ifndef HVK_TESTS_API_GIC_H
#define HVK_TESTS_API_GIC_H

#include <stdbool.h>

#include "vm.h"

#define GICD		0x08000000ull
#define GICC		0x08010000ull
#define GICD_CTLR	(GICD + 0x000)
#define GICD_ISENABLER(n) (GICD + 0x100 + (n) / 32 * 4)
#define GICD_ISPENDR(n)	(GICD + 0x200 + (n) / 32 * 4)
#define GICD_ITARGETSR(n) (GICD + 0x800 + (n))
#define GICD_ICFGR(n)	(GICD + 0xc00 + (n) / 16 * 4)
#define GICC_CTLR	(GICC + 0x00)
#define GICC_PMR	(GICC + 0x04)
#define GICC_IAR	(GICC + 0x0c)
#define GICC_EOIR	(GICC + 0x10)
#define SPURIOUS	1023
#define SPI		40	/* the one that tests raise */

/* KVM_CREATE_DEVICE: 0 and the device's fd, or an errno. */
int create_device(struct vm *vm, unsigned int type, unsigned int flags, int *dev);

/* A VM whose interrupt controller is ready; the device's fd. */
int with_gic(struct vm *vm);

/* The SPI enabled, an edge if so asked, and everything open for it. */
void open_spi(struct vm *vm, bool edge);
bool is_pending(struct vm *vm, unsigned int intid);

#define GSI		(SPI - 32)	/* without other routes */

/* KVM_IRQFD; resample counts with KVM_IRQFD_FLAG_RESAMPLE. 0 or an errno. */
int irqfd(struct vm *vm, int fd, unsigned int gsi, unsigned int flags,
	  int resample);
/* An eventfd that does not block; ends the program if there is none. */
int new_fd(void);
void signal_fd(int fd);
/* Whether it was signalled; takes the count. */
bool signalled(int fd);
/* The most descriptors that the host lets a process have, from now on. */
void many_fds(unsigned int nr);

#endif /* HVK_TESTS_API_GIC_H */
