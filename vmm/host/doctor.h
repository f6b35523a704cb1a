// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --doctor: what this machine has for hvk, what it lacks, and how to
// get it. Works for any user and before the module is loaded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace hvk {

// One line of the report.
struct Finding {
  enum class Verdict { kGood, kBad, kNote };
  Verdict verdict;
  std::string topic;   // "EL2"
  std::string text;    // what was found
  std::string remedy;  // what to do about it, or empty
};

// Facts about the machine that stand in no file.
struct LiveFacts {
  std::string machine;  // uname -m
  std::string release;  // uname -r
  uint64_t page_size = 0;
  bool aarch32 = false;  // 32-bit programs run
};

// The facts of the machine that this runs on.
LiveFacts this_machine();

// Examines the files under `root`, "/" but for tests: /proc, /sys, /dev,
// /boot. Each may be absent, or be anything.
std::vector<Finding> examine_host(const std::filesystem::path& root, const LiveFacts& live);

// The findings as lines for a person, and a verdict in the last one.
std::string format_report(const std::vector<Finding>& findings);

// Examines this machine, asks the module if it is loaded, prints the report to
// stdout. Returns the exit status: 0 if nothing is in the way, else 1.
int run_doctor();

}  // namespace hvk
