/* SPDX-License-Identifier: GPL-2.0-only */
/* arm64's, whose place the build sets. */
#include HVK_ARM64_KVM_H
