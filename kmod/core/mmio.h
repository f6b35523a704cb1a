/* SPDX-License-Identifier: GPL-2.0-only */
/* One access of the guest to a device: the currency of all that answers one. */
#ifndef HVK_CORE_MMIO_H
#define HVK_CORE_MMIO_H

#include <linux/types.h>

/* One access of the guest to a device; every in-kernel device takes and fills this. */
struct hvk_mmio {
	u64 ipa;
	u64 data;		/* read: filled in; write: zero-extended */
	u32 len;		/* 1, 2, 4 or 8 bytes */
	bool is_write;
};

#endif /* HVK_CORE_MMIO_H */
