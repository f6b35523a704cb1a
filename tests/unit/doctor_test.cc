// SPDX-License-Identifier: GPL-2.0-only
// The doctor on hosts made of files: what it says of each fact.
#include "host/doctor.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "host/hostfiles.h"

namespace hvk {
namespace {

namespace fs = std::filesystem;
using Verdict = Finding::Verdict;

constexpr const char* kInterrupts =
    "           CPU0       CPU1       \n"
    "  9:          0          0     GICv2  25 Level     vgic\n"
    " 11:        683        713     GICv2  30 Level     arch_timer\n"
    " 12:          0          0     GICv2  27 Level     kvm guest vtimer\n"
    "IPI0:        24         12       Rescheduling interrupts\n";

std::string big_endian(std::vector<uint32_t> cells) {
  std::string raw;
  for (uint32_t cell : cells) {
    for (int shift = 24; shift >= 0; shift -= 8) raw += static_cast<char>(cell >> shift);
  }
  return raw;
}

// A host that hvk runs on; each test breaks one thing.
class DoctorTest : public testing::Test {
 protected:
  DoctorTest()
      : root_(fs::path(testing::TempDir()) / ("hvk-doctor-" + std::to_string(::getpid()))) {
    fs::remove_all(root_);
    live_ = {"aarch64", "6.1.0-test", 4096, true};
    put("proc/interrupts", kInterrupts);
    put("proc/cmdline", "console=ttyAMA0 quiet\n");
    put("proc/modules", "other 1 0 - Live 0x0\n");
    put("proc/cpuinfo",
        "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n\nprocessor\t: 1\n");
    put(tree("compatible"), std::string("acme,board\0", 11));
    put(tree("soc/#address-cells"), big_endian({1}));
    put(tree("soc/#size-cells"), big_endian({1}));
    put(tree("soc/gic@1000/compatible"), std::string("arm,gic-400\0", 12));
    put(tree("soc/gic@1000/reg"), big_endian({1, 2, 3, 4, 5, 6, 7, 8}));
    put(tree("soc/gic@1000/interrupts"), big_endian({1, 9, 0xf04}));
    put(tree("timer/compatible"), std::string("arm,armv8-timer\0arm,armv7-timer\0", 32));
    put(tree("timer/interrupts"),
        big_endian({1, 13, 0xf08, 1, 14, 0xf08, 1, 11, 0xf08, 1, 10, 0xf08}));
    put("boot/config-6.1.0-test",
        "CONFIG_MODULES=y\nCONFIG_KVM=y\nCONFIG_MMU_NOTIFIER=y\nCONFIG_PREEMPT_NOTIFIERS=y\n");
    put("lib/modules/6.1.0-test/build/Makefile", "");
    put("sys/devices/system/cpu/vulnerabilities/l1tf", "Not affected\n");
  }
  ~DoctorTest() override { fs::remove_all(root_); }

  static fs::path tree(const char* path) { return fs::path("proc/device-tree") / path; }

  void put(const fs::path& path, const std::string& content) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << content;
  }

  // "ok", "NO" or "--", then what was found; "(silent)" without such a topic.
  std::string said(const std::string& topic) {
    for (const Finding& finding : examine_host(root_, live_)) {
      if (finding.topic != topic) continue;
      EXPECT_TRUE(finding.verdict != Verdict::kBad || !finding.remedy.empty()) << topic;
      const char* mark = finding.verdict == Verdict::kGood  ? "ok "
                         : finding.verdict == Verdict::kBad ? "NO "
                                                            : "-- ";
      return mark + finding.text;
    }
    return "(silent)";
  }

