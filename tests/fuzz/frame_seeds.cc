// SPDX-License-Identifier: GPL-2.0-only
// Writes what a good end of a socket network sends into the folder that is named,
// for the fuzzer to start from.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace {

std::string framed(uint32_t size) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(size >> shift));
  return bytes.append(size, 'x');
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: frame_seeds FOLDER\n");
    return 2;
  }
  const struct {
    const char* name;
    std::string text;
  } seeds[] = {
      {"one", "\xff" + framed(60)},
      {"several", "\x10" + framed(60) + framed(14) + framed(1514)},
      {"short-ones", "\x03" + framed(0) + framed(13) + framed(14)},
      {"cut", "\x7f" + framed(200).substr(0, 100)},
      {"too-long", "\x7f" + framed(60) + "\xff\xff\xff\xff"},
  };
  for (const auto& seed : seeds) {
    std::ofstream(std::string(argv[1]) + "/" + seed.name, std::ios::binary) << seed.text;
  }
  return 0;
}
