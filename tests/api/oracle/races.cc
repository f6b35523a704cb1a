// SPDX-License-Identifier: GPL-2.0-only
// Kinds of bugs that KVM once had, and that take two threads.
#include <gtest/gtest.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "tests/api/oracle/cases.h"

namespace hvk::oracle {
namespace {

// A thread for as long as this lives; `work` is called again and again.
class Meanwhile {
 public:
  template <typename Work>
  explicit Meanwhile(Work work)
      : thread_([this, work] {
          while (!over_.load()) work();
        }) {}
  ~Meanwhile() {
    over_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

// CVE-2019-6974: a file that can be closed before what is behind it is held. Another thread
// guesses the number of the file that is made, and closes it at once.
void closed_while_it_is_made(Bench& bench) {
  constexpr unsigned kRounds = 60;
  const Fd guess = event_fd();
  const int next = guess.get() + 1;  // the VM; then the device or the vCPU
  std::atomic<bool> armed = false;
  unsigned made = 0;
  {
    const Meanwhile closer([&] {
      if (armed.load()) ::close(next + 1);
    });
    for (unsigned round = 0; round < kRounds; round++) {
      const int vm = static_cast<int>(call(bench.system(), KVM_CREATE_VM));
      ASSERT_EQ(vm, next);
      kvm_create_device device = {.type = KVM_DEV_TYPE_ARM_VGIC_V2, .fd = 0, .flags = 0};
      armed = true;
      if (round % 2) {
        made += call(vm, KVM_CREATE_DEVICE, &device) == 0;
      } else {
        made += call(vm, KVM_CREATE_VCPU, 0ul) >= 0;
      }
      armed = false;
      // It is still a VM.
      EXPECT_EQ(call(vm, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY), 1);
      ::close(vm);
      ::close(next + 1);
    }
  }
  EXPECT_EQ(made, kRounds);
}

// vCPUs that are made, and refused, while the interrupt controller is.
void vcpus_while_the_vgic_is_made(Bench& bench) {
  constexpr unsigned kRounds = 40;
  for (unsigned round = 0; round < kRounds; round++) {
    const Vm vm(bench);
    unsigned vcpus = 0;
    Fd files[8];
    std::atomic<bool> go = false;
    std::thread creator([&] {
      while (!go.load()) {
      }
      for (unsigned long id : {0ul, 0ul, 1ul, 600ul, 2ul, 3ul}) {
        Fd file;
        const Outcome outcome = call_for_fd(vm.fd(), KVM_CREATE_VCPU, id, file);
        EXPECT_TRUE(outcome == 0 || outcome == -EEXIST || outcome == -EINVAL || outcome == -EBUSY)
            << text(outcome);
        if (outcome == 0) files[vcpus++] = std::move(file);
      }
    });
    go = true;
    const Gic gic(vm);
    const Outcome outcome = gic.init();
    creator.join();
    EXPECT_TRUE(outcome == 0 || outcome == -EBUSY) << text(outcome);
    EXPECT_EQ(gic.init(), 0);
    // Every vCPU that there is has its part of the vGIC, and no other has.
    for (unsigned id = 0; id < 4; id++) {
      uint32_t value = 0;
      const Outcome has =
          gic.attribute(KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
                        static_cast<uint64_t>(id) << KVM_DEV_ARM_VGIC_CPUID_SHIFT | 0x100, &value);
      EXPECT_EQ(has, id < vcpus ? 0 : -EINVAL) << "vCPU " << id << " of " << vcpus;
    }
  }
}

// A slot that moves while the guest reads from where it was and where it goes.
void slot_moved_during_run(Bench& bench) {
  constexpr unsigned kRounds = 300;
  constexpr uint64_t kHere = 0x50000000, kThere = 0x60000000, kMark = 0x1234567887654321;
  Guest guest(bench);
  const Pages page(4096);
  ::memcpy(page.data(), &kMark, sizeof(kMark));
  ASSERT_EQ(guest.vm().slot(1, 0, kHere, page.size(), page.address()), 0);
  std::atomic<unsigned> loads = 0, exits = 0, wrong = 0;
  std::atomic<bool> over = false;
  std::thread reader([&] {
    while (!over.load()) {
      guest.vcpu().set(reg_x(1), kHere);
      guest.vcpu().set(reg_x(2), kThere);
      // ldr x0, [x1]; ldr x3, [x2]
      Outcome outcome = guest.run({0xf9400020, 0xf9400043});
      while (outcome == 0 && guest.vcpu().run().exit_reason == KVM_EXIT_MMIO &&
             !guest.vcpu().run().mmio.is_write) {
        exits++;
        // Where there is no memory now, the VMM answers.
        ::memcpy(guest.vcpu().run().mmio.data, &kMark, sizeof(kMark));
        outcome = guest.vcpu().enter();
      }
      if (outcome != 0 || guest.vcpu().value(reg_x(0)) != kMark ||
          guest.vcpu().value(reg_x(3)) != kMark) {
        wrong++;
      }
      loads++;
    }
  });
  for (unsigned round = 0; round < kRounds || loads < 20; round++) {
    const uint64_t to = round % 2 ? kHere : kThere;
    ASSERT_EQ(guest.vm().slot(1, 0, to, page.size(), page.address()), 0);
  }
  over = true;
  reader.join();
  EXPECT_EQ(wrong, 0u) << "of " << loads;
  EXPECT_GT(exits, 0u);
  // It is at one place only, and memory that was given back is not read any more.
  ASSERT_EQ(guest.vm().slot(1, 0, kHere, page.size(), page.address()), 0);
  guest.vcpu().set(reg_x(2), kThere);
  EXPECT_EQ(guest.ending(guest.run({0xf9400043})), "mmio read of 8 at 0x60000000");
}

constexpr Case kRaces[] = {
    {"Cve2019_6974_ClosedWhileItIsMade", closed_while_it_is_made},
    {"VcpusWhileTheVgicIsMade", vcpus_while_the_vgic_is_made},
    {"SlotMovedDuringRun", slot_moved_during_run},
};

}  // namespace

std::span<const Case> races() { return kRaces; }

}  // namespace hvk::oracle
