// SPDX-License-Identifier: GPL-2.0-or-later
// SHA-256 (FIPS 180-4), by libcrypto.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

struct evp_md_ctx_st;  // libcrypto's EVP_MD_CTX

namespace hvk {

using Digest = std::array<std::byte, 32>;

// Prepares libcrypto, without the host's openssl.cnf: what is checked here does
// not depend on it. To be called before any other use; again does nothing.
void init_libcrypto();

// A digest over bytes that come in pieces. Throws std::bad_alloc at most.
class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::byte> bytes);
  // Of all that was added. To be called once.
  Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Digest sha256(std::span<const std::byte> bytes);

// Two hexadecimal digits a byte, for messages.
std::string to_hex(std::span<const std::byte> bytes);

}  // namespace hvk
