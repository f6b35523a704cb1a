/* SPDX-License-Identifier: GPL-2.0-only */
/* vgic's tests that are races. */
#ifndef HVK_TESTS_API_VGIC_RACE_H
#define HVK_TESTS_API_VGIC_RACE_H

#include <stdbool.h>

bool race_lost(void);
bool race_silence(void);

#endif /* HVK_TESTS_API_VGIC_RACE_H */
