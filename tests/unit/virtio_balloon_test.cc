// SPDX-License-Identifier: GPL-2.0-only
// Memory that a guest gives back.
#include "devices/virtio_balloon.h"

#include <sys/mman.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "tests/unit/support.h"
#include "tests/unit/virtio_driver.h"
#include "virtio/worker.h"

namespace hvk::test {
namespace {

constexpr uint64_t kVersion1 = virtio_feature::kVersion1, kOom = 1 << 2, kReports = 1 << 5;
constexpr uint64_t kPage = 4096;
constexpr unsigned kInflate = 0, kReport = 2, kLastReport = 4;

class Balloon : public testing::TestWithParam<GuestMemory::Kind> {
 protected:
  static constexpr uint64_t kList = layout::kRamBase + 0x100000;
  static constexpr uint64_t kVictim = layout::kRamBase + 0x200000;

  // Fills the page at `kVictim` and those after it.
  void fill(unsigned pages) {
    std::memset(memory.at(kVictim, pages * kPage)->data(), 'x', pages * kPage);
  }
  // Which of them have been given back, a letter each.
  std::string state(unsigned pages) {
    std::string all;
    for (unsigned i = 0; i < pages; ++i) {
      const auto bytes = *memory.at(kVictim + i * kPage, kPage);
      const bool kept =
          std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{'x'}; });
      const bool gone =
          std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
      all += kept ? 'x' : gone ? '.' : '?';
    }
    return all;
  }
  void inflate(const std::vector<uint32_t>& pages) {
    if (!pages.empty()) {
      std::memcpy(memory.at(kList, pages.size() * 4)->data(), pages.data(), pages.size() * 4);
    }
    driver.queue(kInflate).set(0, {kList, static_cast<uint32_t>(pages.size() * 4), 0, 0});
    driver.queue(kInflate).offer(0);
    driver.notify(kInflate);
  }
  void report(uint64_t ipa, uint32_t size, unsigned queue = kReport) {
    driver.queue(queue).set(0, {ipa, size, kWrite, 0});
    driver.queue(queue).offer(0);
    driver.notify(queue);
  }
  static uint32_t page(unsigned index) { return static_cast<uint32_t>(kVictim / kPage + index); }

  GuestMemory memory{layout::kRamBase, kMemory, GetParam()};
  FakeIrqLine irq;
  EventLoop loop;
  CallersWorker worker;
  VirtioBalloon device{loop, memory};
  VirtioMmio transport{device, memory, irq, layout::kVirtioSpiBase, worker};
  VirtioDriver driver{transport, memory};
};

INSTANTIATE_TEST_SUITE_P(Kinds, Balloon,
                         testing::Values(GuestMemory::Kind::kPrivate, GuestMemory::Kind::kShared),
                         [](const auto& kind) {
                           return kind.param == GuestMemory::Kind::kShared ? "shared" : "private";
                         });

// Neighbours that are none cost a system call each: a chain of 4 GiB of them would take hours.
TEST_P(Balloon, RefusesEndlessLists) {
  for (const uint32_t size : {16u << 10, (16u << 10) + 4}) {
    driver.queue(kInflate).clear();
    driver.start(kVersion1 | kOom);
    driver.queue(kInflate).set(0, {kList, size, 0, 0});
    driver.queue(kInflate).offer(0);
    driver.notify(kInflate);
    const bool taken = size == 16u << 10;
    EXPECT_EQ(driver.queue(kInflate).used_index(), taken ? 1 : 0);
    EXPECT_EQ((driver.read(reg::kStatus) & kNeedsReset) == 0, taken);
  }
}

TEST_P(Balloon, GivesPagesBack) {
  driver.start(kVersion1 | kOom);
  const struct {
    const char* name;
    std::vector<uint32_t> pages;
    const char* state;
  } rows[] = {
      {"none", {}, "xxxxxx"},
      {"one", {page(1)}, "x.xxxx"},
      {"neighbours", {page(1), page(2), page(3)}, "x...xx"},
      {"backwards", {page(3), page(2), page(5)}, "xx..x."},
      {"twice", {page(0), page(0)}, ".xxxxx"},
      {"nowhere", {0, UINT32_MAX, 0x3ffff, page(4)}, "xxxx.x"},
      {"from outside in", {0x3ffff, 0x40000}, "xxxxxx"},
  };
  for (const auto& row : rows) {
    fill(6);
    inflate(row.pages);
    EXPECT_EQ(state(6), row.state) << row.name;
  }
  EXPECT_EQ(driver.queue(kInflate).used_index(), std::size(rows));
  EXPECT_FALSE(driver.read(reg::kStatus) & kNeedsReset);
}

TEST_P(Balloon, TakesReports) {
  driver.start(kVersion1 | kReports);
  fill(6);
  report(kVictim + kPage, 2 * kPage);
  EXPECT_EQ(state(6), "x..xxx");
  // Linux counts only the queues that it has; others use the number of the specification.
  report(kVictim + 4 * kPage, kPage, kLastReport);
  EXPECT_EQ(state(6), "x..x.x");
  // The part of a page stays.
  fill(6);
  report(kVictim + 100, 2 * kPage);
  EXPECT_EQ(state(6), "x.xxxx");
}

TEST_P(Balloon, IgnoresReportsThatWereNotAgreedOn) {
  driver.start(kVersion1);
  fill(2);
  report(kVictim, kPage);
  EXPECT_EQ(state(2), "xx");
}

TEST_P(Balloon, KeepsMemoryThatMustStay) {
  memory.keep();
  EXPECT_EQ(driver.offered() & (kOom | kReports), kOom);
  driver.start(kVersion1);
  fill(2);
  inflate({page(0)});
  EXPECT_EQ(state(2), "xx");
}

TEST_P(Balloon, AsksTheGuest) {
  const auto config = [&](uint64_t at) { return transport.read(reg::kConfig + at, 4); };
  driver.start(kVersion1);
  EXPECT_EQ(config(0), 0u);
  device.ask_for(kMemory - 5 * kPage);
  EXPECT_TRUE(loop.wait(60'000));
  EXPECT_EQ(driver.take_interrupt(), 2u);
  EXPECT_EQ(config(0), 5u);
  transport.write(reg::kConfig + 4, 4, 3);
  EXPECT_EQ(device.size(), kMemory - 3 * kPage);
  transport.write(reg::kConfig + 4, 4, UINT32_MAX);
  EXPECT_EQ(device.size(), 0u);
  device.ask_for(2 * kMemory);
  EXPECT_EQ(config(0), 0u);
  driver.write(reg::kStatus, 0);
  EXPECT_EQ(device.size(), kMemory);
}

TEST_P(Balloon, KeepsItsStateOverSaveAndRestore) {
  driver.start(kVersion1 | kOom);
  device.ask_for(kMemory - 7 * kPage);
  transport.write(reg::kConfig + 4, 4, 2);
  const nlohmann::json state = transport.save();
  VirtioBalloon other(loop, memory);
  VirtioMmio second(other, memory, irq, layout::kVirtioSpiBase, worker);
  second.restore(state);
  EXPECT_EQ(second.save(), state);
  EXPECT_EQ(second.read(reg::kConfig, 4), 7u);
  nlohmann::json wrong = state;
  wrong["own"] = "no";
  VirtioBalloon third(loop, memory);
  VirtioMmio last(third, memory, irq, layout::kVirtioSpiBase, worker);
  EXPECT_THROW(last.restore(wrong), SetupError);
}

}  // namespace
}  // namespace hvk::test
