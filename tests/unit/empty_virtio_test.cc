// SPDX-License-Identifier: GPL-2.0-only
#include "devices/empty_virtio.h"

#include "tests/unit/support.h"

namespace hvk {
namespace {

TEST(EmptyVirtio, AnswersAsATransportWithoutADevice) {
  EmptyVirtio empty;
  const struct {
    const char* name;
    uint64_t offset;
    unsigned size;
    uint64_t value;
  } table[] = {
      {"MagicValue", 0x000, 4, 0x74726976},
      {"Version", 0x004, 4, 2},
      {"DeviceID", 0x008, 4, 0},
      {"VendorID", 0x00c, 4, 0},
      {"QueueNumMax", 0x034, 4, 0},
      {"Status", 0x070, 4, 0},
      {"ConfigGeneration", 0x0fc, 4, 0},
      {"Config", 0x100, 1, 0},
      {"the last", 0x1f8, 8, 0},
      {"a byte of the magic", 0x001, 1, 'i'},
      {"half of it", 0x002, 2, 0x7472},
      {"more than a register", 0x000, 8, 0x74726976},
  };
  for (const auto& row : table) {
    EXPECT_EQ(empty.read(row.offset, row.size), row.value) << row.name;
    empty.write(row.offset, row.size, 0x0f);
    EXPECT_EQ(empty.read(row.offset, row.size), row.value) << row.name << ", written";
  }
}

TEST(EmptyVirtio, FillsTheSlotsThatNobodyHas) {
  class Other final : public Device {
   public:
    std::string_view name() const override { return "other"; }
    uint64_t read(uint64_t, unsigned) override { return 7; }
    void write(uint64_t, unsigned, uint64_t) override {}
    void describe(Fdt&, uint64_t) const override {}
  } other;
  EmptyVirtio empty;
  Bus bus;
  bus.add({0x0a000600, 0x200}, other);
  fill_virtio_slots(bus, empty);
  for (uint64_t slot = 0; slot < 32; ++slot) {
    uint64_t value = 0;
    EXPECT_TRUE(bus.read(0x0a000000 + slot * 0x200, 4, value)) << slot;
    EXPECT_EQ(value, slot == 3 ? 7u : 0x74726976u) << slot;
  }
  uint64_t value = 0;
  EXPECT_FALSE(bus.read(0x09fffffc, 4, value));
  EXPECT_FALSE(bus.read(0x0a004000, 4, value));
  EXPECT_FALSE(bus.read(0x0a0001fc, 8, value)) << "no access goes over two transports";
}

// Linux looks for a driver of each node that there is.
TEST(EmptyVirtio, IsNotInTheTree) {
  Fdt fdt;
  {
    Fdt::Node root(fdt, "");
    EmptyVirtio().describe(fdt, 0x0a000000);
  }
  const std::vector<std::byte> blob = fdt.finish();
  EXPECT_EQ(fdt_first_subnode(blob.data(), 0), -FDT_ERR_NOTFOUND);
}

}  // namespace
}  // namespace hvk
