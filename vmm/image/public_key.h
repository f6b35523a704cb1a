// SPDX-License-Identifier: GPL-2.0-or-later
// The RSA key that an image must be signed with.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

struct evp_pkey_st;  // libcrypto's EVP_PKEY

namespace hvk {

class PublicKey {
 public:
  enum class Padding { kPkcs15, kPss };

  // Reads the key from the content of a PEM file ("BEGIN PUBLIC KEY"). Throws ImageError unless it
  // is an RSA key of 2048, 3072 or 4096 bits, the sizes with which mkimage signs.
  explicit PublicKey(std::span<const std::byte> pem);

  unsigned bits() const;

  // Whether `signature` is this key's over the SHA-256 of all `pieces`, concatenated in order.
  bool verifies(std::span<const std::span<const std::byte>> pieces,
                std::span<const std::byte> signature, Padding padding) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  std::unique_ptr<evp_pkey_st, Free> key_;
};

}  // namespace hvk
