// SPDX-License-Identifier: GPL-2.0-only
// Signatures of FIT images: made by mkimage, and with the verdicts of
// fit_check_sign, which is asked too where there is one.
#include "image/fit_signature.h"

#include <functional>
#include <optional>
#include <set>

#include "image/fit.h"
#include "image/image.h"
#include "image/public_key.h"
#include "tests/unit/fit_tampered.h"
#include "tests/unit/fit_workshop.h"

namespace hvk {
namespace {

using namespace test;

constexpr const char* kSignature = "/configurations/demo/signature-1";

// Why a list of nodes that is not what the signature covers is refused: as
// fit_check_sign did before 2026.04, which does not look at it.
constexpr std::string_view kItsOwnList = "hashed-nodes are not what it covers";

struct Verdict {
  std::optional<Fit::Signed> what;  // nothing: refused
  std::string why;
};

Verdict verdict(const Blob& image, const PublicKey& key) {
  try {
    const Fit fit(bytes_of(image));
    return {fit.verify(key), ""};
  } catch (const ImageError& error) {
    return {std::nullopt, error.what()};
  }
}

PublicKey key_of(const std::string& name) {
  return PublicKey(bytes_of(workshop().public_key(name)));
}

// hvk-run's verdict and, where it can be asked, that of fit_check_sign.
void expect_verdict(const std::string& row, const Blob& image, const PublicKey& key,
                    std::string_view message) {
  const Verdict got = verdict(image, key);
  if (message.empty()) {
    EXPECT_EQ(got.why, "") << row;
  } else {
    EXPECT_FALSE(got.what) << row;
    EXPECT_NE(got.why.find(message), std::string::npos) << row << ": " << got.why;
  }
  if (message == kItsOwnList) return;
  if (const std::optional<bool> oracle = workshop().oracle(image)) {
    EXPECT_EQ(*oracle, message.empty()) << row << ": fit_check_sign disagrees";
  }
}

TEST(FitSignature, EveryKindThatMkimageMakes) {
  struct Row {
    const char *key, *algorithm, *padding, *options;
    bool images;
  };
  std::vector<Row> table;
  for (const auto& [key, algorithm] :
       {std::pair{"dev2048", "sha256,rsa2048"}, std::pair{"dev3072", "sha256,rsa3072"},
        std::pair{"dev4096", "sha256,rsa4096"}}) {
    for (const char* padding : {"", "pkcs-1.5", "pss"}) {
      table.push_back({key, algorithm, padding, "", false});
    }
    table.push_back({key, algorithm, "pss", "", true});
  }
  table.push_back({"dev2048", "sha256,rsa2048", "", "-E", false});
  table.push_back({"dev2048", "sha256,rsa2048", "pss", "-E -p 8000", false});
  table.push_back({"dev2048", "sha256,rsa2048", "", "-E", true});

  for (const Row& row : table) {
    for (const bool classic : {false, true}) {
      SCOPED_TRACE(std::string(row.algorithm) + " " + row.padding + row.options +
                   (row.images ? " images" : "") + (classic ? " classic" : ""));
      workshop().forget_keys();
      const Blob image = workshop().image(its({.classic = classic,
                                               .key = row.key,
                                               .images = row.images,
                                               .algorithm = row.algorithm,
                                               .padding = row.padding}),
                                          row.options);
      const Verdict got = verdict(image, key_of(row.key));
      EXPECT_EQ(got.why, "");
      EXPECT_EQ(got.what, row.images ? Fit::Signed::kParts : Fit::Signed::kConfiguration);
      EXPECT_FALSE(verdict(image, key_of("other2048")).what);
      EXPECT_NE(workshop().oracle(image), false);
    }
  }
}

TEST(FitSignature, Refused) {
  const PublicKey key = key_of("dev2048");
  const ItsOptions conf{.classic = true, .key = "dev2048"};
  const auto signed_by = [](const char* algorithm, const char* name) {
    return its({.classic = true, .key = name, .algorithm = algorithm});
  };
  const struct {
    const char* name;
    std::string source;
    const char* message;
  } table[] = {
      {"another key", its({.classic = true, .key = "other2048"}), "not the key's"},
      {"a longer key", signed_by("sha256,rsa4096", "dev4096"), "\"sha256,rsa4096\", and the key"},
      {"sha1", signed_by("sha1,rsa2048", "dev2048"), "\"sha1,rsa2048\""},
      {"sha512", signed_by("sha512,rsa2048", "dev2048"), "\"sha512,rsa2048\""},
      {"not signed", its({.classic = true}), "is not signed"},
      {"a part that is left out", replaced(its(conf), ", \"fdt\";", ";"),
       "without \"/images/fdt-1\""},
      {"only the default parts",
       replaced(its(conf), " sign-images = \"script\", \"kernel\", \"ramdisk\", \"fdt\";", ""),
       "without \"/images/"},
  };
  for (const auto& row : table) {
    const Verdict got = verdict(workshop().image(row.source), key);
    EXPECT_FALSE(got.what) << row.name;
    EXPECT_NE(got.why.find(row.message), std::string::npos) << row.name << ": " << got.why;
  }
}

TEST(FitSignature, ImageWithoutOne) {
  const std::string source = its({.key = "dev2048", .images = true});
  // The last part's signature becomes a hash.
  const size_t last = source.rfind("signature-1");
  std::string changed = source;
  changed.replace(last, source.find(';', last) - last, "hash-2 { algo = \"sha256\"");
  const size_t end = changed.find("key-name-hint", last);
  changed.erase(end, changed.find(';', end) + 1 - end);
  const Verdict got = verdict(workshop().image(changed), key_of("dev2048"));
  EXPECT_FALSE(got.what);
  EXPECT_NE(got.why.find("its part \"board.dtb\" has a signature"), std::string::npos) << got.why;
}

TEST(FitSignature, NeverMade) {
  const Blob image = workshop().image(replaced(its({.key = "dev2048"}), "dev2048", "fresh2048"));
  Tampered tampered(image);
  tampered.remove(kSignature, "value");
  EXPECT_NE(verdict(tampered.image(), key_of("dev2048")).why.find("was never made"),
            std::string::npos);
}

// One good signature is enough.
TEST(FitSignature, TwoSignatures) {
  std::string source = its({.key = "dev2048"});
  const size_t begin = source.find("signature-1");
  const size_t end = source.find("};", begin) + 2;
  source.insert(end, "\n" + replaced(replaced(source.substr(begin, end - begin), "-1", "-2"),
                                     "dev2048", "other2048"));
  workshop().forget_keys();
  const Blob image = workshop().image(source);
  EXPECT_EQ(verdict(image, key_of("dev2048")).why, "");
  EXPECT_EQ(verdict(image, key_of("other2048")).why, "");
  EXPECT_FALSE(verdict(image, key_of("fresh2048")).what);
  EXPECT_NE(workshop().oracle(image), false);
}

// What somebody without the key may try.
TEST(FitSignature, Tampered) {
  const PublicKey key = key_of("dev2048");
  workshop().forget_keys();
  const Blob image = workshop().image(its({.classic = true, .key = "dev2048"}));
  const auto swap = [](test::Tampered& t, const char* a, const char* b) {
    const std::string first = std::string("/images/") + a, second = std::string("/images/") + b;
    t.rename(first.c_str(), "between");
    t.rename(second.c_str(), a);
    t.rename("/images/between", b);
  };
  const struct {
    const char* name;
    std::function<void(test::Tampered&)> change;
    std::string_view message;
  } table[] = {
      {"nothing", [](auto&) {}, ""},
      {"swap two parts", [&](auto& t) { swap(t, "kernel-1", "ramdisk-1"); }, "not the key's"},
      {"another file name",
       [](auto& t) {
         t.set("/images/kernel-1", "hvk,file", {'a', 0});
       },
       "not the key's"},
      {"another load address", [](auto& t) { t.cell("/images/kernel-1", "load", 0); },
       "not the key's"},
      {"another description",
       [](auto& t) {
         t.set("/", "description", {'a', 0});
       },
       "not the key's"},
      {"a node in the root", [](auto& t) { t.add("/", "more"); }, "not the key's"},
      {"a node in a part", [](auto& t) { t.add("/images/kernel-1", "signature-9"); },
       "not the key's"},
      {"a node among the parts", [](auto& t) { t.add("/images", "more"); }, ""},
      {"a configuration more", [](auto& t) { t.add("/configurations", "more"); }, ""},
      {"another configuration",
       [](auto& t) {
         t.add("/configurations", "more");
         t.set("/configurations/more", "script", Blob{'s', 'y', 's', 't', 'e', 'm', 0});
         t.set("/configurations", "default", Blob{'m', 'o', 'r', 'e', 0});
       },
       "is not signed"},
      {"a part that was not there",
       [](auto& t) {
         t.set("/configurations/demo", "firmware", Blob{'f', 'd', 't', '-', '1', 0});
       },
       "not the key's"},
      {"no list of nodes", [](auto& t) { t.remove(kSignature, "hashed-nodes"); }, kItsOwnList},
      {"another list of nodes",
       [](auto& t) {
         t.set(kSignature, "hashed-nodes", {'/', 0});
       },
       kItsOwnList},
      {"no strings", [](auto& t) { t.set(kSignature, "hashed-strings", Blob(8)); },
       "not the key's"},
      {"strings of half a range", [](auto& t) { t.set(kSignature, "hashed-strings", Blob(4)); },
       "how many strings"},
      {"all strings", [](auto& t) { t.set(kSignature, "hashed-strings", Blob(8, 0xff)); },
       "more strings"},
      {"another key's name",
       [](auto& t) {
         t.set(kSignature, "key-name-hint", {'x', 0});
       },
       ""},
      {"another padding",
       [](auto& t) {
         t.set(kSignature, "padding", {'p', 's', 's', 0});
       },
       "not the key's"},
      {"a padding of no name",
       [](auto& t) {
         t.set(kSignature, "padding", {'x', 0});
       },
       "padding \"x\""},
      {"no algorithm", [](auto& t) { t.remove(kSignature, "algo"); }, "made by \"\""},
      {"an empty signature", [](auto& t) { t.set(kSignature, "value", {}); }, "not the key's"},
      {"a short signature", [](auto& t) { t.set(kSignature, "value", Blob(255, 1)); },
       "not the key's"},
      {"a long signature", [](auto& t) { t.set(kSignature, "value", Blob(257, 1)); },
       "not the key's"},
      {"a signature of zeros", [](auto& t) { t.set(kSignature, "value", Blob(256)); },
       "not the key's"},
      {"no signature node", [](auto& t) { t.rename(kSignature, "nothing"); }, "is not signed"},
  };
  for (const auto& row : table) {
    test::Tampered tampered(image);
    row.change(tampered);
    expect_verdict(row.name, tampered.image(), key, row.message);
  }
}

// A signature over each part does not say which belong together: U-Boot takes
// these too.
TEST(FitSignature, SignedPartsMayBeSwapped) {
  workshop().forget_keys();
  const Blob image = workshop().image(its({.key = "dev2048", .images = true}));
  test::Tampered tampered(image);
  tampered.set("/images/kernel-1", "hvk,file", {'a', 0});
  EXPECT_EQ(verdict(tampered.image(), key_of("dev2048")).what, Fit::Signed::kParts);
}

// The first bytes of a property's value in the image, and their number.
std::pair<size_t, size_t> place(const Blob& image, const char* path, const char* name) {
  int size = 0;
  const void* data = fdt_getprop(image.data(), fdt_path_offset(image.data(), path), name, &size);
  EXPECT_TRUE(data) << path << " " << name;
  return {static_cast<const uint8_t*>(data) - image.data(), static_cast<size_t>(size)};
}

// Every byte of the image, changed: what is taken lies where no signature and
// no hash reaches, and there alone.
TEST(FitSignature, EveryByte) {
  const PublicKey key = key_of("dev2048");
  workshop().forget_keys();
  const Blob image = workshop().image(its({.classic = true, .key = "dev2048"}));
  ASSERT_EQ(verdict(image, key).why, "");

  std::set<size_t> free, data;
  const auto add = [](std::set<size_t>& to, size_t begin, size_t size) {
    for (size_t i = begin; i < begin + size; ++i) to.insert(i);
  };
  // Of the header what says how much there is that is not signed, memory that
  // the tree reserves, and its version, so long as it is no earlier one.
  for (const size_t field :
       {offsetof(fdt_header, totalsize), offsetof(fdt_header, off_mem_rsvmap),
        offsetof(fdt_header, boot_cpuid_phys), offsetof(fdt_header, size_dt_strings),
        offsetof(fdt_header, version)}) {
    add(free, field, 4);
  }
  add(free, fdt_off_mem_rsvmap(image.data()),
      fdt_off_dt_struct(image.data()) - fdt_off_mem_rsvmap(image.data()));
  // The signature's node, but what the signature is.
  const int node = fdt_path_offset(image.data(), kSignature);
  const int configuration = fdt_path_offset(image.data(), "/configurations/demo");
  int end = fdt_first_property_offset(image.data(), node), next = end;
  while ((next = fdt_next_property_offset(image.data(), end)) >= 0) end = next;
  fdt_next_tag(image.data(), end, &next);
  ASSERT_GT(node, configuration);
  add(free, fdt_off_dt_struct(image.data()) + node, next - node);
  for (const char* name : {"value", "algo", "hashed-nodes"}) {
    const auto [begin, size] = place(image, kSignature, name);
    for (size_t i = begin; i < begin + size; ++i) free.erase(i);
  }
  // Names that came with the signature.
  const size_t signed_strings = fdt32_ld(reinterpret_cast<const fdt32_t*>(
      image.data() + place(image, kSignature, "hashed-strings").first + 4));
  const size_t strings = fdt_off_dt_strings(image.data());
  add(free, strings + signed_strings, image.size() - strings - signed_strings);
  // What fills a property that is not signed up to a cell.
  for (const char* part : {"system", "kernel-1", "ramdisk-1", "fdt-1"}) {
    const auto [begin, size] = place(image, ("/images/" + std::string(part)).c_str(), "data");
    add(data, begin, size);
    add(free, begin + size, (4 - size % 4) % 4);
  }

  const auto [begin, size] = place(image, "/configurations", "default");
  add(free, begin + size, (4 - size % 4) % 4);

  size_t taken = 0;
  for (size_t i = 0; i < image.size(); ++i) {
    if (data.contains(i) && i % 61 != 0) continue;  // of these, some
    Blob changed = image;
    changed[i] ^= static_cast<uint8_t>(1 << i % 8);
    const Verdict got = verdict(changed, key);
    if (got.what) {
      ++taken;
      EXPECT_TRUE(free.contains(i)) << "byte " << i;
      EXPECT_NE(workshop().oracle(changed), false) << "byte " << i;
    } else if (!free.contains(i) && !data.contains(i) &&
               got.why.find(kItsOwnList) == std::string::npos) {
      EXPECT_NE(workshop().oracle(changed), true) << "byte " << i << ": " << got.why;
    }
  }
  EXPECT_GT(taken, free.size() / 2);
}

TEST(PublicKeyTest, Refused) {
  const auto text = [](std::string_view t) { return Blob(t.begin(), t.end()); };
  const struct {
    const char* name;
    Blob pem;
    const char* message;
  } table[] = {
      {"empty", {}, "no public key in PEM"},
      {"no PEM", text("ssh-rsa AAAA"), "no public key in PEM"},
      {"damaged", text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
       "no public key in PEM"},
      {"too short", workshop().public_key("weak1024"), "1024 bits"},
      {"of odd length", workshop().public_key("odd2056"), "2056 bits"},
      {"an elliptic curve",
       text("-----BEGIN PUBLIC KEY-----\n"
            "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
            "-----END PUBLIC KEY-----\n"),
       "not an RSA key"},
  };
  for (const auto& row : table) {
    try {
      const PublicKey key(std::as_bytes(std::span(row.pem)));
      ADD_FAILURE() << row.name;
    } catch (const ImageError& error) {
      EXPECT_NE(std::string(error.what()).find(row.message), std::string::npos)
          << row.name << ": " << error.what();
    }
  }
}

}  // namespace
}  // namespace hvk
