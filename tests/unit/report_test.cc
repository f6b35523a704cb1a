// SPDX-License-Identifier: GPL-2.0-only
// How guests are restarted, what is told about them, and about a host with
// windows.
#include "control/report.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "run/restart.h"
#include "sysfile/host_warnings.h"
#include "tests/unit/temporary_folder.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

TEST(Restart, FollowsThePolicy) {
  using When = RestartConfig::When;
  using End = GuestEnd;
  struct {
    const char* name;
    RestartConfig config;
    bool reboot;
    std::vector<End> ends;
    std::vector<bool> again;
  } const kTable[] = {
      {"a reset is a restart", {When::kNever, 3}, true, {End::kReset, End::kReset}, {true, true}},
      {"unless it is not wanted", {When::kAlways, 3}, false, {End::kReset}, {false}},
      {"never", {When::kNever, 3}, true, {End::kCrash}, {false}},
      {"power off is one", {When::kOnCrash, 3}, true, {End::kPowerOff}, {false}},
      {"the limit",
       {When::kOnCrash, 2},
       true,
       {End::kCrash, End::kReset, End::kCrash, End::kCrash},
       {true, true, true, false}},
      {"no restarts at all", {When::kOnCrash, 0}, true, {End::kCrash}, {false}},
      {"always",
       {When::kAlways, 1},
       true,
       {End::kCrash, End::kCrash, End::kPowerOff},
       {true, true, true}},
      {"what was killed stays so", {When::kAlways, 3}, true, {End::kStopped}, {false}},
      {"the host failed", {When::kAlways, 3}, true, {End::kHostFailure}, {false}},
  };
  for (const auto& row : kTable) {
    RestartPolicy policy(row.config, row.reboot);
    std::vector<bool> again;
    for (const End end : row.ends) again.push_back(policy.again(end));
    EXPECT_EQ(again, row.again) << row.name;
  }
}

std::vector<GuestReport> some_guests() {
  GuestReport bare;
  bare.name = "control";
  bare.state = "ended";
  bare.end = "powered off";
  bare.boots = 2;
  bare.usage.cpu_ns = 1'234'567'890;
  bare.usage.guest_ns = 1'000'000'000;
  bare.usage.aborts = 6;
  bare.usage.exits[HVK_STAT_HVC] = 12;
  bare.usage.exits[HVK_STAT_MMIO_USER] = 3;
  bare.windows.emplace();
  bare.windows->runs = 100;
  bare.windows->startup = 2;
  bare.windows->overruns = 4;
  bare.windows->late = 1;
  bare.windows->lost = 3;
  bare.windows->start_max_ns = 2500;
  bare.windows->end_max_ns = 1500;
  bare.health = 5;
  bare.console_lost = 70;
  GuestReport linux_guest;
  linux_guest.name = "linux";
  linux_guest.state = "stopped";
  linux_guest.boots = 1;
  return {bare, linux_guest};
}

TEST(Report, IsATable) {
  const char* const kTable[] = {
      "  partition  end          boots    CPU time  windows  start-up  overruns  late  lost  health"
      "  console lost",
      "  control    powered off      2  1.234568 s      100         2         4     1     3       5"
      "            70",
      "  linux      stopped          1  0.000000 s        -         -         -     -     -       0"
      "             0",
      "  exits of control: 12 hvc, 3 mmio-user",
  };
  std::string table;
  for (const char* line : kTable) table += std::string(table.empty() ? "" : "\n") + line;
  EXPECT_EQ(report_table(some_guests()), table);
}

TEST(Report, IsJson) {
  const auto json = nlohmann::json::parse(report_json("demo", some_guests()));
  EXPECT_EQ(json["system"], "demo");
  ASSERT_EQ(json["partitions"].size(), 2u);
  const auto& bare = json["partitions"][0];
  EXPECT_EQ(bare["name"], "control");
  EXPECT_EQ(bare["state"], "ended");
  EXPECT_EQ(bare["end"], "powered off");
  EXPECT_EQ(bare["boots"], 2);
  EXPECT_EQ(bare["cpu_ns"], 1'234'567'890);
  EXPECT_EQ(bare["guest_ns"], 1'000'000'000);
  EXPECT_EQ(bare["aborts"], 6);
  EXPECT_EQ(bare["exits"]["hvc"], 12);
  EXPECT_EQ(bare["exits"]["irq"], 0);
  EXPECT_EQ(bare["windows"], 100);
  EXPECT_EQ(bare["startup_overruns"], 2);
  EXPECT_EQ(bare["overruns"], 4);
  EXPECT_EQ(bare["late"], 1);
  EXPECT_EQ(bare["lost"], 3);
  EXPECT_EQ(bare["start_max_ns"], 2500);
  EXPECT_EQ(bare["end_max_ns"], 1500);
  EXPECT_EQ(bare["health"], 5);
  EXPECT_EQ(bare["console_lost"], 70);
  const auto& other = json["partitions"][1];
  EXPECT_EQ(other["state"], "stopped");
  EXPECT_EQ(other["end"], "");
  EXPECT_FALSE(other.contains("windows"));
  EXPECT_EQ(report_json("demo", {}).find('\n'), std::string::npos);
  // A file's name need not be UTF-8.
  EXPECT_NO_THROW(report_json("\xff", {}));
}

TEST(Report, KnowsTheModulesKindsOfExits) { EXPECT_EQ(kExitKinds.size(), HVK_STAT_KINDS); }

TEST(WindowHost, SaysWhatTheHostLacks) {
  const test::TemporaryFolder root;
  const auto cpus = root.path() / "sys/devices/system/cpu";
  std::filesystem::create_directories(cpus / "cpu1/cpufreq");
  std::filesystem::create_directories(cpus / "cpu2/cpufreq");
  const auto write = [&](const char* name, const char* text) {
    std::ofstream(cpus / name) << text;
  };
  SystemConfig system;
  system.windows = {{0, 1, 0, 1000}, {0, 2, 0, 1000}, {1, 2, 2000, 1000}};

  write("isolated", "\n");
  write("cpu1/cpufreq/scaling_governor", "schedutil\n");
  write("cpu2/cpufreq/scaling_governor", "performance\n");
  auto warnings = host_warnings(system, root.path());
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("isolcpus=1,2"), std::string::npos) << warnings[0];
  EXPECT_NE(warnings[1].find("cpupower -c 1 "), std::string::npos) << warnings[1];

  write("isolated", "1-2\n");
  write("cpu1/cpufreq/scaling_governor", "performance\n");
  EXPECT_TRUE(host_warnings(system, root.path()).empty());

  write("isolated", "\n");
  system.windows.clear();
  EXPECT_TRUE(host_warnings(system, root.path()).empty());
}

}  // namespace
}  // namespace hvk
