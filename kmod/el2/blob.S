/* SPDX-License-Identifier: GPL-2.0-only */
/* The EL2 image as data of the module; pages.c copies it to pages that EL2 maps. */
#include <linux/linkage.h>

	.section .rodata, "a"
	.balign	4096
SYM_DATA_START(hvk_el2_blob)
	.incbin	HVK_EL2_BIN
SYM_DATA_END(hvk_el2_blob)
SYM_DATA_START(hvk_el2_blob_end)
	.byte	0
SYM_DATA_END(hvk_el2_blob_end)
