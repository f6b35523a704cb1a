// SPDX-License-Identifier: GPL-2.0-only
#include "vgic_machine.h"

#include <memory>

namespace hvk::test {

namespace {
VgicMachine* machine;       // one at a time
VirtualInterface* current;  // the PE whose thread touches GICH
VirtualInterface scratch;   // while there is no machine, and for its probe
}  // namespace

struct Callbacks {
  static void kicked(unsigned vcpu) {
    if (machine) machine->kicked_.at(vcpu) = true;
  }
  static bool line(unsigned vcpu) { return machine->line_.at(vcpu); }
  static void kick_all(unsigned except) {
    for (unsigned i = 0; i < machine->nr_vcpus_; ++i)
      if (i != except && machine->in_guest(i)) {
        machine->leave(i);
        machine->enter(i);
      }
  }
};

VgicMachine::VgicMachine(unsigned nr_vcpus, unsigned nr_irqs)
    : vm(bench_new(nr_vcpus, nr_irqs)), nr_vcpus_(nr_vcpus) {
  machine = this;
  for (unsigned i = 0; i < nr_vcpus; ++i) {
    current = &pe_[i];
    bench_load(vm, i);
  }
}

VgicMachine::~VgicMachine() {
  for (unsigned i = 0; i < nr_vcpus_; ++i) {
    if (in_guest(i)) leave(i);
    current = &pe_[i];
    bench_put(vm, i);
    // The next user of this PE's GICH finds it as we did.
    EXPECT_TRUE(pe_[i].idle()) << "PE " << i;
    EXPECT_EQ(pe_[i].hcr, 0u) << "PE " << i;
  }
  bench_check(vm);
  bench_delete(vm);
  machine = nullptr;
  current = nullptr;
}

void VgicMachine::open_all(unsigned priority) {
  write(0, 0x000, 1);
  for (unsigned v = 0; v < nr_vcpus_; ++v) {
    write(v, 0x100, 0xffffffff);
    for (unsigned i = 0; i < 32; ++i) write(v, 0x400 + i, priority, 1);
    pe_[v].vmcr = 0x1fu << 27 | 1;  // GICC_PMR 0xf8, EnableGrp0
  }
  for (unsigned i = 32; i < 96; ++i) {
    write(0, 0x400 + i, priority, 1);
    write(0, 0x800 + i, 1, 1);
  }
  for (unsigned i = 1; i < 3; ++i) write(0, 0x100 + 4 * i, 0xffffffff);
}

void VgicMachine::enter(unsigned vcpu) {
  ASSERT_FALSE(in_guest_.at(vcpu));
  kicked_.at(vcpu) = false;
  current = &pe_.at(vcpu);
  bench_flush(vm, vcpu);
  in_guest_[vcpu] = true;
  pe_[vcpu].check();
  // The kick word keeps it out.
  if (!bench_requests(vm, vcpu)) return;
  leave(vcpu);
  enter(vcpu);
}

void VgicMachine::deactivate(unsigned vcpu, uint32_t id) {
  ASSERT_TRUE(in_guest(vcpu));
  if (dir_mapped) return pe(vcpu).dir(id);
  leave(vcpu);
  bench_self(vm, vcpu);
  EXPECT_TRUE(bench_write_dir(vm, vcpu, id));
  bench_self(vm, -1);
  enter(vcpu);
}

void VgicMachine::leave(unsigned vcpu) {
  sync(vcpu);
  bench_tell(vm, vcpu);
}

void VgicMachine::sync(unsigned vcpu) {
  ASSERT_TRUE(in_guest_.at(vcpu));
  const size_t heard = acked.size();
  current = &pe_.at(vcpu);
  bench_self(vm, vcpu);
  bench_sync(vm, vcpu);
  bench_self(vm, -1);
  EXPECT_EQ(acked.size(), heard) << "an eventfd signalled with interrupts off";
  in_guest_[vcpu] = false;
  EXPECT_FALSE(pe_[vcpu].maintenance()) << "a maintenance interrupt reaches the host";
}

void VgicMachine::fail(unsigned vcpu) {
  ASSERT_TRUE(in_guest_.at(vcpu));
  current = &pe_.at(vcpu);
  pe_[vcpu].lr = {};
  pe_[vcpu].hcr = 0;
  bench_self(vm, vcpu);
  bench_cancel(vm, vcpu);
  bench_self(vm, -1);
  in_guest_[vcpu] = false;
  bench_check(vm);
}

void VgicMachine::send_to_self(unsigned vcpu, unsigned sgi) {
  ASSERT_TRUE(in_guest(vcpu));
  current = &pe_.at(vcpu);
  if (bench_el2_sgi(vm, vcpu, sgi)) {
    ++direct;
    return pe_[vcpu].check();
  }
  write(vcpu, 0xf00, sgi | 2 << 24);
}

void VgicMachine::fire_timer(unsigned vcpu) {
  ASSERT_TRUE(in_guest(vcpu));
  // An active physical interrupt does not end guest mode.
  bool active = line_.at(vcpu);
  for (uint32_t r : pe_.at(vcpu).lr)
    active |= VirtualInterface::state(r) && VirtualInterface::intid(r) == BENCH_HW_PPI;
  if (active) return;
  current = &pe_[vcpu];
  if (!bench_el2_timer(vm, vcpu)) return timer_line(vcpu, true);
  ++direct;
  line_[vcpu] = true;
  pe_[vcpu].check();
}

void VgicMachine::settle() {
  for (bool again = true; again;) {
    again = false;
    for (unsigned i = 0; i < nr_vcpus_; ++i)
      if (in_guest(i) && (kicked_.at(i) || pe_[i].maintenance())) {
        round(i);
        again = true;
      }
  }
  bench_check(vm);
}

uint64_t VgicMachine::read(unsigned vcpu, int64_t offset, unsigned len) {
  const bool was_in = in_guest(vcpu);
  uint64_t val = 0;

  if (was_in) leave(vcpu);
  bench_self(vm, vcpu);
  EXPECT_TRUE(bench_read(vm, vcpu, offset, len, &val));
  bench_self(vm, -1);
  if (was_in) enter(vcpu);
  return val;
}

Intids VgicMachine::drain(unsigned vcpu) {
  Intids taken;
  for (;;) {
    settle();
    const uint32_t id = pe(vcpu).acknowledge();
    if (id == kSpurious) return taken;
    taken.push_back(id);
    EXPECT_TRUE(pe(vcpu).deactivate(id));
    if (taken.size() > 1000) return taken;
  }
}

void VgicMachine::use_el2() {
  el2_ = std::make_unique<El2Pe>();
  for (unsigned i = 0; i < nr_vcpus_; ++i) bench_el2_ctx(vm, i);
}

VgicMachine::Answer VgicMachine::write_at_el2(unsigned vcpu, int64_t offset, uint64_t val,
                                              unsigned len) {
  // A data abort whose syndrome is valid, by a store of X9 (DDI 0487 D17.2.37).
  constexpr uint64_t kStore = 0x24ull << 26 | 1 << 24 | 9 << 16 | 1 << 6 | 7;
  struct hvk_el2_ctx* ctx = bench_el2_ctx(vm, vcpu);
  const uint64_t sas = len == 1 ? 0 : len == 2 ? 1 : len == 4 ? 2 : 3;
  // Another vCPU may be in the middle of a write of its own: each has registers of its own.
  const auto others = el2_->reg;

  el2_->reg["esr_el2"] = kStore | sas << 22;
  el2_->reg["hpfar_el2"] = BENCH_DIST_BASE >> 12 << 4;
  el2_->reg["far_el2"] = BENCH_DIST_BASE + static_cast<uint64_t>(offset);
  el2_->reg["elr_el2"] = 0x1000;
  el2_->reg["spsr_el2"] = 5;
  ctx->x[9] = val;
  const Answer answer = static_cast<Answer>(el2_bench_answer(ctx));
  EXPECT_EQ(el2_->reg["elr_el2"], answer == kExit ? 0x1000u : 0x1004u);
  el2_->reg = others;
  at_el2 += answer != kExit;
  return answer;
}

void VgicMachine::finish(unsigned vcpu) {
  bench_self(vm, vcpu);
  bench_finish(vm, vcpu);
  bench_self(vm, -1);
}

void VgicMachine::write(unsigned vcpu, int64_t offset, uint64_t val, unsigned len) {
  const bool was_in = in_guest(vcpu);

  if (was_in && el2_ && offset != 0xf00) {
    const Answer answer = write_at_el2(vcpu, offset, val, len);

    EXPECT_NE(answer, kKick) << "nobody has interfered";
    if (answer == kDone) return;
  }
  if (was_in) leave(vcpu);
  bench_self(vm, vcpu);
  EXPECT_TRUE(bench_write(vm, vcpu, offset, len, val));
  bench_self(vm, -1);
  if (was_in) enter(vcpu);
}

}  // namespace hvk::test

