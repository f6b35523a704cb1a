// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/raw.h"

#include <string>

#include "image/arm64_image.h"
#include "image/foreign.h"
#include "image/text.h"

namespace hvk::image {

namespace {

constexpr size_t kInstruction = 4;
constexpr const char* kForce = "format=raw takes it as it is";

// Whether a guest whose first instruction is `word` can get beyond it. Bits 28 to 25 tell A64's
// main group (DDI 0487 C4.1), and in these groups it cannot:
// - 0000 has UDF, which is permanently undefined (a zero word is UDF), and SME's instructions; 0001
//   and 0011 are unallocated; 0010 is SVE's. Guests have neither SME nor SVE.
// - x111 is FP and Advanced SIMD, x110 the loads and stores of their registers. A vCPU starts with
//   CPACR_EL1.FPEN clear, so that such an instruction is trapped, to a vector table that the guest
//   has not set up yet.
// Programs begin with the other groups: data processing, branches, system instructions, loads and
// stores. Neither is it checked which of their encodings are allocated, nor is the second word,
// which may be data.
bool can_come_first(uint32_t word) {
  const uint32_t group = word >> 25 & 0xf;
  const bool reserved = (group & 0xc) == 0;
  const bool floating = (group & 0x6) == 0x6;
  return !reserved && !floating;
}

void check_size(Bytes file) {
  if (file.size() >= kInstruction) return;
  throw ImageError("a file of " + std::to_string(file.size()) +
                   " bytes, in which there is no instruction");
}

}  // namespace

void check_code(Bytes file) {
  if (const Foreign* foreign = find_foreign(file)) throw ImageError(describe(*foreign));
  if (is_cut_off_in_arm64_header(file)) {
    throw ImageError("the kernel is cut off: the file has the first " +
                     std::to_string(file.size()) + " bytes of an arm64 Image");
  }
  if (is_text(file)) {
    throw ImageError(is_toml(file) ? "text that looks like TOML, not a program; a system's file is "
                                     "given with --system"
                                   : "text, not a program; give an arm64 Image, an ELF64 file or a "
                                     "raw binary");
  }
  check_size(file);
  const auto first = le<uint32_t>(file, 0);
  if (!can_come_first(first)) {
    throw ImageError("of no format that is known, and no program either: its first word, " +
                     hex(first) + ", is no A64 instruction that a guest can begin with; " + kForce);
  }
}

LoadedImage load_raw(Bytes file, const Target& ram, const LoadOptions& options) {
  options.raw ? check_size(file) : check_code(file);
  const uint64_t ipa = options.address.value_or(ram.base());
  LoadedImage loaded{"raw", ipa, false, {ram.place("image", ipa, file, file.size())}};
  loaded.guessed = !options.raw;
  return loaded;
}

}  // namespace hvk::image
