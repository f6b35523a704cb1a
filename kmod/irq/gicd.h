/* SPDX-License-Identifier: GPL-2.0-only */
/* The distributor, as the guest and the VMM reach it. */
#ifndef HVK_IRQ_GICD_H
#define HVK_IRQ_GICD_H

#include <linux/types.h>

struct hvk_mmio;
struct hvk_vcpu;

/* GICD: true if mmio->ipa lies in the distributor (then it is handled). */
bool hvk_vgic_mmio(struct hvk_vcpu *vcpu, struct hvk_mmio *mmio);

#endif /* HVK_IRQ_GICD_H */
