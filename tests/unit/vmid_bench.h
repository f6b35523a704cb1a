/* SPDX-License-Identifier: GPL-2.0-only */
/* kmod/memory/vmid.c with PEs that the test plays: what both sides call. */
#ifndef HVK_VMID_BENCH_H
#define HVK_VMID_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

#define VMID_BENCH_PES 4
#define VMID_BENCH_VMS 16

/* --- the code under test, from the test -------------------------------------- */
/* As at load, with all VMs new: 0 or what hvk_vmid_init() says. */
int vmid_bench_init(unsigned int vmid_bits);
void vmid_bench_exit(void);
/* A vCPU of this VM is about to enter on this PE: its VMID, or -errno. */
int vmid_bench_enter(unsigned int pe, unsigned int vm);
/* An invalidation of this VM found EL2 not ours. */
void vmid_bench_retire(unsigned int vm);
/* A vCPU of this VM was told -EAGAIN. */
void vmid_bench_wait(unsigned int vm);
/* A VM that ends; the number stands for a new one from now on. */
void vmid_bench_renew(unsigned int vm);

/* --- the machine, from the code under test ------------------------------------- */
/* All TLB entries of all PEs go; nonzero: EL2 of this PE is not ours. */
int bench_tlbi_all(unsigned int pe);
/* On return no vCPU of the VM is in the guest. */
void bench_vmid_kick(unsigned int vm);
/* A vCPU's thread waits for the lock of its VM's tables, which is held or not. */
void bench_vmid_wait(int held);

#ifdef __cplusplus
}
#endif

#endif /* HVK_VMID_BENCH_H */
