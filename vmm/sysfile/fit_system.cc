// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysfile/fit_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "image/fit.h"
#include "image/image.h"
#include "image/public_key.h"
#include "sysfile/system_file.h"

namespace hvk {
namespace {

// libfdt has sizes of type int.
constexpr uint64_t kMaxImage = std::numeric_limits<int>::max();
constexpr uint64_t kMaxKey = 64 << 10;
// The most parts that a signature can cover: U-Boot accepts no more, and mkimage
// 2023.01 crashes on twice as many.
constexpr size_t kMaxSigned = 49;

PublicKey read_key(const std::string& file) {
  try {
    return PublicKey(read_file("--key", file, kMaxKey, "is it a public key in PEM?"));
  } catch (const ImageError& error) {
    throw SetupError("--key " + file, error.what());
  }
}

std::string verify(const Fit& fit, const std::string& key) {
  if (key.empty()) return "no signature was asked for (--key)";
  if (fit.verify(read_key(key)) == Fit::Signed::kConfiguration) return "signed by " + key;
  return fmt::format("each signed by {}, but not that they belong together: sign the configuration",
                     key);
}

// --- the source ------------------------------------------------------------

// A file that a system names, as a part of the FIT image.
struct Source {
  std::string file;  // its name in the system file
  std::string node;  // the name of the part's node
  std::string_view description, type, more;
};

struct Kind {
  std::string Config::*file;
  std::string_view node, description, type, more;
};

constexpr std::string_view kSystem = "arch = \"arm64\";\n\t\t\tos = \"linux\";\n\t\t\t";
const Kind kKinds[] = {
    {&Config::kernel, "kernel", "kernel or program", "kernel", kSystem},
    {&Config::initrd, "initrd", "initial RAM disk", "ramdisk", kSystem},
    {&Config::dtb, "dtb", "device tree", "flat_dt", "arch = \"arm64\";\n\t\t\t"},
    {&Config::firmware, "firmware", "firmware", "firmware", kSystem},
};

// Returns the files of all guests. A file that several guests use is listed once.
std::vector<Source> sources_of(const SystemConfig& system) {
  std::vector<Source> sources;
  for (const GuestConfig& guest : system.guests) {
    for (const Kind& kind : kKinds) {
      const std::string& file = guest.config.*kind.file;
      const bool known = std::any_of(sources.begin(), sources.end(),
                                     [&](const Source& one) { return one.file == file; });
      if (file.empty() || known) continue;
      sources.push_back({file, fmt::format("{}-{}", kind.node, guest.name), kind.description,
                         kind.type, kind.more});
    }
  }
  return sources;
}

// Returns `text` as a quoted string of the source. Names in a FIT image are ASCII. Throws
// SetupError for other text.
std::string its_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c < ' ' || c > '~') {
      throw SetupError("--make-its", fmt::format("the name {:?} is not all printable ASCII", text),
                       "rename it");
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string its_part(const Source& part) {
  return fmt::format(R"(
		{} {{
			description = "{}";
			hvk,file = {};
			data = /incbin/({});
			type = "{}";
			{}compression = "none";
			hash-1 {{ algo = "sha256"; }};
		}};
)",
                     part.node, part.description, its_string(part.file), its_string(part.file),
                     part.type, part.more);
}

constexpr std::string_view kSignature = R"(
			signature-1 {
				algo = "sha256,rsa2048";
				padding = "pss";
				key-name-hint = "dev";
				sign-images = "script", "loadables";
			};
)";

}  // namespace

FitSystem read_fit_system(const std::string& image, const std::string& key, const HostFacts& host) {
  std::shared_ptr<const Fit> fit;
  FitSystem read;
  std::string_view text;
  try {
    std::vector<std::byte> file = read_file("the image", image, kMaxImage);
    if (!Fit::matches(file)) {
      const std::string is = better_use(file, image);
      if (!is.empty()) throw UsageError(image, "not a FIT image but " + is);
      throw ImageError("not a FIT image; 'mkimage -f FILE.its' makes one");
    }
    fit = std::make_shared<const Fit>(std::move(file));
    read.checked =
        fmt::format("{} parts with good SHA-256, ", fit->parts().size()) + verify(*fit, key);
    const auto content = fit->system().content;
    text = {reinterpret_cast<const char*>(content.data()), content.size()};
  } catch (const ImageError& error) {
    throw SetupError(image, error.what(), "nothing is started");
  }
  const FileChecker parts = [&](const std::string& name) -> FoundFile {
    return {name, fit->find(name) ? "" : "no such part in the image, expected one"};
  };
  read.system = parse_system(text, image, parts, host);
  for (GuestConfig& guest : read.system.guests) guest.config.files = FileSource(fit);
  return read;
}

std::string its_source(std::string_view text, const std::string& name) {
  // The files must exist, but the configuration keeps the names by which the text calls them.
  const FileChecker beside = images_beside(name);
  const FileChecker as_written = [&](const std::string& image) -> FoundFile {
    return {image, beside(image).why};
  };
  // Another host may run the image, so nothing is checked against this one.
  const SystemConfig system = parse_system(text, name, as_written, HostFacts{});

  const std::string file = std::filesystem::path(name).filename().string();
  const std::string stem = std::filesystem::path(name).stem().string();
  const std::vector<Source> sources = sources_of(system);
  std::string parts = its_part({file, "system", "system of partitions", "script", ""}), loadables;
  for (const Source& source : sources) {
    parts += its_part(source);
    loadables += fmt::format("{}\"{}\"", loadables.empty() ? "" : ", ", source.node);
  }
  const bool can_be_signed = sources.size() + 1 <= kMaxSigned;
  return fmt::format(
      R"(/dts-v1/;
/*
 * The system of {0}, for mkimage, in that file's folder:
 *   mkimage -f {1}.its {1}.itb
 * {2}
 */
/ {{
	description = {3};

	images {{{4}	}};

	configurations {{
		default = "system";

		system {{
			description = {3};
			script = "system";
			loadables = {5};
{6}		}};
	}};
}};
)",
      file, stem,
      can_be_signed ? fmt::format("signed with keys/dev.key and keys/dev.crt:\n *   mkimage "
                                  "-f {0}.its -k keys {0}.itb",
                                  stem)
                    : fmt::format("It has too many parts to be signed: more than {}.", kMaxSigned),
      its_string(system.name), parts, loadables, can_be_signed ? kSignature : "");
}

}  // namespace hvk
