// SPDX-License-Identifier: GPL-2.0-only
// Any file at all, given as a FIT image: it is refused, or its parts lie in it
// and have their digests. Digests are made good first, or nothing would pass.
#include <libfdt.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "image/fit.h"
#include "image/image.h"
#include "image/public_key.h"

namespace {

constexpr char kKey[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2FTcMkCRbpFFv7mduWqj\n"
    "hcLY4GOwIPZeNIchzOnIAVO/OeChdQvdkYA+mr6CDPNwf76NHIuUFP+yAs26W/FD\n"
    "cXwNEhrEHTHDRdlUaLLqmtM4Tfk3mG2MLmyCnpszUgVj9bGViv3oB5wsnsaOsBJM\n"
    "iscBq2Bz4Gvc7+0GnKLL+8mQxY/9fH0hgPKrY6/F4fJ9bbUHSO/x0iCeGobHhJck\n"
    "OGNsruVudUaNXZ4b9cJ2aM7m6c9kvzy/OPI2p6KDeBoc2TBn3BSmi4EJ7r8cIUfT\n"
    "b6uS1+eT2A3elPJsW9AFsMh6FJ+3uKzr8Ddrrv11E2OyE8tW1qX4xr4b8EpXR9FC\n"
    "GwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

// Writes into the first hash of each image the digest of its data.
void mend(std::vector<std::byte>& file) {
  if (file.size() < sizeof(fdt_header) || fdt_check_header(file.data()) != 0 ||
      fdt_version(file.data()) != 17 ||  // libfdt 1.6.1 stumbles over old ones
      fdt_totalsize(file.data()) > file.size() ||
      fdt_check_full(file.data(), fdt_totalsize(file.data())) != 0) {
    return;
  }
  void* const tree = file.data();
  int image;
  fdt_for_each_subnode(image, tree, fdt_path_offset(tree, "/images")) {
    int size = 0;
    const void* data = fdt_getprop(tree, image, "data", &size);
    const int hash = fdt_first_subnode(tree, image);
    if (!data || hash < 0) continue;
    const hvk::Digest digest =
        hvk::sha256({static_cast<const std::byte*>(data), static_cast<size_t>(size)});
    fdt_setprop_inplace(tree, hash, "value", digest.data(), digest.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const hvk::PublicKey key(std::as_bytes(std::span(kKey, sizeof(kKey) - 1)));
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  std::vector<std::byte> file(bytes, bytes + size);
  mend(file);
  const std::byte* const begin = file.data();
  try {
    const hvk::Fit fit(std::move(file));
    if (fit.parts().empty()) abort();
    for (const hvk::FitPart& part : fit.parts()) {
      if (part.content.data() < begin || part.content.data() + part.content.size() > begin + size ||
          part.digest != hvk::sha256(part.content) || fit.find(part.name) != &part) {
        abort();
      }
    }
    fit.system();
    fit.verify(key);
    abort();  // nobody has the private key
  } catch (const hvk::ImageError&) {
    // The only way to refuse.
  }
  return 0;
}
