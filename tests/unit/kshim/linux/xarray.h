/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_XARRAY_H
#define KSHIM_XARRAY_H

struct xarray {
	int unused;
};

#endif
