// SPDX-License-Identifier: GPL-2.0-only
#include "devices/pl011.h"

#include "tests/unit/support.h"

namespace hvk {
namespace {

using test::FakeIrqLine;
using test::StringSink;

enum : uint64_t {
  kDr = 0x00,
  kRsr = 0x04,
  kFr = 0x18,
  kIbrd = 0x24,
  kFbrd = 0x28,
  kLcrH = 0x2c,
  kCr = 0x30,
  kIfls = 0x34,
  kImsc = 0x38,
  kRis = 0x3c,
  kMis = 0x40,
  kIcr = 0x44,
  kDmacr = 0x48,
};

constexpr uint64_t kRxEmpty = 1 << 4, kRxFull = 1 << 6, kTxFull = 1 << 5, kTxEmpty = 1 << 7;
constexpr uint64_t kBusy = 1 << 3;
constexpr uint64_t kIntCts = 1 << 1, kIntRx = 1 << 4, kIntTx = 1 << 5, kIntTimeout = 1 << 6;
constexpr uint64_t kIntOverrun = 1 << 10;
constexpr uint64_t kEnabled = 0x301, kLoopback = 0x381;
constexpr uint64_t kFifo8Bits = 0x70;

class Pl011Test : public testing::Test {
 protected:
  Pl011Test() {
    uart.set_receive_ready([this] { ++ready; });
  }

  uint64_t get(uint64_t offset) { return uart.read(offset, 4); }
  void set(uint64_t offset, uint64_t value) { uart.write(offset, 4, value); }

  // As Linux's driver leaves the port: FIFOs on, receive interrupts unmasked.
  void open() {
    set(kLcrH, kFifo8Bits);
    set(kCr, kEnabled);
    set(kImsc, kIntRx | kIntTimeout);
    get(kDr);
  }

