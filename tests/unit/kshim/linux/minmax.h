/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_MINMAX_H
#define KSHIM_MINMAX_H

#ifndef __cplusplus
#define min(a, b)		({ __typeof__(a) x_ = (a); __typeof__(b) y_ = (b);	\
				   (void)(&x_ == &y_); x_ < y_ ? x_ : y_; })
#define max(a, b)		({ __typeof__(a) x_ = (a); __typeof__(b) y_ = (b);	\
				   (void)(&x_ == &y_); x_ > y_ ? x_ : y_; })
#define min_t(type, a, b)	({ type x_ = (a); type y_ = (b); x_ < y_ ? x_ : y_; })
#define max_t(type, a, b)	({ type x_ = (a); type y_ = (b); x_ > y_ ? x_ : y_; })
#define clamp(v, lo, hi)	min(max(v, lo), hi)
#define swap(a, b)		do { __typeof__(a) t_ = (a); (a) = (b); (b) = t_; } while (0)
#endif

#endif
