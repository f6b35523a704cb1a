/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_IO_H
#define KSHIM_IO_H

#include <asm/barrier.h>
#include <linux/mm.h>
#include <linux/types.h>

/* The test that links a source with device registers plays the device. */
u32 kshim_readl(const void *addr);
void kshim_writel(u32 val, void *addr);

#define virt_to_phys(address)		((phys_addr_t)(unsigned long)(address))
#define readl_relaxed(addr)		kshim_readl(addr)
#define writel_relaxed(val, addr)	kshim_writel(val, addr)
#define readl(addr)			kshim_readl(addr)
#define writel(val, addr)		kshim_writel(val, addr)

#endif
