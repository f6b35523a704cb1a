// SPDX-License-Identifier: GPL-2.0-only
// Writes what a good end of a socket network sends into the folder that is named,
// for the fuzzer to start from.
#include <cstdint>
#include <string>

#include "tests/fuzz/seeds.h"

namespace {

std::string framed(uint32_t size) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift));
  return bytes.append(size, 'x');
}

}  // namespace

int main(int argc, char** argv) {
  return hvk::test::write_seeds(argc, argv,
                                {
                                    {"one", "\xff" + framed(60)},
                                    {"several", "\x10" + framed(60) + framed(14) + framed(1514)},
                                    {"short-ones", "\x03" + framed(0) + framed(13) + framed(14)},
                                    {"cut", "\x7f" + framed(200).substr(0, 100)},
                                    {"too-long", "\x7f" + framed(60) + "\xff\xff\xff\xff"},
                                });
}