  size_t type(std::string_view text) {
    return uart.receive({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }

  std::string drain() {
    std::string text;
    while (!(get(kFr) & kRxEmpty)) text.push_back(static_cast<char>(get(kDr)));
    return text;
  }

  FakeIrqLine irq;
  StringSink out;
  Pl011 uart{irq, out};
  int ready = 0;
};

TEST_F(Pl011Test, ResetValues) {
  const struct {
    const char* name;
    uint64_t offset, value;
  } table[] = {
      {"DR", kDr, 0},      {"RSR", kRsr, 0},   {"IBRD", kIbrd, 0},    {"FBRD", kFbrd, 0},
      {"LCR_H", kLcrH, 0}, {"CR", kCr, 0x300}, {"IFLS", kIfls, 0x12}, {"IMSC", kImsc, 0},
      {"RIS", kRis, 0},    {"MIS", kMis, 0},   {"DMACR", kDmacr, 0},
  };
  for (const auto& row : table) EXPECT_EQ(get(row.offset), row.value) << row.name;
  EXPECT_EQ(get(kFr) & (kRxEmpty | kRxFull | kTxEmpty | kTxFull | kBusy), kRxEmpty | kTxEmpty);
}

TEST_F(Pl011Test, WritableBits) {
  const struct {
    const char* name;
    uint64_t offset, mask;
  } table[] = {
      {"ILPR", 0x20, 0xff}, {"IBRD", kIbrd, 0xffff}, {"FBRD", kFbrd, 0x3f},  {"LCR_H", kLcrH, 0xff},
      {"CR", kCr, 0xff87},  {"IFLS", kIfls, 0x3f},   {"IMSC", kImsc, 0x7ff}, {"DMACR", kDmacr, 7},
  };
  for (const auto& row : table) {
    set(row.offset, 0xffffffff);
    EXPECT_EQ(get(row.offset), row.mask) << row.name;
    set(row.offset, 0);
    EXPECT_EQ(get(row.offset), 0u) << row.name;
  }
}

TEST_F(Pl011Test, UnknownOffsetsReadZeroAndIgnoreWrites) {
  for (uint64_t offset : {0x08u, 0x14u, 0x1cu, 0x4cu, 0x80u, 0xfdcu}) {
    set(offset, 0xffffffff);
    EXPECT_EQ(get(offset), 0u) << offset;
  }
  EXPECT_EQ(out.text, "");
}

TEST_F(Pl011Test, IdentifiesAsRevisionWithDeepFifo) {
  uint32_t periph = 0, cell = 0;
  for (unsigned i = 0; i < 4; ++i) {
    periph |= static_cast<uint32_t>(get(0xfe0 + 4 * i)) << 8 * i;
    cell |= static_cast<uint32_t>(get(0xff0 + 4 * i)) << 8 * i;
  }
  EXPECT_EQ(periph & 0x000fffff, 0x00041011u);  // what Linux's driver matches
  EXPECT_GE(periph >> 20 & 0xf, 3u);            // from here on it assumes 32 bytes
  EXPECT_EQ(cell, 0xb105f00du);
}

TEST_F(Pl011Test, AccessWidths) {
  set(kIbrd, 0x1234);
  EXPECT_EQ(uart.read(kIbrd, 1), 0x34u);
  EXPECT_EQ(uart.read(kIbrd + 1, 1), 0x12u);
  EXPECT_EQ(uart.read(kIbrd, 2), 0x1234u);
  EXPECT_EQ(uart.read(kIbrd + 2, 2), 0u);
  EXPECT_EQ(uart.read(kIbrd, 8), 0x1234u);
  uart.write(kIbrd, 2, 0x5678);
  EXPECT_EQ(get(kIbrd), 0x5678u);
  uart.write(kIbrd + 1, 1, 0xff);  // no byte strobes
  EXPECT_EQ(get(kIbrd), 0x5678u);
  uart.write(kDr, 1, 'a');
  uart.write(kDr, 8, 'b');
  EXPECT_EQ(out.text, "ab");
}

TEST_F(Pl011Test, SendsWithoutBeingEnabled) {
  for (char c : std::string("hello")) set(kDr, static_cast<uint8_t>(c));
  set(kDr, 0x1ff);  // eight bits are sent
  EXPECT_EQ(out.text, "hello\xff");
  EXPECT_EQ(get(kFr) & (kTxEmpty | kTxFull | kBusy), kTxEmpty);
}

TEST_F(Pl011Test, TransmitInterruptFollowsTheDrainedFifo) {
  set(kCr, kEnabled);
  set(kImsc, kIntTx);
  EXPECT_FALSE(irq.level) << "nothing was sent yet, so no level was passed";
  set(kDr, 'x');
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(get(kMis), kIntTx);
  set(kIcr, kIntTx);
  EXPECT_FALSE(irq.level);
  set(kDr, 'y');
  EXPECT_TRUE(irq.level);
  set(kImsc, 0);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(get(kRis), kIntTx);
  EXPECT_EQ(irq.changes, 4) << "the line is set on change only";
}

// One step of a guest or of the person who types, and RIS after it.
struct Step {
  const char* name;
  enum { kType, kRead, kClear, kFifos } what;
  uint64_t value;  // how many characters, what is written
  uint64_t raised;
};

TEST_F(Pl011Test, WhatRaisesAndClearsTheReceiveInterrupts) {
  constexpr uint64_t kBoth = kIntRx | kIntTimeout;
  const std::vector<Step> kAlways = {
      {"one character", Step::kType, 1, kBoth},
      {"the last one is read", Step::kRead, 1, 0},
      {"the next one", Step::kType, 1, kBoth},
      {"its interrupt is cleared", Step::kClear, kIntRx, kIntTimeout},
      {"and the time-out", Step::kClear, kIntTimeout, 0},
      {"read without an interrupt", Step::kRead, 1, 0},
      {"another", Step::kType, 1, kBoth},
      {"all is cleared", Step::kClear, 0x7ff, 0},
  };
  const std::vector<Step> kWithFifos = {
      {"three", Step::kType, 3, kBoth},
      {"two of them are read", Step::kRead, 2, kBoth},
      {"a fourth", Step::kType, 1, kBoth},
      {"cleared while two wait", Step::kClear, kBoth, 0},
      {"one of these is read", Step::kRead, 1, 0},
      {"a fifth, above the other one", Step::kType, 1, kBoth},
      {"more than any level of IFLS", Step::kType, 28, kBoth},
      {"all but one are read", Step::kRead, 29, kBoth},
      {"the last", Step::kRead, 1, 0},
      {"one that is flushed", Step::kType, 1, kBoth},
      {"by the FIFOs' end", Step::kFifos, 0, 0},
  };
  const struct {
    const char* name;
    uint64_t line, level;  // LCR_H, IFLS
    const std::vector<Step>& steps;
  } table[] = {{"no FIFOs", 0x60, 0x12, kAlways},
               {"FIFOs", kFifo8Bits, 0x12, kAlways},
               {"FIFOs, lowest level", kFifo8Bits, 0x00, kWithFifos},
               {"FIFOs, level of reset", kFifo8Bits, 0x12, kWithFifos},
               {"FIFOs, highest level", kFifo8Bits, 0x24, kWithFifos},
               {"FIFOs, reserved level", kFifo8Bits, 0x3f, kWithFifos}};
  for (const auto& row : table) {
    FakeIrqLine line;
    Pl011 port(line, out);
    port.write(kLcrH, 4, row.line);
    port.write(kIfls, 4, row.level);
    port.write(kCr, 4, kEnabled);
    port.write(kImsc, 4, kIntRx);
    for (const Step& step : row.steps) {
      const std::vector<uint8_t> text(step.value, 'x');
      switch (step.what) {
        case Step::kType:
          EXPECT_EQ(port.receive(text), text.size()) << step.name;
          break;
        case Step::kRead:
          for (uint64_t i = 0; i < step.value; ++i) port.read(kDr, 4);
          break;
        case Step::kClear:
          port.write(kIcr, 4, step.value);
          break;
        case Step::kFifos:
          port.write(kLcrH, 4, step.value);
          break;
      }
      EXPECT_EQ(port.read(kRis, 4), step.raised) << row.name << ": " << step.name;
      EXPECT_EQ(line.level, (step.raised & kIntRx) != 0) << row.name << ": " << step.name;
    }
  }
}

// As a driver may begin: its mask before its receiver.
TEST_F(Pl011Test, ReceiveInterruptUnmaskedBeforeTheReceiverIsOn) {
  set(kCr, 0);
  set(kLcrH, kFifo8Bits);
  set(kImsc, kIntRx);
  EXPECT_EQ(type("k"), 1u);
  EXPECT_FALSE(irq.level);
  set(kCr, kEnabled);
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(get(kFr) & kRxEmpty, 0u);
  EXPECT_EQ(get(kDr), uint64_t{'k'});
  EXPECT_FALSE(irq.level);
}

TEST_F(Pl011Test, WithoutFifoHoldsOneCharacter) {
  set(kCr, kEnabled);
  set(kImsc, kIntRx);
  EXPECT_EQ(type("ab"), 1u);
  EXPECT_EQ(get(kFr) & (kRxFull | kRxEmpty), kRxFull);
  EXPECT_EQ(get(kMis), kIntRx);
  EXPECT_EQ(ready, 0);
  EXPECT_EQ(get(kDr), uint64_t{'a'});
  EXPECT_EQ(ready, 1);
  EXPECT_EQ(get(kMis), 0u);
}

TEST_F(Pl011Test, NothingPastedIsLost) {
  open();
  std::string text;
  for (int i = 0; i < 1000; ++i) text.push_back(static_cast<char>('a' + i % 26));
  std::string_view rest = text;
  std::string got;
  while (!rest.empty()) {
    const int before = ready;
    const size_t taken = type(rest);
    ASSERT_EQ(taken, std::min(rest.size(), Pl011::kFifoDepth));
    rest.remove_prefix(taken);
    got += drain();
    EXPECT_EQ(ready, before + !rest.empty()) << "asked again only if something was refused";
  }
  EXPECT_EQ(got, text);
  EXPECT_EQ(get(kRis) & kIntOverrun, 0u);
}

TEST_F(Pl011Test, ReadyComesWhenHalfEmpty) {
  open();
  EXPECT_EQ(type(std::string(33, 'x')), 32u);
  for (int i = 0; i < 15; ++i) get(kDr);
  EXPECT_EQ(ready, 0);
  get(kDr);
  EXPECT_EQ(ready, 1);
  get(kDr);
  EXPECT_EQ(ready, 1);
}

TEST_F(Pl011Test, InputWaitsForAGuestThatListens) {
  EXPECT_EQ(type("xyz"), 1u) << "one character waits on the wire";
  EXPECT_EQ(type("yz"), 0u);
  // Early console output: is there room, send, is it out.
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(get(kFr) & kRxEmpty, kRxEmpty);
    set(kDr, '.');
    get(kFr);
  }
  // Linux's console set-up unmasks long before there is a handler, and its
  // driver's start throws away what is in the FIFO.
  set(kImsc, kIntRx | kIntTimeout);
  get(kFr);
  set(kDr, '.');
  set(kImsc, 0);
  set(kLcrH, kFifo8Bits);
  set(kCr, kEnabled);
  set(kIcr, kIntRx | kIntTimeout);
  EXPECT_EQ(get(kFr) & kRxEmpty, kRxEmpty);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(ready, 0);
  set(kImsc, kIntRx | kIntTimeout);
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(ready, 0);
  // The handler.
  EXPECT_EQ(get(kRis), kIntTx | kIntTimeout);
  EXPECT_EQ(ready, 1);
  EXPECT_EQ(type("yz"), 2u);
  set(kIcr, kIntTimeout);
  EXPECT_EQ(drain(), "xyz");
  EXPECT_FALSE(irq.level);
}

TEST_F(Pl011Test, InputWaitsWhileThePortIsShut) {
  open();
  set(kCr, 0x101);
  EXPECT_EQ(type("ab"), 1u);
  EXPECT_FALSE(irq.level) << "masked or not, the receiver is off";
  set(kLcrH, 0);  // flushes the FIFO, not the wire
  set(kLcrH, kFifo8Bits);
  set(kCr, kEnabled);
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(get(kMis), kIntTimeout);
  EXPECT_EQ(ready, 1);
  EXPECT_EQ(type("b"), 1u);
  EXPECT_EQ(drain(), "ab");
}

TEST_F(Pl011Test, HandlerThatReadsDataAtOnce) {
  set(kCr, kEnabled);
  set(kImsc, kIntTimeout);
  type("k");
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(get(kDr), uint64_t{'k'});
  EXPECT_FALSE(irq.level);
}

TEST_F(Pl011Test, ReceiveInterruptAloneIsListening) {
  set(kCr, kEnabled);
  EXPECT_EQ(type("k"), 1u);
  set(kImsc, kIntRx);
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(get(kDr), uint64_t{'k'});
}

TEST_F(Pl011Test, PollingIsListening) {
  EXPECT_EQ(type("kl"), 1u);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get(kFr) & kRxEmpty, kRxEmpty);
  EXPECT_EQ(get(kFr) & kRxEmpty, 0u);
  EXPECT_EQ(ready, 0) << "there are no FIFOs: the one place is taken";
  EXPECT_EQ(drain(), "k");
  EXPECT_EQ(ready, 1);
  EXPECT_EQ(type("l"), 1u);
  EXPECT_EQ(drain(), "l");
}

TEST_F(Pl011Test, TurningFifosOffFlushes) {
  open();
  type(std::string(20, 'x'));
  EXPECT_TRUE(irq.level);
  set(kLcrH, 0x60);
  EXPECT_EQ(get(kFr) & kRxEmpty, kRxEmpty);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(get(kRis), 0u);
}

TEST_F(Pl011Test, LoopbackFeedsBackAndOverruns) {
  set(kLcrH, kFifo8Bits);
  set(kCr, kLoopback);
  set(kImsc, kIntOverrun);
  for (int i = 0; i < 32; ++i) set(kDr, static_cast<uint64_t>(i));
  EXPECT_EQ(get(kFr) & kRxFull, kRxFull);
  EXPECT_FALSE(irq.level);
  set(kDr, 99);
  EXPECT_TRUE(irq.level);
  EXPECT_EQ(get(kRsr), 8u);
  for (int i = 0; i < 32; ++i) EXPECT_EQ(get(kDr), static_cast<uint64_t>(i));
  set(kDr, 7);
  EXPECT_EQ(get(kDr), 0x807u) << "the first character after the loss says so";
  set(kRsr, 0);
  EXPECT_EQ(get(kRsr), 0u);
  set(kIcr, kIntOverrun);
  EXPECT_FALSE(irq.level);
  EXPECT_EQ(out.text, "");
}

TEST_F(Pl011Test, LoopbackKeepsTheTerminalOut) {
  open();
  set(kCr, kLoopback);
  EXPECT_EQ(type("xy"), 1u);
  set(kDr, 'l');
  EXPECT_EQ(drain(), "l");
  EXPECT_EQ(ready, 0);
  set(kCr, kEnabled);
  EXPECT_EQ(ready, 1);
  EXPECT_EQ(type("y"), 1u);
  EXPECT_EQ(drain(), "xy");
}

TEST_F(Pl011Test, ModemLinesInLoopback) {
  // A terminal is there: CTS, DSR, DCD.
  EXPECT_EQ(get(kFr) & 0x107, 0x7u);
  const struct {
    const char* name;
    uint64_t control, flag;
  } table[] = {{"RTS to CTS", 1 << 11, 1 << 0},
               {"DTR to DSR", 1 << 10, 1 << 1},
               {"OUT1 to DCD", 1 << 12, 1 << 2},
               {"OUT2 to RI", 1 << 13, 1 << 8}};
  for (const auto& row : table) {
    set(kCr, kLoopback | row.control);
    EXPECT_EQ(get(kFr) & 0x107, row.flag) << row.name;
  }
  set(kCr, kLoopback);
  set(kIcr, 0x7ff);
  set(kImsc, kIntCts);
  set(kCr, kLoopback | 1 << 11);
  EXPECT_EQ(get(kMis), kIntCts);
  EXPECT_TRUE(irq.level);
}

TEST_F(Pl011Test, DescribesItself) {
  const test::DescribedTree tree(uart, 0x9000000);
  const char* node = "/pl011@9000000";
  EXPECT_EQ(tree.property(node, "compatible"), std::string("arm,pl011\0arm,primecell\0", 24));
  EXPECT_EQ(tree.property(node, "reg"), test::cells({0, 0x9000000, 0, 0x1000}));
  EXPECT_EQ(tree.property(node, "interrupts"), test::cells({0, 1, 4}));
  EXPECT_EQ(tree.property(node, "clocks"), test::cells({Fdt::kPhandleClock, Fdt::kPhandleClock}));
  EXPECT_EQ(tree.property(node, "clock-names"), std::string("uartclk\0apb_pclk\0", 17));
}

}  // namespace
}  // namespace hvk
