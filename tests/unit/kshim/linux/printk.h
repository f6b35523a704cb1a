/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_PRINTK_H
#define KSHIM_PRINTK_H

/*
 * The module's messages go nowhere; what they format is not looked at, as
 * the kernel's %p forms are not the C library's.
 */
#define pr_err(...)		((void)0)
#define pr_warn(...)		((void)0)
#define pr_info(...)		((void)0)
#define pr_debug(...)		((void)0)
#define pr_debug_ratelimited(...) ((void)0)
#define pr_warn_once(...)	((void)0)
#define pr_err_once(...)	((void)0)
#define pr_warn_ratelimited(...) ((void)0)
#define pr_err_ratelimited(...)	((void)0)

#endif
