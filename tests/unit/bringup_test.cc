// SPDX-License-Identifier: GPL-2.0-only
// The walk up the ladder, on a module that is made of strings.
#include "host/bringup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace hvk {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHead = "rungs: probe mmu guest\ncpu: 1\n";

std::string answer(const std::string& rung, const std::string& result, const std::string& says) {
  return std::string(kHead) + "result: " + result + "\nrung: " + rung +
         "\nmidr: 0x410fd083\nmicroseconds: 12\nstage: 6: is at EL2\nesr: 0x96000045\n"
         "elr: 0x40001058\nsays: " +
         says + "\n";
}

// What the module answers to each rung: errno, and its file afterwards.
class FakeLadder {
 public:
  std::map<std::string, std::pair<int, std::string>> answers;
  std::vector<std::string> climbed;

  int walk() {
    const LadderFile file = {[this] { return std::optional<std::string>(text_); },
                             [this](const std::string& rung) {
                               climbed.push_back(rung);
                               text_ = answers[rung].second;
                               return answers[rung].first;
                             }};
    return walk_ladder(file, {"machine: a board"}, [this](std::string_view text) {
      said += text;
      if (!text.ends_with('\n')) before_hang = said;
    });
  }

  std::string said;
  std::string before_hang;  // what was out when the last rung was tried

 private:
  std::string text_ = std::string(kHead) + "result: none\n";
};

class Bringup : public testing::Test {
 protected:
  Bringup() {
    for (const char* rung : {"probe", "mmu", "guest"}) {
      ladder_.answers[rung] = {0, answer(rung, "passed", std::string(rung) + " holds")};
    }
  }
  bool said(const char* text) const { return ladder_.said.find(text) != std::string::npos; }

  FakeLadder ladder_;
};

TEST_F(Bringup, ClimbsEveryRungOfTheModule) {
  EXPECT_EQ(ladder_.walk(), 0);
  EXPECT_EQ(ladder_.climbed, (std::vector<std::string>{"probe", "mmu", "guest"}));
  EXPECT_TRUE(said("CPU 1, rung by rung"));
  EXPECT_TRUE(said("machine: a board\nCPU 1: MIDR 0x410fd083\n"));
  EXPECT_TRUE(said("rung guest: passed in 12 us: guest holds\n"));
  EXPECT_TRUE(said("Every rung holds"));
}

TEST_F(Bringup, NamesARungBeforeItIsTried) {
  ladder_.walk();
  EXPECT_TRUE(ladder_.before_hang.ends_with("guest    a guest of one page that does one HVC ... "))
      << ladder_.before_hang;
}

TEST_F(Bringup, StopsAtARungThatFails) {
  ladder_.answers["mmu"] = {EIO, answer("mmu", "failed", "EL2 did not answer")};
  EXPECT_EQ(ladder_.walk(), 1);
  EXPECT_EQ(ladder_.climbed, (std::vector<std::string>{"probe", "mmu"}));
  EXPECT_TRUE(
      said("rung mmu: failed in 12 us: EL2 did not answer; stage 6: is at EL2; "
           "esr 0x96000045 elr 0x40001058\n"));
  EXPECT_FALSE(said("is lost"));
}

TEST_F(Bringup, TellsWhatToDoWithoutTheCpu) {
  ladder_.answers["mmu"] = {EIO, answer("mmu", "lost", "no fetch works")};
  EXPECT_EQ(ladder_.walk(), 1);
  EXPECT_TRUE(said("CPU 1 is lost"));
  EXPECT_TRUE(said("echo b > /proc/sysrq-trigger"));
}

TEST_F(Bringup, DoesNotTakeAnOldResultForThisRungs) {
  ladder_.answers["mmu"] = {EBUSY, answer("probe", "passed", "probe holds")};
  EXPECT_EQ(ladder_.walk(), 1);
  EXPECT_TRUE(said("rung mmu: not tried: KVM has VMs"));
  ladder_.answers["probe"] = {ENODEV, answer("mmu", "lost", "")};
  ladder_.said.clear();
  EXPECT_EQ(ladder_.walk(), 1);
  EXPECT_TRUE(said("not tried: a CPU was lost before"));
}

TEST_F(Bringup, SurvivesAnyText) {
  for (const char* text : {"", ":", "rungs:", "rungs: \n", "rungs: mmu", "cpu: \nresult: lost\n"}) {
    for (auto& [rung, answer] : ladder_.answers) answer.second = text;
    EXPECT_EQ(ladder_.walk(), 1) << text;
  }
  const LadderState state = parse_ladder("rungs: a  b\nsays: x: y\nunknown: 1\n");
  EXPECT_EQ(state.rungs, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(state.says, "x: y");
  EXPECT_EQ(state.result, "");
}

// A host of files; each row takes one step further.
TEST(BringupObstacle, HasARemedyForEach) {
  const fs::path root = fs::path(testing::TempDir()) / ("hvk-bringup-" + std::to_string(getpid()));
  fs::remove_all(root);
  const auto put = [&](const char* path, const char* text) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  };
  const auto remedy = [&] {
    const auto obstacle = ladder_obstacle(root, true);
    return obstacle ? obstacle->text + " -> " + obstacle->remedy : "";
  };
  EXPECT_EQ(ladder_obstacle(root, false)->remedy, "sudo hvk-run --doctor --bringup");
  EXPECT_EQ(remedy(), "hvk.ko is not loaded -> sudo insmod hvk.ko take_only=1");
  put("proc/modules", "hvk 1 0 - Live 0x0\n");
  EXPECT_TRUE(remedy().starts_with("this hvk.ko has no ladder"));
  put("sys/module/hvk/parameters/take_only", "-1\n");
  EXPECT_TRUE(remedy().ends_with("sudo rmmod hvk && sudo insmod hvk.ko take_only=1"));
  put("sys/module/hvk/parameters/take_only", "1\n");
  EXPECT_TRUE(remedy().starts_with("this kernel has no debugfs"));
  put("proc/filesystems", "nodev\tdebugfs\n");
  EXPECT_TRUE(remedy().ends_with("sudo mount -t debugfs none /sys/kernel/debug"));
  put("proc/mounts", "none /sys/kernel/debug debugfs rw 0 0\n");
  EXPECT_TRUE(remedy().starts_with("the module has no file in debugfs"));
  put("sys/kernel/debug/hvk/bringup", "");
  EXPECT_EQ(remedy(), "");
  fs::remove_all(root);
}

}  // namespace
}  // namespace hvk
