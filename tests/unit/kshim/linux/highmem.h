/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_HIGHMEM_H
#define KSHIM_HIGHMEM_H

#include <linux/types.h>

struct page;

/* The bench's. */
void memcpy_from_page(char *to, struct page *page, size_t offset, size_t len);

#endif
