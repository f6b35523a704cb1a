// SPDX-License-Identifier: GPL-2.0-only
// Writes what good drivers of a network card do into the folder that is named, for
// the fuzzer to start from.
#include <string>

#include "tests/fuzz/driver_script.h"
#include "tests/fuzz/seeds.h"

namespace {

using namespace hvk::test;

constexpr uint32_t kRam = kFuzzRam;
constexpr uint16_t kBuffer = 0xa000;

// A list in the form that net_fuzz.cc reads. Queue n lies at n * 0x2000.
class Script : public DriverScript<Script> {
 public:
  explicit Script(bool offloads) { put<uint8_t>(offloads); }
  Script& notify(uint8_t queue) { return put<uint8_t>(3).put(queue); }
  // Packets for pair 0: their number, and the size of each.
  Script& come(uint8_t count, uint16_t size) {
    return put<uint8_t>(4).put(static_cast<uint8_t>(count << 5)).put(size);
  }
  Script& full() { return put<uint8_t>(4).put<uint8_t>(1); }
  Script& sendable() { return put<uint8_t>(4).put<uint8_t>(2); }
  Script& link() { return put<uint8_t>(4).put<uint8_t>(3); }
  Script& settle() { return put<uint8_t>(5); }
  Script& save() { return put<uint8_t>(6); }

  Script& start(uint32_t low_features) {
    negotiate(low_features);
    for (uint32_t queue = 0; queue < 5; ++queue) place(queue, 8, 0x2000 * queue, 0x800, 0x1000);
    return go();
  }
  Script& chain(uint32_t queue, uint32_t size, uint16_t flags) {
    const uint32_t base = 0x2000 * queue;
    memory(base, Descriptor{kRam + kBuffer, size, flags, 0});
    memory<uint16_t>(base + 0x804, 0).memory<uint16_t>(base + 0x802, 1);
    return notify(static_cast<uint8_t>(queue));
  }
  Script& command(uint16_t pairs) {
    memory(kBuffer, uint16_t{4}).memory(kBuffer + 2, pairs);
    memory(0x8000, Descriptor{kRam + kBuffer, 4, kNext, 1});
    memory(0x8010, Descriptor{kRam + kBuffer + 16, 1, kWrite, 0});
    memory<uint16_t>(0x8804, 0).memory<uint16_t>(0x8802, 1);
    return notify(4);
  }
};

}  // namespace

int main(int argc, char** argv) {
  constexpr uint32_t kMergeable = 1u << 15, kMany = 1u << 17 | 1u << 22, kOffloads = 0x3b83;
  return write_seeds(
      argc, argv,
      {
          {"send", Script(false).start(0).chain(1, 72, 0).text()},
          {"send-offloaded", Script(true).start(kOffloads).chain(1, 72, 0).text()},
          {"send-full", Script(false).start(0).full().chain(1, 72, 0).sendable().settle().text()},
          {"receive", Script(false).start(0).chain(0, 2000, kWrite).come(2, 60).text()},
          {"receive-merged",
           Script(true).start(kMergeable).chain(0, 2000, kWrite).come(1, 3000).text()},
          {"pairs", Script(true).start(kMany).command(2).chain(3, 72, 0).settle().text()},
          {"saved", Script(false).start(0).full().chain(1, 72, 0).save().sendable().text()},
          {"link", Script(false).start(0).link().link().set(reg::kStatus, 0).start(0).text()},
      });
}
