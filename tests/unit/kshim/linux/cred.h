/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KSHIM_CRED_H
#define KSHIM_CRED_H

/* A test that asks for capabilities says who has them. */

#endif
