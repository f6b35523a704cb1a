// SPDX-License-Identifier: GPL-2.0-only
#include "devices/pl061.h"

#include "tests/unit/support.h"

namespace hvk {
namespace {

using test::FakeIrqLine;

enum : uint64_t {
  kDir = 0x400,
  kIs = 0x404,
  kIbe = 0x408,
  kIev = 0x40c,
  kIe = 0x410,
  kRis = 0x414,
  kMis = 0x418,
  kIc = 0x41c,
  kAfsel = 0x420,
};

constexpr uint64_t kKey = 1 << 3;

// The data register for the lines in `mask`.
constexpr uint64_t data(uint64_t mask) { return mask << 2; }

class Pl061Test : public testing::Test {
 protected:
  uint64_t get(uint64_t offset) { return gpio.read(offset, 4); }
  void set(uint64_t offset, uint64_t value) { gpio.write(offset, 4, value); }

  FakeIrqLine irq;
  Pl061 gpio{irq};
};

TEST_F(Pl061Test, RegistersKeepEightBits) {
  for (uint64_t offset : {kDir, kIs, kIbe, kIev, kIe, kAfsel}) {
    EXPECT_EQ(get(offset), 0u) << offset;
    set(offset, 0x1234a5);
    EXPECT_EQ(get(offset), 0xa5u) << offset;
    set(offset, 0);
  }
}

TEST_F(Pl061Test, Identifies) {
  uint32_t periph = 0, cell = 0;
  for (unsigned i = 0; i < 4; ++i) {
    periph |= static_cast<uint32_t>(get(0xfe0 + 4 * i)) << 8 * i;
    cell |= static_cast<uint32_t>(get(0xff0 + 4 * i)) << 8 * i;
  }
  EXPECT_EQ(periph & 0x000fffff, 0x00041061u);
  EXPECT_EQ(cell, 0xb105f00du);
}

TEST_F(Pl061Test, DataGoesThroughTheAddressMask) {
  set(kDir, 0xff);
  set(data(0xff), 0x5a);
  EXPECT_EQ(get(data(0xff)), 0x5au);
  set(data(0x0f), 0xff);
  EXPECT_EQ(get(data(0xff)), 0x5fu);
  EXPECT_EQ(get(data(0xf0)), 0x50u);
  EXPECT_EQ(get(data(0x00)), 0u);
  set(kDir, 0x0f);
  EXPECT_EQ(get(data(0xff)), 0x0fu) << "inputs are low";
}

TEST_F(Pl061Test, KeyStaysDownUntilSeen) {
  EXPECT_FALSE(gpio.power_key_unseen());
  gpio.press_power_key();
  EXPECT_EQ(get(data(0xff & ~kKey)), 0u) << "another line was looked at";
  EXPECT_TRUE(gpio.power_key_unseen());
  EXPECT_EQ(get(data(kKey)), kKey);
  EXPECT_FALSE(gpio.power_key_unseen());
  EXPECT_EQ(get(data(kKey)), 0u);
}

TEST_F(Pl061Test, EdgesInterrupt) {
  const struct {
    const char* name;
    uint64_t both, event;
    bool on_press, on_release;
  } table[] = {{"falling", 0, 0, false, true},
               {"rising", 0, kKey, true, false},
               {"both", kKey, 0, true, true}};
  for (const auto& row : table) {
    FakeIrqLine line;
    Pl061 port(line);
    port.write(kIbe, 4, row.both);
    port.write(kIev, 4, row.event);
    port.write(kIe, 4, kKey);
    port.press_power_key();
    EXPECT_EQ(line.level, row.on_press) << row.name;
    EXPECT_EQ(port.read(kMis, 4), row.on_press ? kKey : 0) << row.name;
    port.write(kIc, 4, kKey);
    EXPECT_FALSE(line.level) << row.name;
    EXPECT_EQ(port.read(data(kKey), 4), kKey) << row.name;
    EXPECT_EQ(line.level, row.on_release) << row.name;
  }
}

TEST_F(Pl061Test, WiredLinesPulseAndRise) {
  std::vector<unsigned> risen;
  FakeIrqLine line;
  Pl061 port(line, {.spi = 8, .phandle = 16, .names = {"in", "out"}, .rose = [&](unsigned n) {
                      risen.push_back(n);
                    }});
  // An edge stays latched although the line is low again.
  port.write(kIev, 4, 1);
  port.write(kIe, 4, 1);
  port.pulse(0);
  EXPECT_EQ(port.read(kMis, 4), 1u);
  EXPECT_TRUE(line.level);
  EXPECT_EQ(port.read(data(0xff), 4), 0u);
  port.write(kIc, 4, 1);
  EXPECT_FALSE(line.level);

  // An output tells when it goes up, by data or by direction.
  port.write(data(2), 4, 2);
  EXPECT_TRUE(risen.empty()) << "an input's data register";
  port.write(kDir, 4, 2);
  EXPECT_EQ(risen, std::vector{1u});
  port.write(data(2), 4, 2);
  port.write(data(2), 4, 0);
  EXPECT_EQ(risen, std::vector{1u});
  port.write(data(2), 4, 2);
  EXPECT_EQ(risen, (std::vector{1u, 1u}));
}

TEST_F(Pl061Test, LevelsInterrupt) {
  set(kIs, kKey);
  set(kIev, kKey);
  set(kIe, kKey);
  EXPECT_FALSE(irq.level);
  gpio.press_power_key();
  EXPECT_TRUE(irq.level);
  set(kIc, kKey);
  EXPECT_TRUE(irq.level) << "a level cannot be cleared";
  get(data(kKey));
  EXPECT_FALSE(irq.level);
  set(kIev, 0);
  EXPECT_TRUE(irq.level) << "low is now the active level";
}

TEST_F(Pl061Test, MaskedEdgeIsKept) {
  set(kIev, kKey);
  gpio.press_power_key();
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(get(kRis), kKey);
  EXPECT_EQ(get(kMis), 0u);
  set(kIe, kKey);
  EXPECT_TRUE(irq.level);
}

TEST_F(Pl061Test, PressingAgainIsAnotherEdge) {
  set(kIev, kKey);
  set(kIe, kKey);
  gpio.press_power_key();
  set(kIc, kKey);
  EXPECT_FALSE(irq.level);
  gpio.press_power_key();
  EXPECT_TRUE(irq.level);
}

TEST_F(Pl061Test, UnknownOffsetsAndOddWrites) {
  set(0x424, 0xff);
  EXPECT_EQ(get(0x424), 0u);
  gpio.write(kDir + 1, 1, 0xff);
  EXPECT_EQ(get(kDir), 0u);
  gpio.write(kDir, 1, 0x81);
  EXPECT_EQ(gpio.read(kDir, 1), 0x81u);
  EXPECT_EQ(gpio.read(kDir + 1, 1), 0u);
}

TEST_F(Pl061Test, DescribesItselfAndTheKey) {
  const test::DescribedTree tree(gpio, 0x9030000);
  const char* node = "/pl061@9030000";
  EXPECT_EQ(tree.property(node, "compatible"), std::string("arm,pl061\0arm,primecell\0", 24));
  EXPECT_EQ(tree.property(node, "reg"), test::cells({0, 0x9030000, 0, 0x1000}));
  EXPECT_EQ(tree.property(node, "interrupts"), test::cells({0, 7, 4}));
  EXPECT_EQ(tree.property(node, "gpio-controller"), "");
  EXPECT_EQ(tree.property(node, "phandle"), test::cells({Pl061::kPhandle}));
  EXPECT_EQ(tree.property("/gpio-keys/poweroff", "gpios"), test::cells({Pl061::kPhandle, 3, 0}));
  EXPECT_EQ(tree.property("/gpio-keys/poweroff", "linux,code"), test::cells({116}));
}

}  // namespace
}  // namespace hvk
