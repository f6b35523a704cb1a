// SPDX-License-Identifier: GPL-2.0-only
// Writes what good drivers do into the folder that is named, for the fuzzer to
// start from.
#include <string>

#include "tests/fuzz/driver_script.h"
#include "tests/fuzz/seeds.h"

namespace {

using namespace hvk::test;

constexpr uint32_t kRam = kFuzzRam;

// A list in the form that virtio_fuzz.cc reads.
class Script : public DriverScript<Script> {
 public:
  Script& notify(uint8_t queue) { return put<uint8_t>(3).put(queue); }
  Script& save() { return put<uint8_t>(4); }

  Script& start(uint32_t low_features) {
    negotiate(low_features);
    for (uint32_t queue = 0; queue < 2; ++queue) place(queue, 4, 0x4000 * queue, 0x1000, 0x2000);
    return go();
  }
  Script& ask() {
    memory(0, Descriptor{kRam + 0x8000, 16, kNext, 1});
    memory(16, Descriptor{kRam + 0x9000, 64, kWrite, 0});
    memory<uint16_t>(0x1004, 0).memory<uint16_t>(0x1002, 1);
    return notify(0);
  }
  Script& ask_indirect() {
    memory(0, Descriptor{kRam + 0xa000, 32, kIndirect, 0});
    memory(0xa000, Descriptor{kRam + 0x8000, 16, kNext, 1});
    memory(0xa010, Descriptor{kRam + 0x9000, 64, kWrite, 0});
    memory<uint16_t>(0x1004, 0).memory<uint16_t>(0x1002, 1);
    return notify(0);
  }
};

}  // namespace

int main(int argc, char** argv) {
  return write_seeds(
      argc, argv,
      {
          {"request", Script().start(0).ask().text()},
          {"event-index", Script().start(1u << 29).ask().text()},
          {"indirect", Script().start(3u << 28).ask_indirect().text()},
          {"saved", Script().start(0).ask().save().ask().text()},
          {"stopped-queue",
           Script().start(0).set(reg::kQueueSel, 0).set(reg::kQueueReady, 0).ask().text()},
          {"reset", Script().start(0).ask().set(reg::kStatus, 0).start(3u << 28).ask().text()},
      });
}
