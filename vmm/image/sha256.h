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

// Prepares libcrypto without the host's openssl.cnf, on which the checks here must not depend. Must
// be called before any other use of libcrypto; further calls do nothing. Throws std::bad_alloc.
void init_libcrypto();

// Calculates a digest over bytes that come in pieces. Throws nothing but std::bad_alloc.
class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::byte> bytes);
  // Returns the digest of all bytes that were added. To be called once, at the end.
  Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Returns the digest of `bytes`. Throws nothing but std::bad_alloc.
Digest sha256(std::span<const std::byte> bytes);

// Returns two hexadecimal digits for each byte, for messages.
std::string to_hex(std::span<const std::byte> bytes);

}  // namespace hvk
