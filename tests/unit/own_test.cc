// SPDX-License-Identifier: GPL-2.0-only
// Who owns EL2: the reason why it was refused stands until it was got.
#include <cerrno>
#include <string>

#include "own_bench.h"

namespace hvk::test {
namespace {

bool kvm_has_vms;
int take_error;

class Own : public testing::Test {
 protected:
  Own() {
    kvm_has_vms = false;
    take_error = 0;
  }
};

TEST_F(Own, TheReasonStandsUntilEl2IsGot) {
  const struct {
    const char* name;
    int (*get)();
    void (*put)();
  } kTable[] = {
      {"the first VM", own_bench_get, own_bench_put},
      {"the ladder", own_bench_ladder_begin, own_bench_ladder_end},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    kvm_has_vms = true;
    EXPECT_EQ(t.get(), -EBUSY);
    EXPECT_EQ(own_bench_refusal(),
              std::string("KVM has virtual machines; end them, then try again"));
    kvm_has_vms = false;
    EXPECT_EQ(t.get(), 0);
    EXPECT_EQ(own_bench_refusal(), std::string());
    t.put();
  }
}

// KVM took EL2 from a VM of hvk, and gives it up again: by its VMs' end, or by a suspend.
TEST_F(Own, TheReasonStandsUntilEl2IsGotBack) {
  const struct {
    const char* name;
    void (*again)();
  } kTable[] = {
      {"reclaimed", [] { EXPECT_EQ(own_bench_reclaim(), 0); }},
      {"resumed",
       [] {
         own_bench_hold();
         own_bench_unhold();
       }},
  };
  for (const auto& t : kTable) {
    SCOPED_TRACE(t.name);
    ASSERT_EQ(own_bench_get(), 0);
    kvm_has_vms = true;
    EXPECT_EQ(own_bench_reclaim(), -EBUSY);
    EXPECT_EQ(own_bench_refusal(), std::string("KVM took EL2 and has virtual machines; end them"));
    kvm_has_vms = false;
    take_error = -EIO;
    EXPECT_EQ(own_bench_reclaim(), -EIO);
    EXPECT_NE(own_bench_refusal(), std::string());
    take_error = 0;
    t.again();
    EXPECT_EQ(own_bench_refusal(), std::string());
    own_bench_put();
  }
}

// Whoever reads the reason holds no lock: a text that it has got never changes.
TEST_F(Own, AReasonIsNotOverwritten) {
  kvm_has_vms = true;
  EXPECT_EQ(own_bench_get(), -EBUSY);
  const char* const reason = own_bench_refusal();
  const std::string text = reason;
  kvm_has_vms = false;
  EXPECT_EQ(own_bench_get(), 0);
  EXPECT_EQ(reason, text);
  own_bench_put();
}

}  // namespace
}  // namespace hvk::test

extern "C" {

bool own_bench_kvm_has_vms(void) { return hvk::test::kvm_has_vms; }

int own_bench_take(void) { return hvk::test::take_error; }
}
