// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/fit_tree.h"

#include <libfdt.h>

#include <algorithm>
#include <set>

#include "image/bytes.h"

namespace hvk::image {

namespace {

// The version of the format that mkimage writes (devicetree specification 0.4, section 5.2).
constexpr uint32_t kVersion = 17;
// How many levels of nodes there may be, the root included: U-Boot's limit.
constexpr size_t kMaxDepth = 32;
// The tree is hostile until its signature is checked, and libfdt finds things by walking it: with
// these limits no lookup takes long. A system of 64 guests has 193 parts, with some 600 nodes and
// 3000 properties.
constexpr size_t kMaxNodes = 4096;
constexpr size_t kMaxProperties = 32768;
constexpr size_t kMaxNameLength = 255;  // of a property
constexpr size_t kMaxStrings = 1024;    // in one property

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

// Whether `name` is made of the characters of a node's name (devicetree specification 0.4, section
// 2.2.1), and has no '@' and unit address.
bool is_node_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(",._+-").find(c) != std::string_view::npos;
  });
}

// Throws ImageError if a property's name may be too long. A property refers to its name by an
// offset into the strings block, and libfdt calculates the name's length at each use: with a name
// as long as the file, which all properties share, that would take very long.
void check_name_lengths(Bytes file) {
  const uint64_t from = fdt_off_dt_strings(file.data()), size = fdt_size_dt_strings(file.data());
  if (!fits(from, size, file.size())) throw ImageError("a FIT image that is cut off");
  size_t length = 0;
  for (const std::byte byte : file.subspan(from, size)) {
    length = byte == std::byte{0} ? 0 : length + 1;
    if (length > kMaxNameLength) {
      throw ImageError("a FIT image with a property's name of more than " +
                       std::to_string(kMaxNameLength) + " characters");
    }
  }
}

[[noreturn]] void throw_too_many(size_t limit, const char* what) {
  throw ImageError("a FIT image with more than " + std::to_string(limit) + " " + what);
}

}  // namespace

std::string quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += is_printable(c) ? c : '?';
  return quoted + "\"";
}

FitTree::FitTree(Bytes file) {
  if (file.size() < sizeof(fdt_header)) throw ImageError("a FIT image that is cut off");
  const int damage = fdt_check_header(file.data());
  if (damage != 0) {
    throw ImageError(std::string("a FIT image with a damaged header: ") + fdt_strerror(damage));
  }
  if (fdt_totalsize(file.data()) > file.size()) {
    throw ImageError("a FIT image that is cut off: it says that it has " +
                     std::to_string(fdt_totalsize(file.data())) + " bytes, the file has " +
                     std::to_string(file.size()));
  }
  // A later version is taken: fdt_check_header() has made sure that it says to be compatible with
  // version 17 (devicetree specification, section 5.2).
  if (fdt_version(file.data()) < kVersion) {
    throw ImageError("a FIT image of version " + std::to_string(fdt_version(file.data())) +
                     "; 17 and later are understood");
  }
  bytes_ = file.first(fdt_totalsize(file.data()));
  check_name_lengths(bytes_);
  if (const int error = fdt_check_full(blob(), bytes_.size()); error != 0) {
    throw ImageError(std::string("a damaged FIT image: ") + fdt_strerror(error));
  }
  survey();
}

