// SPDX-License-Identifier: GPL-2.0-only
// Writes small FIT images into the folder that is named, for the fuzzer to
// start from: their trees, without mkimage; the fuzzer makes their digests.
#include <string>

#include "board/fdt.h"
#include "tests/fuzz/seeds.h"

using hvk::Fdt;

namespace {

std::vector<std::byte> image(bool outside, bool signature) {
  Fdt fdt;
  {
    const Fdt::Node root(fdt, "");
    fdt.cells("timestamp", {1});
    fdt.property("description", "a system");
    {
      const Fdt::Node images(fdt, "images");
      for (const char* name : {"system", "kernel-1"}) {
        const Fdt::Node part(fdt, name);
        if (outside) {
          fdt.cells("data-offset", {0});
          fdt.cells("data-size", {0});
        } else {
          fdt.property("data", name);
        }
        fdt.property("hvk,file", std::string(name) + ".bin");
        const Fdt::Node hash(fdt, "hash-1");
        fdt.bytes("value", std::string(32, 'v').data(), 32);
        fdt.property("algo", "sha256");
      }
    }
    const Fdt::Node configurations(fdt, "configurations");
    fdt.property("default", "demo");
    const Fdt::Node configuration(fdt, "demo");
    fdt.property("script", "system");
    fdt.strings("loadables", {"kernel-1"});
    if (signature) {
      const Fdt::Node node(fdt, "signature-1");
      fdt.cells("hashed-strings", {0, 16});
      fdt.bytes("value", std::string(256, 's').data(), 256);
      fdt.property("algo", "sha256,rsa2048");
      fdt.property("padding", "pss");
    }
  }
  return fdt.finish();
}

}  // namespace

int main(int argc, char** argv) {
  return hvk::test::write_seeds(argc, argv,
                                {
                                    {"inside", image(false, false)},
                                    {"outside", image(true, false)},
                                    {"signed", image(false, true)},
                                });
}
