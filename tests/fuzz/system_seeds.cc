// SPDX-License-Identifier: GPL-2.0-only
// Writes a few system files into the folder that is named, for the fuzzer to
// start from: the manual's, and small ones.
#include <fstream>
#include <string>

#include "tests/fuzz/seeds.h"

namespace {

const std::string kGuests =
    "[[partition]]\nname=\"a\"\nkernel=\"k\"\nhost-cpus=[1]\nconsole=\"file=x\"\n"
    "[[partition]]\nname=\"b\"\nfirmware=\"f\"\nmemory=\"1M\"\nrestart=\"on-crash\"\n";

// The manual's first example.
std::string manual() {
  std::ifstream file("docs/system-file.md");
  std::string text;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (inside && line == "```") break;
    if (inside) text += line + "\n";
    if (line == "```toml") inside = true;
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  return hvk::test::write_seeds(
      argc, argv,
      {
          {"manual", manual()},
          {"guests", kGuests},
          {"schedule", kGuests + "[schedule]\nframe=\"1ms\"\nwindow=[{cpu=1,partition=\"a\","
                                 "offset=\"0s\",length=\"20us\"}]\n"},
          {"channel", kGuests + "[[channel]]\nname=\"c\"\nfrom=\"a\"\nto=\"b\"\n"},
          {"shared", kGuests + "[[shared]]\nname=\"s\"\nsize=\"4K\"\naddress=0x30000000\n"
                               "cached=false\naccess={a=\"r\",b=\"rw\"}\n"},
      });
}
