// SPDX-License-Identifier: GPL-2.0-only
#include "tests/unit/fit_workshop.h"

#include <gtest/gtest.h>
#include <libfdt.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace hvk::test {

namespace {

constexpr char kParts[] = R"(
		system {
			description = "the system";
			data = /incbin/("demo.toml");
			type = "script";
			compression = "none";
			hash-1 { algo = "sha256"; };
			SIGNATURE
		};
		kernel-1 {
			description = "control";
			hvk,file = "control.bin";
			data = /incbin/("control.bin");
			type = "kernel";
			os = "linux";
			arch = "arm64";
			compression = "none";
			load = <0x40000000>;
			entry = <0x40000000>;
			hash-1 { algo = "sha256"; };
			SIGNATURE
		};
		ramdisk-1 {
			description = "initrd";
			hvk,file = "images/initrd.gz";
			data = /incbin/("initrd.gz");
			type = "ramdisk";
			os = "linux";
			arch = "arm64";
			compression = "none";
			hash-1 { algo = "sha256"; };
			SIGNATURE
		};
		fdt-1 {
			description = "tree";
			hvk,file = "board.dtb";
			data = /incbin/("board.dtb");
			type = "flat_dt";
			arch = "arm64";
			compression = "none";
			hash-1 { algo = "sha256"; };
			SIGNATURE
		};
)";

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

Blob pattern(size_t size, uint8_t seed) {
  Blob blob(size);
  for (size_t i = 0; i < size; ++i) blob[i] = static_cast<uint8_t>(i * (5 + 2 * seed) + i / 256);
  return blob;
}

}  // namespace

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string its(const ItsOptions& options) {
  std::string signature;
  if (!options.key.empty()) {
    signature = "signature-1 { algo = \"" + options.algorithm + "\"; key-name-hint = \"" +
                options.key + "\";";
    if (!options.padding.empty()) signature += " padding = \"" + options.padding + "\";";
    if (!options.images) {
      signature += options.classic ? " sign-images = \"script\", \"kernel\", \"ramdisk\", \"fdt\";"
                                   : " sign-images = \"script\", \"loadables\";";
    }
    signature += " };";
  }
  const std::string names = options.classic
                                ? R"(kernel = "kernel-1"; ramdisk = "ramdisk-1"; fdt = "fdt-1";)"
                                : R"(loadables = "kernel-1", "ramdisk-1", "fdt-1";)";
  return "/dts-v1/;\n/ {\n\tdescription = \"a system\";\n\timages {" +
         replace_all(kParts, "SIGNATURE", options.images ? signature : "") +
         "\t};\n\tconfigurations {\n\t\tdefault = \"demo\";\n\t\tdemo {\n\t\t\tscript = "
         "\"system\";\n"
         "\t\t\t" +
         names + "\n\t\t\t" + (options.images ? "" : signature) + "\n\t\t};\n\t};\n};\n";
}

Workshop& workshop() {
  static Workshop shop;
  return shop;
}

const Blob& Workshop::kernel() {
  static const Blob blob = pattern(5001, 1);
  return blob;
}

const Blob& Workshop::initrd() {
  static const Blob blob = pattern(3000, 2);
  return blob;
}

const Blob& Workshop::tree() {
  static const Blob blob = [] {
    Blob tree(201);
    fdt_create_empty_tree(tree.data(), static_cast<int>(tree.size()));
    return tree;
  }();
  return blob;
}

const Blob& Workshop::system() {
  static const Blob blob = [] {
    constexpr std::string_view kText = "name = \"demo\"\n";
    return Blob(kText.begin(), kText.end());
  }();
  return blob;
}

Workshop::Workshop() {
  std::string name = std::filesystem::temp_directory_path() / "fit-XXXXXX";
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  folder_ = name;
  std::filesystem::create_directory(path("keys"));
  file("control.bin", kernel());
  file("initrd.gz", initrd());
  file("board.dtb", tree());
  file("demo.toml", system());
  forget_keys();
}

Workshop::~Workshop() { std::filesystem::remove_all(folder_); }

std::string Workshop::file(const std::string& name, const Blob& content) {
  std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
  std::ofstream file(path(name), std::ios::binary);
  file.write(reinterpret_cast<const char*>(content.data()),
             static_cast<std::streamsize>(content.size()));
  return path(name);
}

Blob Workshop::read(const std::string& name) const {
  std::ifstream file(path(name), std::ios::binary);
  return Blob(std::istreambuf_iterator<char>(file), {});
}

bool Workshop::run(const std::string& command, bool must) {
  const int status = std::system(("cd " + folder_ + " && { " + command + " ; } >log 2>&1").c_str());
  if (must && status != 0) {
    const Blob log = read("log");
    ADD_FAILURE() << command << ": status " << status << "\n"
                  << std::string(log.begin(), log.end());
  }
  return status == 0;
}

void Workshop::forget_keys() { run("echo '/dts-v1/; / { };' | dtc -q -O dtb -o keys.dtb"); }

void Workshop::make_key(const std::string& name) {
  if (std::filesystem::exists(path("keys/" + name + ".pem"))) return;
  const std::string bits = name.substr(name.find_first_of("0123456789"));
  const std::string key = "keys/" + name;
  run("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:" + bits + " -out " + key +
      ".key && openssl req -batch -new -x509 -key " + key + ".key -out " + key +
      ".crt && openssl rsa -in " + key + ".key -pubout -out " + key + ".pem");
}

Blob Workshop::public_key(const std::string& name) {
  make_key(name);
  return read("keys/" + name + ".pem");
}

std::string Workshop::public_key_file(const std::string& name) {
  make_key(name);
  return path("keys/" + name + ".pem");
}

Blob Workshop::image(const std::string& source, const std::string& options) {
  constexpr std::string_view kHint = "key-name-hint = \"";
  std::string sign;
  for (size_t at = 0; (at = source.find(kHint, at)) != std::string::npos;) {
    at += kHint.size();
    const std::string name = source.substr(at, source.find('"', at) - at);
    if (name.find_first_of("0123456789") == std::string::npos) continue;
    make_key(name);
    sign = " -k keys -K keys.dtb -r";
  }
  file("demo.its", Blob(source.begin(), source.end()));
  run("rm -f demo.itb && mkimage -f demo.its " + options + sign + " demo.itb");
  return read("demo.itb");
}

std::optional<bool> Workshop::oracle(const Blob& image) {
  static const bool there = run("command -v fit_check_sign", false);
  if (!there) return std::nullopt;
  file("asked.itb", image);
  return run("timeout 10 fit_check_sign -f asked.itb -k keys.dtb", false);
}

}  // namespace hvk::test
