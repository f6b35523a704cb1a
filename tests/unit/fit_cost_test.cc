// SPDX-License-Identifier: GPL-2.0-only
// What hostile FIT images cost before their signature is checked. Most inputs here
// are some megabytes, for which work that grows with their square takes from minutes to
// days, and work that grows with their size less than a second.
#include <gtest/gtest.h>
#include <libfdt.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "image/fit.h"
#include "image/image.h"
#include "tests/unit/cpu_budget.h"
#include "tests/unit/fit_tampered.h"

namespace hvk {
namespace {

using namespace test;

// A tree that is written from its start to its end.
class Writer {
 public:
  Writer() : blob_(64 << 20) {
    EXPECT_EQ(fdt_create(blob_.data(), static_cast<int>(blob_.size())), 0);
    EXPECT_EQ(fdt_finish_reservemap(blob_.data()), 0);
    begin("");
    text("description", "hostile");
    text("timestamp", std::string(3, 'x'));
  }
  void begin(const std::string& name) { EXPECT_EQ(fdt_begin_node(blob_.data(), name.c_str()), 0); }
  void end() { EXPECT_EQ(fdt_end_node(blob_.data()), 0); }
  void data(const std::string& name, const std::string& value) {
    EXPECT_EQ(
        fdt_property(blob_.data(), name.c_str(), value.data(), static_cast<int>(value.size())), 0);
  }
  void text(const std::string& name, const std::string& value) { data(name, value + '\0'); }
  void cell(const std::string& name, uint32_t value) {
    EXPECT_EQ(fdt_property_u32(blob_.data(), name.c_str(), value), 0);
  }
  Blob take() {
    end();
    EXPECT_EQ(fdt_finish(blob_.data()), 0);
    blob_.resize(fdt_totalsize(blob_.data()));
    return blob_;
  }

 private:
  Blob blob_;
};

void empty_part(Writer& tree, const std::string& name) {
  tree.begin(name);
  tree.data("data", "");
  tree.end();
}

// As many images as there may be, and one configuration, whose properties `fill` makes.
template <typename Fill>
Blob with_configuration(const Fill& fill) {
  Writer tree;
  tree.begin("images");
  for (int i = 0; i < 4000; ++i) empty_part(tree, "part-" + std::to_string(i));
  tree.end();
  tree.begin("configurations");
  tree.text("default", "one");
  tree.begin("one");
  fill(tree);
  tree.end();
  tree.end();
  return tree.take();
}

Blob many_strings() {
  return with_configuration(
      [](Writer& tree) { tree.data("loadables", std::string(8 << 20, '\0')); });
}

// Each string is looked up among the images.
Blob many_names() {
  return with_configuration([](Writer& tree) {
    for (int i = 0; i < 8000; ++i) tree.data("p" + std::to_string(i), std::string(1000, '\0'));
  });
}

Blob many_properties() {
  Writer tree;
  for (int node = 0; node < 20; ++node) {
    tree.begin("n" + std::to_string(node));
    for (int i = 0; i < 2000; ++i) tree.cell("p" + std::to_string(i), 0);
    tree.end();
  }
  return tree.take();
}

Blob many_nodes() {
  Writer tree;
  tree.begin("images");
  for (int i = 0; i < 20000; ++i) empty_part(tree, "part-" + std::to_string(i));
  tree.end();
  return tree.take();
}

// Half a million properties whose name is 4 MiB long.
Blob one_long_name() {
  constexpr uint32_t kProperties = 500000, kName = 4 << 20;
  Blob structure;
  const auto put = [&](uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      structure.push_back(static_cast<uint8_t>(value >> shift));
    }
  };
  put(FDT_BEGIN_NODE);
  put(0);
  for (uint32_t i = 0; i < kProperties; ++i) {
    put(FDT_PROP);
    put(0);
    put(0);
  }
  put(FDT_END_NODE);
  put(FDT_END);
  Blob strings(kName, 'n');
  strings.back() = 0;

  constexpr uint32_t kReserve = 40, kStruct = 56;
  const auto size = static_cast<uint32_t>(structure.size());
  Blob image(kStruct);
  auto* header = reinterpret_cast<fdt_header*>(image.data());
  fdt_set_magic(header, FDT_MAGIC);
  fdt_set_totalsize(header, kStruct + size + kName);
  fdt_set_off_dt_struct(header, kStruct);
  fdt_set_off_dt_strings(header, kStruct + size);
  fdt_set_off_mem_rsvmap(header, kReserve);
  fdt_set_version(header, 17);
  fdt_set_last_comp_version(header, 16);
  fdt_set_size_dt_strings(header, kName);
  fdt_set_size_dt_struct(header, size);
  return image + structure + strings;
}

// All parts show the same bytes behind the tree: that is found before any is hashed.
Blob one_content_for_all() {
  constexpr uint32_t kSize = 1 << 20;
  constexpr int kParts = 190;
  Writer tree;
  std::string names;
  tree.begin("images");
  for (int i = 0; i < kParts; ++i) {
    const std::string name = "part-" + std::to_string(i);
    names += name + '\0';
    tree.begin(name);
    tree.cell("data-offset", 0);
    tree.cell("data-size", kSize);
    tree.begin("hash-1");
    tree.text("algo", "sha256");
    tree.data("value", std::string(32, 'v'));
    tree.end();
    tree.end();
  }
  tree.end();
  tree.begin("configurations");
  tree.text("default", "one");
  tree.begin("one");
  tree.data("loadables", names);
  tree.end();
  tree.end();
  return tree.take() + Blob(kSize + 4, 0);
}

TEST(FitCostTest, GrowsWithTheFile) {
  const struct {
    const char* name;
    Blob (*make)();
    const char* message;
  } table[] = {
      {"many strings", many_strings, "more than 1024 strings in \"loadables\""},
      {"many names", many_names, "configuration names more than 1024"},
      {"many properties", many_properties, "more than 32768 properties"},
      {"many nodes", many_nodes, "more than 4096 nodes"},
      {"one long name", one_long_name, "a property's name of more than 255"},
      {"one content for all", one_content_for_all, "overlap"},
  };
  for (const auto& row : table) {
    const std::optional<std::string> why =
        within_cpu_budget([image = bytes_of(row.make())]() mutable {
          try {
            const Fit fit(std::move(image));
            return std::string();
          } catch (const ImageError& error) {
            return std::string(error.what());
          }
        });
    ASSERT_TRUE(why) << row.name;
    EXPECT_NE(why->find(row.message), std::string::npos) << row.name << ": " << *why;
  }
}

}  // namespace
}  // namespace hvk