using hvk::test::Callbacks;
using hvk::test::current;
using hvk::test::kDirPage;
using hvk::test::machine;
using hvk::test::scratch;

extern "C" {

uint32_t kshim_readl(const void* addr) {
  if (bench_is_gicd(addr)) return 1;
  return (current ? current : &scratch)->read(bench_gich_offset(addr));
}

void kshim_writel(uint32_t val, void* addr) {
  (current ? current : &scratch)->write(bench_gich_offset(addr), val);
}

void bench_kicked(unsigned vcpu) { Callbacks::kicked(vcpu); }
void bench_kick_all_sync(unsigned except) { Callbacks::kick_all(except); }
void bench_acked(uint32_t intid) { machine->acked.push_back(intid); }
bool bench_line(unsigned vcpu) { return Callbacks::line(vcpu); }

int bench_map_device(uint64_t ipa, uint64_t, uint64_t size) {
  if (!machine) return 0;
  if (machine->map_error) return machine->map_error;
  machine->mapped[ipa] = size;
  if (ipa == kDirPage) machine->dir_mapped = true;
  return 0;
}

void bench_unmap(uint64_t ipa, uint64_t size) {
  EXPECT_EQ(ipa, kDirPage);
  EXPECT_EQ(size, 0x1000u);
  machine->dir_mapped = false;
}
}
