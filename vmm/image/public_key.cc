// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/public_key.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <new>
#include <string>

#include "image/loaded.h"
#include "image/sha256.h"

namespace hvk {

namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr size_t kMaxPem = 64 << 10;
constexpr int kSizes[] = {2048, 3072, 4096};  // bits

bool is_allowed(int bits) {
  for (const int size : kSizes) {
    if (bits == size) return true;
  }
  return false;
}

}  // namespace

void PublicKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

PublicKey::PublicKey(std::span<const std::byte> pem) {
  if (pem.size() > kMaxPem) throw ImageError("too large for a public key");
  init_libcrypto();
  // BIO_new_mem_buf() refuses a null pointer, even for an empty file.
  const Bio bio(BIO_new_mem_buf(pem.empty() ? "" : static_cast<const void*>(pem.data()),
                                static_cast<int>(pem.size())),
                BIO_free);
  if (!bio) throw std::bad_alloc();
  key_.reset(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!key_) {
    throw ImageError(
        "no public key in PEM; 'openssl rsa -in KEY -pubout -out PUBLIC.pem' makes one");
  }
  if (EVP_PKEY_get_base_id(key_.get()) != EVP_PKEY_RSA) {
    throw ImageError("not an RSA key; mkimage signs with RSA of 2048, 3072 or 4096 bits");
  }
  if (const int bits = EVP_PKEY_get_bits(key_.get()); !is_allowed(bits)) {
    throw ImageError("an RSA key of " + std::to_string(bits) +
                     " bits; it must have 2048, 3072 or 4096");
  }
}

unsigned PublicKey::bits() const { return static_cast<unsigned>(EVP_PKEY_get_bits(key_.get())); }

bool PublicKey::verifies(std::span<const std::span<const std::byte>> pieces,
                         std::span<const std::byte> signature, Padding padding) const {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!context) throw std::bad_alloc();
  EVP_PKEY_CTX* rsa = nullptr;  // owned by `context`
  bool good = EVP_DigestVerifyInit(context.get(), &rsa, EVP_sha256(), nullptr, key_.get()) == 1;
  if (padding == Padding::kPss) {
    // The mask function's hash is the digest's own (the default); a salt of any length is accepted.
    good = good && EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(rsa, RSA_PSS_SALTLEN_AUTO) == 1;
  } else {
    good = good && EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_PADDING) == 1;
  }
  for (const auto piece : pieces) {
    good = good && EVP_DigestVerifyUpdate(context.get(), piece.data(), piece.size()) == 1;
  }
  good = good && EVP_DigestVerifyFinal(context.get(),
                                       reinterpret_cast<const unsigned char*>(signature.data()),
                                       signature.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace hvk
