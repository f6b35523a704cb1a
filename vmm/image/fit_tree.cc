// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/image/fit_tree.h"

#include <libfdt.h>

#include <algorithm>
#include <set>

#include "vmm/image/bytes.h"

namespace hvk::image {

namespace {

// What mkimage writes (devicetree specification 0.4, section 5.2).
constexpr uint32_t kVersion = 17;
// U-Boot's limit, the root included.
constexpr size_t kMaxDepth = 32;

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

// The characters of a node's name (devicetree specification 0.4, section
// 2.2.1), without the '@'.
bool is_node_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(",._+-").find(c) != std::string_view::npos;
  });
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
  // A later one that says it can be read as this one (Devicetree Specification 5.2).
  if (fdt_version(file.data()) < kVersion) {
    throw ImageError("a FIT image of version " + std::to_string(fdt_version(file.data())) +
                     "; 17 and later are understood");
  }
  bytes_ = file.first(fdt_totalsize(file.data()));
  if (const int error = fdt_check_full(blob(), bytes_.size()); error != 0) {
    throw ImageError(std::string("a damaged FIT image: ") + fdt_strerror(error));
  }
  survey();
}

void FitTree::survey() const {
  // Of the children ("/NAME") and properties, a set for each open node.
  std::vector<std::set<std::string>> names;
  int next = 0;
  bool seen_root = false;
  for (;;) {
    const int offset = next;
    const uint32_t tag = fdt_next_tag(blob(), offset, &next);
    if (next < 0) throw ImageError("a damaged FIT image: its tree ends nowhere");
    if (seen_root && names.empty() && tag != FDT_END) {
      throw ImageError("a damaged FIT image: something follows its tree's root");
    }
    if (tag == FDT_BEGIN_NODE) {
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
  std::string path;
  for (int at = node; at > kRoot; at = fdt_parent_offset(blob(), at)) path = "/" + name(at) + path;
  return path.empty() ? "/" : path;
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
  const int count = fdt_stringlist_count(blob(), node, name.c_str());
  for (int i = 0; i < count; ++i) {
    int size = 0;
    const char* text = fdt_stringlist_get(blob(), node, name.c_str(), i, &size);
    if (text) all.emplace_back(text, static_cast<size_t>(size));
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