void FitTree::survey() const {
  // For each open node, the names of its children (as "/NAME") and of its properties so far.
  std::vector<std::set<std::string>> names;
  int next = 0;
  bool seen_root = false;
  size_t nodes = 0, properties = 0;
  for (;;) {
    const int offset = next;
    const uint32_t tag = fdt_next_tag(blob(), offset, &next);
    if (next < 0) throw ImageError("a damaged FIT image: its tree ends nowhere");
    if (seen_root && names.empty() && tag != FDT_END) {
      throw ImageError("a damaged FIT image: something follows its tree's root");
    }
    if (tag == FDT_BEGIN_NODE) {
      if (++nodes > kMaxNodes) throw_too_many(kMaxNodes, "nodes");
      const std::string node = name(offset);
      if (names.empty() ? !node.empty() : !is_node_name(node)) {
        throw ImageError(
            "a FIT image with a node named " + quote(node) +
            (node.find('@') != std::string::npos ? "; mkimage takes no '@' there" : ""));
      }
      if (!names.empty() && !names.back().insert("/" + node).second) {
        throw ImageError("a FIT image with two nodes " + quote(node) + " in one place");
      }
      if (names.size() == kMaxDepth) throw ImageError("a FIT image with nodes too deep in nodes");
      seen_root = true;
      names.emplace_back();
    } else if (tag == FDT_END_NODE) {
      if (names.empty()) throw ImageError("a damaged FIT image: a node ends that never began");
      names.pop_back();
    } else if (tag == FDT_PROP) {
      if (++properties > kMaxProperties) throw_too_many(kMaxProperties, "properties");
      const char* property = nullptr;
      int size = 0;
      if (!fdt_getprop_by_offset(blob(), offset, &property, &size) || names.empty()) {
        throw ImageError(std::string("a damaged FIT image: ") + fdt_strerror(size));
      }
      if (!names.back().insert(property).second) {
        throw ImageError("a FIT image with two properties " + quote(property) + " in one node");
      }
    } else if (tag == FDT_END) {
      break;
    }
  }
  if (!seen_root || static_cast<uint32_t>(next) != fdt_size_dt_struct(blob())) {
    throw ImageError("a damaged FIT image: its tree ends too early");
  }
}

std::optional<int> FitTree::child(int node, std::string_view name) const {
  const int found =
      fdt_subnode_offset_namelen(blob(), node, name.data(), static_cast<int>(name.size()));
  return found < 0 ? std::nullopt : std::optional(found);
}

std::vector<int> FitTree::children(int node) const {
  std::vector<int> all;
  int child;
  fdt_for_each_subnode(child, blob(), node) all.push_back(child);
  return all;
}

std::string FitTree::name(int node) const {
  int size = 0;
  const char* text = fdt_get_name(blob(), node, &size);
  return text ? std::string(text, static_cast<size_t>(size)) : std::string();
}

std::string FitTree::path(int node) const {
  // fdt_get_path() walks through the tree once; to ask for each parent would be a walk per level.
  std::string path(64, '\0');
  int error;
  while ((error = fdt_get_path(blob(), node, path.data(), static_cast<int>(path.size()))) ==
         -FDT_ERR_NOSPACE) {
    path.resize(2 * path.size());
  }
  path.resize(error == 0 ? path.find('\0') : 0);
  return path;
}

std::optional<Bytes> FitTree::property(int node, const std::string& name) const {
  int size = 0;
  const void* data = fdt_getprop(blob(), node, name.c_str(), &size);
  if (!data) return std::nullopt;
  return Bytes(static_cast<const std::byte*>(data), static_cast<size_t>(size));
}

std::optional<std::string> FitTree::text(int node, const std::string& name) const {
  const std::vector<std::string> all = strings(node, name);
  if (all.size() != 1 || all[0].empty() ||
      !std::all_of(all[0].begin(), all[0].end(), is_printable)) {
    return std::nullopt;
  }
  return all[0];
}

std::vector<std::string> FitTree::strings(int node, const std::string& name) const {
  std::vector<std::string> all;
  const std::optional<Bytes> value = property(node, name);
  // A value that does not end in a zero byte is not made of strings.
  if (!value || value->empty() || value->back() != std::byte{0}) return all;
  const std::string_view text(reinterpret_cast<const char*>(value->data()), value->size());
  for (size_t at = 0; at < text.size();) {
    if (all.size() == kMaxStrings) {
      throw ImageError("a FIT image with more than " + std::to_string(kMaxStrings) +
                       " strings in " + quote(name) + " of " + quote(path(node)));
    }
    const size_t end = text.find('\0', at);
    all.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

std::optional<uint32_t> FitTree::cell(int node, const std::string& name) const {
  const auto value = property(node, name);
  if (!value || value->size() != sizeof(fdt32_t)) return std::nullopt;
  return fdt32_ld(reinterpret_cast<const fdt32_t*>(value->data()));
}

std::vector<std::string> FitTree::properties(int node) const {
  std::vector<std::string> names;
  int offset;
  fdt_for_each_property_offset(offset, blob(), node) {
    const char* name = nullptr;
    if (fdt_getprop_by_offset(blob(), offset, &name, nullptr)) names.emplace_back(name);
  }
  return names;
}

}  // namespace hvk::image
