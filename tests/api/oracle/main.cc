// SPDX-License-Identifier: GPL-2.0-only
// oracle [GoogleTest's options] KVM HVK TABLES: asks both devices the same, and compares.
//   KVM, HVK   /dev/kvm, /dev/hvk
//   TABLES     the folder of inventory.toml and differences.toml
// oracle --transcript DEVICE TABLES [PROBE...]: what one device answers, a line each.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <exception>

#include "tests/api/oracle/cases.h"
#include "tests/api/oracle/probes.h"

namespace hvk::oracle {
namespace {

struct Probe {
  const char* name;
  void (*ask)(Bench& bench);
};
constexpr Probe kProbes[] = {
    {"Capabilities", probe_capabilities},
    {"EnableCap", probe_enable_cap},
    {"SystemCalls", probe_system_calls},
    {"VmCalls", probe_vm_calls},
    {"VcpuCalls", probe_vcpu_calls},
    {"DeviceCalls", probe_device_calls},
    {"Registers", probe_registers},
    {"RegisterIds", probe_register_ids},
    {"Vcpus", probe_vcpus},
    {"Attributes", probe_attributes},
    {"Vgic", probe_vgic},
    {"Memory", probe_memory},
    {"Interrupts", probe_interrupts},
    {"Exits", probe_exits},
    {"Calls", probe_calls},
    {"Guest", probe_guest},
};

// "6.12" of "6.12.95+deb12-arm64".
std::string kernel() {
  utsname names = {};
  ::uname(&names);
  const std::string release = names.release;
  return release.substr(0, release.find_first_not_of("0123456789", release.find('.') + 1));
}

struct Comparison {
  std::string oracle, subject;  // devices
  Inventory inventory;
  Differences differences;
  unsigned asked = 0;  // probes

  Transcript ask(const std::string& device, const Probe& probe) const {
    Bench bench(device, inventory);
    probe.ask(bench);
    return bench.transcript();
  }
};

class SameAnswers : public testing::Test {
 public:
  SameAnswers(Comparison& comparison, const Probe& probe)
      : comparison_(comparison), probe_(probe) {}

  void TestBody() override {
    const Transcript oracle = comparison_.ask(comparison_.oracle, probe_);
    const Transcript subject = comparison_.ask(comparison_.subject, probe_);
    comparison_.asked++;
    EXPECT_FALSE(oracle.notes().empty());
    compare(oracle, subject, [&](const Divergence& found) {
      if (comparison_.differences.allow(found)) return;
      ADD_FAILURE() << found.question << ": KVM " << found.oracle << ", hvk " << found.subject;
    });
  }

 private:
  Comparison& comparison_;
  const Probe& probe_;
};

// Rows that nothing needs any more are to go: docs/abi.md is made of them.
class NoRowIsStale : public testing::Test {
 public:
  explicit NoRowIsStale(const Comparison& comparison) : comparison_(comparison) {}

  void TestBody() override {
    if (comparison_.asked != std::size(kProbes)) GTEST_SKIP() << "not all was asked";
    for (const std::string& row : comparison_.differences.unused()) {
      ADD_FAILURE() << row << ": there is no such difference";
    }
  }

 private:
  const Comparison& comparison_;
};

class OfEachDevice : public testing::Test {
 public:
  OfEachDevice(const std::string& device, const Inventory& inventory, const Case& what)
      : device_(device), inventory_(inventory), case_(what) {}

  void TestBody() override {
    Bench bench(device_, inventory_);
    case_.run(bench);
  }

 private:
  const std::string& device_;
  const Inventory& inventory_;
  const Case& case_;
};

int compare_devices(const std::string& oracle, const std::string& subject,
                    const std::string& tables) {
  Comparison comparison = {oracle, subject, Inventory::load(tables + "/inventory.toml"),
                           Differences(tables + "/differences.toml", kernel())};
  for (const Probe& probe : kProbes) {
    testing::RegisterTest("Same", probe.name, nullptr, nullptr, __FILE__, __LINE__,
                          [&]() -> testing::Test* { return new SameAnswers(comparison, probe); });
  }
  testing::RegisterTest("Differences", "NoRowIsStale", nullptr, nullptr, __FILE__, __LINE__,
                        [&]() -> testing::Test* { return new NoRowIsStale(comparison); });
  for (const std::span<const Case> some : {cases(), races()}) {
    for (const Case& each : some) {
      for (const auto& [suite, device] :
           {std::pair{"Kvm", &comparison.oracle}, {"Hvk", &comparison.subject}}) {
        testing::RegisterTest(suite, each.name, nullptr, nullptr, __FILE__, __LINE__,
                              [&comparison, &each, device]() -> testing::Test* {
                                return new OfEachDevice(*device, comparison.inventory, each);
                              });
      }
    }
  }
  return RUN_ALL_TESTS();
}

int print_transcript(const std::string& device, const std::string& tables,
                     const std::vector<std::string>& names) {
  const Inventory inventory = Inventory::load(tables + "/inventory.toml");
  for (const Probe& probe : kProbes) {
    if (!names.empty() && std::find(names.begin(), names.end(), probe.name) == names.end()) {
      continue;
    }
    Bench bench(device, inventory);
    probe.ask(bench);
    for (const auto& [question, answer] : bench.transcript().notes()) {
      fmt::print("{}: {}\n", question, answer);
    }
  }
  return 0;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() >= 3 && arguments[0] == "--transcript") {
    return print_transcript(arguments[1], arguments[2], {arguments.begin() + 3, arguments.end()});
  }
  if (arguments.size() == 3) return compare_devices(arguments[0], arguments[1], arguments[2]);
  fmt::print(stderr,
             "usage: oracle KVM HVK TABLES\n"
             "       oracle --transcript DEVICE TABLES [PROBE...]\n");
  return 2;
}

}  // namespace
}  // namespace hvk::oracle

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  try {
    return hvk::oracle::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "oracle: {}\n", error.what());
    return 2;
  }
}
