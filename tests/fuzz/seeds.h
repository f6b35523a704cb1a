// SPDX-License-Identifier: GPL-2.0-only
// The files that a fuzzer starts from, written into the folder that is named.
#pragma once

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace hvk::test {

struct Seed {
  Seed(const char* seed_name, std::string bytes) : name(seed_name), content(std::move(bytes)) {}
  // Of any type that is a byte.
  template <typename Byte>
  Seed(const char* seed_name, const std::vector<Byte>& bytes)
      : name(seed_name), content(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {
    static_assert(sizeof(Byte) == 1);
  }

  const char* name;
  std::string content;
};

// Returns the program's exit status: 1 if a file cannot be written, 2 if no folder is named.
inline int write_seeds(int argc, char** argv, const std::vector<Seed>& seeds) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  for (const Seed& seed : seeds) {
    std::ofstream out(std::string(argv[1]) + "/" + seed.name, std::ios::binary);
    if (!(out << seed.content).flush()) {
      std::perror(seed.name);
      return 1;
    }
  }
  return 0;
}

}  // namespace hvk::test
