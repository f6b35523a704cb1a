// SPDX-License-Identifier: GPL-2.0-only
// A folder where FIT images are made with mkimage, from keys that were made a
// moment ago, and where fit_check_sign is asked if this machine has it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/image_files.h"

namespace hvk::test {

// The source of an image with four parts: the system file, a kernel, an initrd
// and a device tree.
struct ItsOptions {
  bool classic = false;  // its configuration names a kernel, a ramdisk, an fdt,
                         // which is all that fit_check_sign loads
  std::string key;       // signs with it, by name
  bool images = false;   // signs each image, not the configuration
  std::string algorithm = "sha256,rsa2048";
  std::string padding;  // empty: the default
};
std::string its(const ItsOptions& options = {});

// `text` with the first `from` in it replaced; `from` must be there.
std::string replaced(std::string text, std::string_view from, std::string_view to);

class Workshop {
 public:
  Workshop();
  ~Workshop();
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  // What its() names.
  static const Blob& kernel();
  static const Blob& initrd();
  static const Blob& tree();
  static const Blob& system();

  // The image that mkimage makes of `source`, signed if that names a key with
  // its size (below); `options` as "-E". Fails the test if mkimage does.
  Blob image(const std::string& source, const std::string& options = {});

  // The PEM file of the public key NAME, made at its first use: "dev2048" has
  // 2048 bits.
  Blob public_key(const std::string& name);
  std::string public_key_file(const std::string& name);

  // fit_check_sign's verdict over an image, with the keys that signed images
  // here; nothing if there is no fit_check_sign.
  std::optional<bool> oracle(const Blob& image);

  // Writes a file into the folder; its path.
  std::string file(const std::string& name, const Blob& content);

  // Removes all keys that the oracle knows.
  void forget_keys();

 private:
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  Blob read(const std::string& name) const;
  // Runs it in the folder; whether it ended with status 0.
  bool run(const std::string& command, bool must = true);
  void make_key(const std::string& name);

  std::string folder_;
};

// One for all tests: keys take a second each.
Workshop& workshop();

}  // namespace hvk::test
