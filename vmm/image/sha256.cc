// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <new>

#include "base/progress.h"

namespace hvk {

namespace {

// Throws if a call of libcrypto failed: hashing can fail only for lack of memory.
void must(int done) {
  if (done != 1) throw std::bad_alloc();
}

}  // namespace

void init_libcrypto() { must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr)); }

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256::Sha256() {
  init_libcrypto();
  context_.reset(EVP_MD_CTX_new());
  if (!context_) throw std::bad_alloc();
  must(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void Sha256::add(std::span<const std::byte> bytes) {
  must(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

Digest Sha256::finish() {
  Digest digest;
  must(
      EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr));
  return digest;
}

Digest sha256(std::span<const std::byte> bytes) {
  constexpr size_t kStep = 4 << 20;
  Sha256 hash;
  Progress progress("checking digests", bytes.size());
  for (size_t at = 0; at < bytes.size(); at += kStep) {
    hash.add(bytes.subspan(at, std::min(kStep, bytes.size() - at)));
    progress.at(at);
  }
  return hash.finish();
}

std::string to_hex(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte >> 4)];
    text += kDigits[std::to_integer<unsigned>(byte & std::byte{0xf})];
  }
  return text;
}

}  // namespace hvk