  fs::path root_;
  LiveFacts live_;
};

TEST_F(DoctorTest, FindsNothingWrongWithAGoodHost) {
  const std::vector<Finding> findings = examine_host(root_, live_);
  for (const Finding& finding : findings) {
    EXPECT_NE(finding.verdict, Verdict::kBad) << finding.topic << ": " << finding.text;
  }
  EXPECT_TRUE(format_report(findings).ends_with("Nothing is in hvk's way here.\n"));
  EXPECT_EQ(said("CPUs"), "-- 2 x Cortex-A72");
  EXPECT_EQ(said("GIC"), "ok GICv2 with GICH and GICV");
  EXPECT_EQ(said("virtual timer"), "ok INTID 27 (requested by KVM; shared with it)");
  EXPECT_EQ(said("maintenance"), "ok INTID 25 (requested by KVM; shared with it)");
  EXPECT_EQ(said("kernel options"), "ok has KVM MMU_NOTIFIER PREEMPT_NOTIFIERS");
  EXPECT_EQ(said("hvk"), "-- not loaded");
}

TEST_F(DoctorTest, TellsTheExceptionLevelFromTheTick) {
  struct {
    const char* intid;
    const char* starts;
  } const kTable[] = {{"30", "ok the kernel was started at EL2"},
                      {"27", "NO the kernel was started at EL1"},
                      {"26", "ok the kernel itself runs at EL2 (VHE)"},
                      {"28", "ok the kernel itself runs at EL2 (VHE)"},
                      {"99", "-- cannot tell"},
                      {"x", "-- cannot tell"}};
  for (const auto& row : kTable) {
    put("proc/interrupts", std::string(" 11:  1  GIC-0  ") + row.intid + " Level  arch_timer\n");
    EXPECT_TRUE(said("EL2").starts_with(row.starts)) << row.intid << ": " << said("EL2");
  }
}

TEST_F(DoctorTest, TellsWhoHasEl2) {
  EXPECT_EQ(said("EL2 owner"), "ok nobody: KVM is absent or off");
  put("dev/kvm", "");
  EXPECT_TRUE(said("EL2 owner").starts_with("ok nobody until KVM starts a VM"));
  put("sys/module/kvm/parameters/enable_virt_at_load", "Y\n");
  EXPECT_TRUE(said("EL2 owner").starts_with("ok KVM, idle"));
  fs::create_directories(root_ / "proc/77/fd");
  fs::create_symlink("anon_inode:kvm-vm", root_ / "proc/77/fd/5");
  EXPECT_EQ(said("EL2 owner"), "NO KVM has VMs, of process 77");
  const std::string interrupts = " 11:  1  GIC-0  ";
  put("proc/interrupts", interrupts + "26 Level  arch_timer\n");
  EXPECT_EQ(said("EL2 owner"), "ok nobody: KVM and hvk may have VMs at the same time");
  put("proc/interrupts", interrupts + "30 Level  arch_timer\n");
  put("proc/cmdline", "kvm-arm.mode=protected\n");
  EXPECT_TRUE(said("EL2 owner").starts_with("NO protected KVM"));
}

TEST_F(DoctorTest, TellsTheGicsApart) {
  put(tree("soc/gic@1000/reg"), big_endian({1, 2, 3, 4}));
  EXPECT_TRUE(said("GIC").starts_with("NO GICv2 without the regions"));
  put(tree("soc/gic@1000/compatible"), std::string("arm,gic-v3\0", 11));
  EXPECT_TRUE(said("GIC").starts_with("NO GICv3"));
  put(tree("soc/gic@1000/compatible"), std::string("acme,pic\0", 9));
  EXPECT_TRUE(said("GIC").starts_with("NO none"));
  fs::remove_all(root_ / "proc/device-tree");
  EXPECT_TRUE(said("GIC").starts_with("-- GICv2; no device tree"));
}

TEST_F(DoctorTest, SurvivesHostileTrees) {
  put(tree("soc/#address-cells"), big_endian({0xffffffff}));
  put(tree("soc/#size-cells"), big_endian({1}));
  EXPECT_TRUE(said("GIC").starts_with("NO"));
  put(tree("soc/#address-cells"), "");
  put(tree("soc/gic@1000/reg"), "abc");
  put(tree("soc/gic@1000/interrupts"), big_endian({0, 9, 4}));
  put(tree("timer/interrupts"), big_endian({1, 13}));
  put(tree("timer/compatible"), "arm,armv8-timer");  // without its NUL
  EXPECT_TRUE(said("GIC").starts_with("NO"));
  EXPECT_TRUE(said("virtual timer").starts_with("NO"));
  EXPECT_TRUE(said("maintenance").starts_with("NO"));
}

TEST_F(DoctorTest, NamesWhatTheKernelLacks) {
  put("boot/config-6.1.0-test",
      "CONFIG_MODULES=y\n# CONFIG_KVM is not set\nCONFIG_MMU_NOTIFIER=y\n");
  EXPECT_EQ(said("kernel options"), "-- has MMU_NOTIFIER, lacks KVM PREEMPT_NOTIFIERS");
  EXPECT_EQ(said("no KVM"), "(silent)") << "nothing of hvk's is lost with it";
  EXPECT_EQ(said("no MMU_NOTIFIER"), "(silent)");
  EXPECT_TRUE(said("no PREEMPT_NOTIFIERS").starts_with("-- the state of the interrupt controller"));
  EXPECT_EQ(said("modules"), "(silent)");
  put("boot/config-6.1.0-test", "CONFIG_MODULES=y\n");
  EXPECT_EQ(said("kernel options"), "-- has none, lacks KVM MMU_NOTIFIER PREEMPT_NOTIFIERS");
  EXPECT_TRUE(said("no MMU_NOTIFIER").starts_with("-- guest memory is pinned"));
  put("boot/config-6.1.0-test", "CONFIG_KVM=y\n");
  EXPECT_TRUE(said("modules").starts_with("NO"));
  fs::remove(root_ / "boot/config-6.1.0-test");
  EXPECT_TRUE(said("kernel options").starts_with("-- cannot tell"));
  EXPECT_EQ(said("no MMU_NOTIFIER"), "(silent)");
  // Without a configuration the kernel's functions tell.
  put("proc/kallsyms",
      "0000000000000000 T kvm_init_more\n0000000000000000 T mmu_notifier_unregister\n");
  EXPECT_EQ(said("kernel options"), "-- has MMU_NOTIFIER, lacks KVM PREEMPT_NOTIFIERS");
  EXPECT_EQ(said("modules"), "(silent)");
  fs::remove_all(root_ / "lib");
  EXPECT_TRUE(said("headers").starts_with("-- none"));
}

TEST_F(DoctorTest, NamesWhatElseIsInTheWay) {
  live_.page_size = 16384;
  EXPECT_EQ(said("pages"), "NO 16 KiB");
  live_.machine = "x86_64";
  EXPECT_TRUE(said("kernel").starts_with("NO"));
  put("sys/module/module/parameters/sig_enforce", "Y\n");
  EXPECT_TRUE(said("signatures").starts_with("NO"));
  put("sys/module/module/parameters/sig_enforce", "N\n");
  EXPECT_EQ(said("signatures"), "(silent)");
  put("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
  EXPECT_TRUE(said("signatures").starts_with("NO"));
  put("proc/modules", "hvk 1 0 - Live 0x0\n");
  EXPECT_TRUE(said("hvk").starts_with("NO loaded, but"));
  put("dev/hvk", "");
  EXPECT_EQ(said("hvk"), "ok loaded");
  put("sys/devices/system/cpu/vulnerabilities/spectre_v2", "Vulnerable\n");
  put("sys/devices/system/cpu/vulnerabilities/spectre_v1", "Mitigation: x\n");
  EXPECT_EQ(said("spectre_v2"), "-- Vulnerable");
  EXPECT_EQ(said("spectre_v1"), "ok Mitigation: x");
  EXPECT_EQ(said("l1tf"), "(silent)");
  EXPECT_NE(format_report(examine_host(root_, live_)).find("3 things are in hvk's way"),
            std::string::npos);
}

TEST_F(DoctorTest, TellsWhatIsKeptFromRealTimeThreads) {
  EXPECT_EQ(said("real time"), "-- real-time threads may have all of a CPU's time");
  put("proc/sys/kernel/sched_rt_runtime_us", "950000\n");
  put("proc/sys/kernel/sched_rt_period_us", "1000000\n");
  EXPECT_TRUE(said("real time").starts_with("-- real-time threads may have 950 ms of"));
  put("sys/kernel/debug/sched/fair_server/cpu0/runtime", "50000000\n");
  put("sys/kernel/debug/sched/fair_server/cpu0/period", "1000000000\n");
  EXPECT_TRUE(said("real time").starts_with("-- other threads that want it have 50 ms"));
}

TEST_F(DoctorTest, HasAnAnswerWithoutAnyFile) {
  fs::remove_all(root_);
  EXPECT_FALSE(format_report(examine_host(root_, live_)).empty());
}

TEST(HostFiles, SplitsLinesAndWords) {
  using Views = std::vector<std::string_view>;
  EXPECT_EQ(lines_of("a\n\nb"), (Views{"a", "", "b"}));
  EXPECT_EQ(lines_of("a\n"), Views{"a"});
  EXPECT_EQ(lines_of(""), Views{});
  EXPECT_EQ(words_of("  a\tbc  d "), (Views{"a", "bc", "d"}));
  EXPECT_EQ(words_of("   "), Views{});
}

TEST(HostFiles, FindsIntids) {
  EXPECT_EQ(gic_intids(kInterrupts, "arch_timer"), std::vector<uint32_t>{30});
  EXPECT_EQ(gic_intids(kInterrupts, "kvm guest vtimer"), std::vector<uint32_t>{27});
  EXPECT_EQ(gic_intids(kInterrupts, "nobody"), std::vector<uint32_t>{});
  EXPECT_EQ(gic_intids("GICv2", "GICv2"), std::vector<uint32_t>{});
}

}  // namespace
}  // namespace hvk
