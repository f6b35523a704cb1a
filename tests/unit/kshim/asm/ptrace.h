/* SPDX-License-Identifier: GPL-2.0-only */
/* arm64's, of which its asm/kvm.h is made; the build sets its place. */
#include HVK_ARM64_PTRACE_H
