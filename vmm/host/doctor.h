// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-run --doctor: reports what this machine has of what hvk needs, what it lacks, and how to get
// that. Works for any user and before the module is loaded.
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

// Facts about the machine that come from system calls and not from files.
struct LiveFacts {
  std::string machine;     // uname -m
  std::string release;     // uname -r
  uint64_t page_size = 0;  // in bytes
  bool aarch32 = false;    // whether 32-bit programs run
};

// Reads the facts of the machine on which this process runs.
LiveFacts this_machine();

// Examines the host's files under `root`, which is "/" except in tests: /proc, /sys, /dev, /boot
// and /lib/modules. A file may be absent or have any content.
std::vector<Finding> examine_host(const std::filesystem::path& root, const LiveFacts& live);

// Formats the findings as lines for a person; the last line is the verdict.
std::string format_report(const std::vector<Finding>& findings);

// Examines this machine, asks the module too if it is loaded, and prints the report to stdout.
// Returns the exit status: 0 if no finding is bad, else 1.
int run_doctor();

}  // namespace hvk
