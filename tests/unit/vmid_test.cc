// SPDX-License-Identifier: GPL-2.0-only
// VMIDs on four PEs whose TLBs never forget by themselves: no VM finds another's
// entries, nor its own from before an invalidation, and all vCPUs of a VM that
// are in the guest have one VMID.
#include <array>
#include <cerrno>
#include <random>

#include "vmid_bench.h"

namespace hvk::test {
namespace {

constexpr unsigned kPes = VMID_BENCH_PES, kVms = VMID_BENCH_VMS;
constexpr unsigned kNobody = ~0u;

// Whose entries a TLB has under a VMID: a VM's, of one of its lives.
struct Owner {
  unsigned vm = kNobody;
  unsigned life = 0;
  bool operator==(const Owner&) const = default;
};

class Machine {
 public:
  explicit Machine(unsigned vmid_bits) {
    machine = this;
    EXPECT_EQ(vmid_bench_init(vmid_bits), 0);
  }
  ~Machine() {
    vmid_bench_exit();
    machine = nullptr;
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  // A vCPU of `vm` goes into the guest on `pe`, if EL2 there lets it.
  bool enter(unsigned pe, unsigned vm) {
    int vmid = vmid_bench_enter(pe, vm);
    if (vmid < 0) {
      EXPECT_EQ(vmid, -EAGAIN);
      return false;
    }
    // hvk_el2_run(): takes EL2 again, with an empty TLB, and has it tried again.
    if (!pe_[pe].ours) {
      pe_[pe].ours = true;
      pe_[pe].tlb.clear();
      return false;
    }
    EXPECT_GT(vmid, 0) << "the host's";
    for (const Pe& other : pe_) {
      EXPECT_TRUE(other.vm != vm || other.vmid == unsigned(vmid)) << "two VMIDs of one VM at once";
    }
    pe_[pe].vm = vm;
    pe_[pe].vmid = unsigned(vmid);
    run(pe);
    return true;
  }
  // The guest translates something.
  void run(unsigned pe) {
    if (pe_[pe].vm == kNobody) return;
    Owner mine{pe_[pe].vm, life[pe_[pe].vm]};
    auto [entry, fresh] = pe_[pe].tlb.try_emplace(pe_[pe].vmid, mine);
    EXPECT_TRUE(fresh || entry->second == mine)
        << "VM " << mine.vm << " finds entries of VM " << entry->second.vm;
  }
  void exit(unsigned pe) { pe_[pe].vm = kNobody; }
  void kick(unsigned vm) {
    for (Pe& pe : pe_)
      if (pe.vm == vm) pe.vm = kNobody;
  }
  // KVM took EL2 here, and ran guests of its own.
  void lose(unsigned pe) {
    pe_[pe].vm = kNobody;
    pe_[pe].ours = false;
    for (unsigned vmid = 0; vmid < 16; vmid++) pe_[pe].tlb[vmid] = Owner{kNobody, 0};
  }
  int tlbi_all(unsigned pe) {
    if (!pe_[pe].ours) return -ENXIO;
    roll_overs++;
    for (Pe& other : pe_) other.tlb.clear();
    // Guests that go on translate again at once.
    for (unsigned i = 0; i < kPes; i++) run(i);
    return 0;
  }
  void retire(unsigned vm) {
    vmid_bench_retire(vm);
    life[vm]++;
  }
  void renew(unsigned vm) {
    kick(vm);
    vmid_bench_renew(vm);
    life[vm]++;
  }

  static inline Machine* machine = nullptr;
  unsigned roll_overs = 0;
  unsigned waits = 0;  // of vCPUs for a VMID that is being withdrawn
  std::array<unsigned, kVms> life{};

 private:
  struct Pe {
    bool ours = true;
    unsigned vm = kNobody, vmid = 0;
    std::map<unsigned, Owner> tlb;
  };
  std::array<Pe, kPes> pe_;
};

TEST(Vmid, TooFewForThePes) { EXPECT_EQ(vmid_bench_init(2), -ENODEV); }

TEST(Vmid, StaysWhileItMay) {
  Machine m(8);
  int first = vmid_bench_enter(0, 0);
  EXPECT_EQ(vmid_bench_enter(0, 0), first);
  EXPECT_EQ(vmid_bench_enter(3, 0), first);
  EXPECT_NE(vmid_bench_enter(1, 1), first);
  EXPECT_EQ(vmid_bench_enter(1, 0), first);
}

TEST(Vmid, NewAfterRetirement) {
  Machine m(8);
  int first = vmid_bench_enter(0, 0);
  m.retire(0);
  EXPECT_NE(vmid_bench_enter(0, 0), first);
  // Others come again for another reason, and need no lock for that.
  const unsigned waits = m.waits;
  EXPECT_EQ(waits, kPes);
  vmid_bench_wait(0);
  EXPECT_EQ(m.waits, waits);
}

TEST(Vmid, RunsOnThroughARollOver) {
  Machine m(3);  // VMIDs 1 to 7
  ASSERT_TRUE(m.enter(0, 0));
  ASSERT_TRUE(m.enter(1, 0));
  for (unsigned round = 0; round < 40; round++) {
    ASSERT_TRUE(m.enter(2, 1 + round % (kVms - 1)));
    m.exit(2);
    m.run(0);
    // Another vCPU of the VM that never left finds the VMID it has there.
    ASSERT_TRUE(m.enter(3, 0));
    m.exit(3);
  }
  EXPECT_GT(m.roll_overs, 3u);
}

TEST(Vmid, RollOverWhereEl2IsNotOurs) {
  Machine m(3);
  for (unsigned vm = 0; vm < 7; vm++) {
    ASSERT_TRUE(m.enter(vm % 2, vm));
    m.exit(vm % 2);
  }
  m.lose(2);
  EXPECT_FALSE(m.enter(2, 7)) << "took a VMID, but did not get in";
  EXPECT_EQ(m.roll_overs, 0u);
  // Whoever comes next, anywhere, empties the TLBs first.
  EXPECT_TRUE(m.enter(0, 7));
  EXPECT_EQ(m.roll_overs, 1u);
  EXPECT_TRUE(m.enter(2, 8));
}

TEST(Vmid, Random) {
  for (unsigned seed = 0; seed < 20 && !testing::Test::HasFailure(); seed++) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    auto below = [&](unsigned n) { return unsigned(rng() % n); };
    Machine m(3 + seed % 2);
    unsigned entered = 0;
    for (unsigned i = 0; i < 4000 && !testing::Test::HasFailure(); i++) {
      unsigned pe = below(kPes), vm = below(kVms);
      switch (below(16)) {
        case 0:
          m.retire(vm);
          break;
        case 1:
          m.renew(vm);
          break;
        case 2:
          if (!below(4)) m.lose(pe);
          break;
        case 3:
        case 4:
        case 5:
          m.run(pe);
          break;
        case 6:
          m.exit(pe);
          break;
        default:
          m.exit(pe);
          entered += m.enter(pe, below(3) ? vm : vm % 3);
      }
    }
    EXPECT_GT(entered, 1500u);
    EXPECT_GT(m.roll_overs, 20u);
  }
}

}  // namespace

extern "C" int bench_tlbi_all(unsigned pe) { return Machine::machine->tlbi_all(pe); }

extern "C" void bench_vmid_kick(unsigned vm) {
  // Until all are out, none gets in.
  for (unsigned pe = 0; pe < kPes; pe++) {
    EXPECT_EQ(vmid_bench_enter(pe, vm), -EAGAIN);
    const unsigned waits = Machine::machine->waits;
    vmid_bench_wait(vm);
    EXPECT_EQ(Machine::machine->waits, waits + 1) << "spins in the way of who withdraws it";
  }
  Machine::machine->kick(vm);
}

extern "C" void bench_vmid_wait(int held) {
  EXPECT_TRUE(held);
  Machine::machine->waits++;
}

}  // namespace hvk::test
