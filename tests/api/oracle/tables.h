// SPDX-License-Identifier: GPL-2.0-only
// The checked-in tables: inventory.toml (what there is to ask) and differences.toml (what may
// be answered otherwise, and why). docs-abi makes docs/abi.md of the same two.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/api/oracle/transcript.h"

namespace hvk::oracle {

struct Inventory {
  // By number: several names may share one.
  std::vector<std::pair<std::string, unsigned>> capabilities;
  // `on`: the kinds of files where a 64-bit Arm KVM has it; none, where it has it not at all.
  struct Ioctl {
    unsigned long number;
    std::vector<std::string> on;
  };
  std::map<std::string, Ioctl> ioctls;
  // By ONE_REG identifier.
  std::map<uint64_t, std::string> registers;

  // Throws std::runtime_error, naming the file's line, if the file is not as it should be.
  static Inventory load(const std::string& path);
};

// '*' stands for any characters, '|' between patterns for "or"; all else is itself.
bool matches(std::string_view patterns, std::string_view text);

class Differences {
 public:
  // Keeps the rows that are about this host ("6.1", "6.12"). Throws as Inventory does.
  Differences(const std::string& path, const std::string& host);

  // A row allows this difference; every row that does has then been of use.
  bool allow(const Divergence& divergence);

  // What no divergence needed so far.
  std::vector<std::string> unused() const;

 private:
  struct Row {
    std::string what, oracle, subject, name;
    bool used = false;
  };
  std::vector<Row> rows_;
};

}  // namespace hvk::oracle
