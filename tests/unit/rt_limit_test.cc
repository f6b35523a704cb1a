// SPDX-License-Identifier: GPL-2.0-only
// What hosts leave real-time threads, told from their files, and what windows lose by it.
#include "host/rt_limit.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "sysfile/host_warnings.h"
#include "sysfile/window_load.h"
#include "tests/unit/temporary_folder.h"

namespace hvk {
namespace {

using Kind = RtLimit::Kind;

constexpr uint64_t kMs = 1'000'000;

struct File {
  const char* name;
  const char* text;
};

// A host's folder with these files.
class Host {
 public:
  explicit Host(const std::vector<File>& files) {
    for (const File& file : files) put(file.name, file.text);
  }
  void put(const char* name, const char* text) const {
    const auto path = root() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::filesystem::path root() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

constexpr File kRuntime = {"proc/sys/kernel/sched_rt_runtime_us", "950000\n"};
constexpr File kPeriod = {"proc/sys/kernel/sched_rt_period_us", "1000000\n"};
constexpr File kOld = {"proc/sys/kernel/osrelease", "6.1.0-56-arm64\n"};
constexpr File kNew = {"proc/sys/kernel/osrelease", "6.12.95+deb13-arm64\n"};
constexpr File kDebug = {"sys/kernel/debug/sched/verbose", "N\n"};
constexpr File kFair0 = {"sys/kernel/debug/sched/fair_server/cpu0/runtime", "50000000\n"};
constexpr File kFair0Period = {"sys/kernel/debug/sched/fair_server/cpu0/period", "1000000000\n"};
constexpr File kFair1 = {"sys/kernel/debug/sched/fair_server/cpu1/runtime", "200000000\n"};
constexpr File kFair1Period = {"sys/kernel/debug/sched/fair_server/cpu1/period", "2000000000\n"};

TEST(RtLimit, WhichOfTheTwoAHostHas) {
  struct {
    const char* name;
    std::vector<File> files;
    Kind kind;
    uint64_t rt_ns, period_ns;  // of CPU 0
  } const kTable[] = {
      {"nothing to be seen", {}, Kind::kNone, 0, 0},
      {"6.1", {kOld, kRuntime, kPeriod}, Kind::kThrottling, 950 * kMs, 1000 * kMs},
      {"6.1 with debugfs",
       {kOld, kDebug, kRuntime, kPeriod},
       Kind::kThrottling,
       950 * kMs,
       1000 * kMs},
      {"6.12 for a user", {kNew, kRuntime, kPeriod}, Kind::kFairServer, 950 * kMs, 1000 * kMs},
      {"6.12 with debugfs",
       {kNew, kDebug, kFair0, kFair0Period, kRuntime, kPeriod},
       Kind::kFairServer,
       950 * kMs,
       1000 * kMs},
      {"6.12 without the throttling's files",
       {kNew, kFair0, kFair0Period},
       Kind::kFairServer,
       950 * kMs,
       1000 * kMs},
      {"a 6.6 that has taken it over",
       {{kOld.name, "6.6.1\n"}, kFair0, kFair0Period, kRuntime, kPeriod},
       Kind::kFairServer,
       950 * kMs,
       1000 * kMs},
      {"a 6.12 that has not",
       {kNew, kDebug, kRuntime, kPeriod},
       Kind::kThrottling,
       950 * kMs,
       1000 * kMs},
      {"6.11",
       {{kNew.name, "6.11.10\n"}, kRuntime, kPeriod},
       Kind::kThrottling,
       950 * kMs,
       1000 * kMs},
      {"7.0", {{kNew.name, "7.0\n"}, kRuntime, kPeriod}, Kind::kFairServer, 950 * kMs, 1000 * kMs},
      {"no release",
       {{kNew.name, "6\n"}, kRuntime, kPeriod},
       Kind::kThrottling,
       950 * kMs,
       1000 * kMs},
      {"throttling off", {kOld, {kRuntime.name, "-1\n"}, kPeriod}, Kind::kNone, 0, 0},
      {"throttling of all", {kOld, {kRuntime.name, "1000000\n"}, kPeriod}, Kind::kNone, 0, 0},
      {"real-time threads off",
       {kOld, {kRuntime.name, "0\n"}, kPeriod},
       Kind::kThrottling,
       0,
       1000 * kMs},
      {"what is no number", {kOld, {kRuntime.name, "x\n"}, kPeriod}, Kind::kNone, 0, 0},
      {"no period", {kOld, kRuntime, {kPeriod.name, "0\n"}}, Kind::kNone, 0, 0},
      {"fair server off", {kNew, {kFair0.name, "0\n"}, kFair0Period}, Kind::kFairServer, 0, 0},
      {"fair server broken", {kNew, {kFair0.name, "-5\n"}, kFair0Period}, Kind::kFairServer, 0, 0},
      {"fair server of more than all",
       {kNew, {kFair0.name, "2000000000\n"}, kFair0Period},
       Kind::kFairServer,
       0,
       0},
  };
  for (const auto& row : kTable) {
    const Host host(row.files);
    const RtLimits limits = RtLimits::read(host.root());
    EXPECT_EQ(limits.kind(), row.kind) << row.name;
    EXPECT_EQ(limits.of(0).limits(), row.period_ns != 0) << row.name;
    EXPECT_EQ(limits.of(0).rt_ns, row.rt_ns) << row.name;
    EXPECT_EQ(limits.of(0).period_ns, row.period_ns) << row.name;
  }
}

TEST(RtLimit, EachCpuHasItsFairServer) {
  const Host host({kFair0, kFair0Period, kFair1, kFair1Period});
  const RtLimits limits = RtLimits::read(host.root());
  EXPECT_EQ(limits.of(0).rt_ns, 950 * kMs);
  EXPECT_EQ(limits.of(1).rt_ns, 1800 * kMs);
  EXPECT_FALSE(limits.of(2).limits()) << "there is none";
  EXPECT_EQ(limits.remedy(1), "echo 0 > /sys/kernel/debug/sched/fair_server/cpu1/runtime");
  EXPECT_EQ(limits.describe(),
            "other threads that want it have 200 ms of each 2000 ms (CPU 1), 50 ms of each 1000 ms "
            "(CPU 0): the fair server (/sys/kernel/debug/sched/fair_server), in place of RT "
            "throttling");
}

TEST(RtLimit, Describes) {
  struct {
    const char* name;
    std::vector<File> files;
    const char* says;
  } const kTable[] = {
      {"6.1",
       {kOld, kRuntime, kPeriod},
       "real-time threads may have 950 ms of each 1000 ms of a CPU: RT throttling "
       "(kernel.sched_rt_runtime_us)"},
      {"off",
       {kOld, {kRuntime.name, "-1\n"}, kPeriod},
       "real-time threads may have all of a CPU's time"},
      {"6.12 for a user",
       {kNew, kRuntime, kPeriod},
       "other threads that want it have 50 ms of each 1000 ms (CPU all, as kernels come): the fair "
       "server (/sys/kernel/debug/sched/fair_server), in place of RT throttling"},
      {"6.12, one CPU off",
       {kFair0, kFair0Period, {kFair1.name, "0\n"}, kFair1Period},
       "other threads that want it have 50 ms of each 1000 ms (CPU 0), nothing (CPU 1): the fair "
       "server (/sys/kernel/debug/sched/fair_server), in place of RT throttling"},
  };
  for (const auto& row : kTable) {
    EXPECT_EQ(RtLimits::read(Host(row.files).root()).describe(), row.says) << row.name;
  }
}

// RT throttling: 950 ms of running take 950 ms / share, and the rest of the second is lost. The
// fair server: all that it keeps for others.
TEST(RtLimit, WhatIsLost) {
  struct {
    double share;
    uint64_t throttled_us, fair_us;
  } const kTable[] = {
      {0, 0, 0},        {0.5, 0, 0}, {0.95, 0, 0}, {0.96, 10416, 50000}, {0.98, 30612, 50000},
      {1, 50000, 50000}};
  const RtLimit throttling = RtLimits::throttling(950000, 1000000).of(0);
  const RtLimit fair = RtLimits::read(Host({kFair0, kFair0Period}).root()).of(0);
  for (const auto& row : kTable) {
    EXPECT_EQ(throttling.lost_ns(row.share) / 1000, row.throttled_us) << row.share;
    EXPECT_EQ(fair.lost_ns(row.share) / 1000, row.fair_us) << row.share;
  }
  EXPECT_EQ(RtLimit().lost_ns(1), 0u);
}

// The schedule of the manual's warning: 9.6 of 10 ms on CPU 1.
SystemConfig nearly_all() {
  SystemConfig system;
  system.frame_ns = 10 * kMs;
  system.windows = {{0, 0, 0, 9 * kMs}, {0, 1, 0, 9600'000}};
  return system;
}

TEST(RtLimit, OverloadedCpus) {
  const RtLimits limits = RtLimits::throttling(950000, 1000000);
  SystemConfig system = nearly_all();
  std::vector<Overload> found = overloads(system, limits);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].cpu, 1u);
  EXPECT_EQ(found[0].last, 1u);
  EXPECT_EQ(found[0].what, "CPU 1 has 96.0 % of 10ms in windows");
  EXPECT_EQ(found[0].lost, "10.4 ms of each 1000 ms, at a stretch");
  EXPECT_TRUE(overloads(system, RtLimits()).empty());
  // What reaches beyond the frame is another mistake.
  system.windows[1].length_ns = 11 * kMs;
  EXPECT_TRUE(overloads(system, limits).empty());
  system.frame_ns = std::nullopt;
  EXPECT_TRUE(overloads(system, limits).empty());
}

TEST(RtLimit, WarnsOfTheFairServerAlone) {
  const File isolated = {"sys/devices/system/cpu/isolated", "0-1\n"};
  const Host host({kNew,
                   kFair0,
                   kFair0Period,
                   kRuntime,
                   kPeriod,
                   isolated,
                   {kFair1.name, "50000000\n"},
                   {kFair1Period.name, "1000000000\n"}});
  EXPECT_EQ(
      host_warnings(nearly_all(), host.root()),
      std::vector<std::string>{
          "warning: CPU 1 has 96.0 % of 10ms in windows: the kernel's fair server gives 5 % of "
          "it to other threads that want it, and windows may lose 50.0 ms of each 1000 ms, at a "
          "stretch; leave gaps, or switch it off there with echo 0 > "
          "/sys/kernel/debug/sched/fair_server/cpu1/runtime"});
  host.put(kFair1.name, "0\n");
  EXPECT_TRUE(host_warnings(nearly_all(), host.root()).empty()) << "the remedy does it";
  const Host old({kOld, kRuntime, kPeriod, isolated});
  EXPECT_TRUE(host_warnings(nearly_all(), old.root()).empty()) << "such a system is refused";
}

}  // namespace
}  // namespace hvk
