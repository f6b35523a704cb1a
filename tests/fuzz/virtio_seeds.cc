// SPDX-License-Identifier: GPL-2.0-only
// Writes what good drivers do into the folder that is named, for the fuzzer to
// start from.
#include <cstdio>
#include <fstream>
#include <string>

#include "tests/unit/virtio_driver_registers.h"

namespace {

using namespace hvk::test;

constexpr uint32_t kRam = 0x40000000;

// A list in the form that virtio_fuzz.cc reads.
class Script {
 public:
  Script& set(uint64_t offset, uint32_t value) {
    return put<uint8_t>(0).put(static_cast<uint8_t>(offset / 4)).put(value);
  }
  template <typename T>
  Script& memory(uint16_t at, const T& value) {
    return put<uint8_t>(2).put(at).put<uint8_t>(sizeof(T)).put(value);
  }
  Script& notify(uint8_t queue) { return put<uint8_t>(3).put(queue); }
  Script& save() { return put<uint8_t>(4); }
  const std::string& text() const { return text_; }

  Script& start(uint32_t low_features) {
    set(reg::kStatus, kAcknowledge | kDriver);
    set(reg::kDriverFeaturesSel, 0).set(reg::kDriverFeatures, low_features);
    set(reg::kDriverFeaturesSel, 1).set(reg::kDriverFeatures, 1);
    set(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
    for (uint32_t queue = 0; queue < 2; ++queue) {
      const uint32_t base = kRam + 0x4000 * queue;
      set(reg::kQueueSel, queue).set(reg::kQueueNum, 4).set(reg::kDescLow, base);
      set(reg::kDriverLow, base + 0x1000).set(reg::kDeviceLow, base + 0x2000);
      set(reg::kQueueReady, 1);
    }
    return set(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk);
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

 private:
  template <typename T>
  Script& put(const T& value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return *this;
  }
  std::string text_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: virtio_seeds FOLDER\n");
    return 2;
  }
  const struct {
    const char* name;
    std::string text;
  } seeds[] = {
      {"request", Script().start(0).ask().text()},
      {"event-index", Script().start(1u << 29).ask().text()},
      {"indirect", Script().start(3u << 28).ask_indirect().text()},
      {"saved", Script().start(0).ask().save().ask().text()},
      {"stopped-queue",
       Script().start(0).set(reg::kQueueSel, 0).set(reg::kQueueReady, 0).ask().text()},
      {"reset", Script().start(0).ask().set(reg::kStatus, 0).start(3u << 28).ask().text()},
  };
  for (const auto& seed : seeds) {
    std::ofstream(std::string(argv[1]) + "/" + seed.name, std::ios::binary) << seed.text;
  }
  return 0;
}
