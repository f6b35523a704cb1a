// SPDX-License-Identifier: GPL-2.0-only
// What good drivers do, as lists in the form that the fuzz targets of virtio devices read
// (driver_input.h).
#pragma once

#include <cstdint>
#include <string>

#include "tests/unit/virtio_driver_registers.h"

namespace hvk::test {

inline constexpr uint32_t kFuzzRam = 0x40000000;

// `Self` is the class of a device's own script, which each call returns for the next one.
template <typename Self>
class DriverScript {
 public:
  Self& set(uint64_t offset, uint32_t value) {
    return put<uint8_t>(0).put(static_cast<uint8_t>(offset / 4)).put(value);
  }
  template <typename T>
  Self& memory(uint32_t at, const T& value) {
    put<uint8_t>(2).put(static_cast<uint16_t>(at));
    return put(static_cast<uint8_t>(sizeof(T))).put(value);
  }
  const std::string& text() const { return text_; }

  // Up to FEATURES_OK, with VIRTIO_F_VERSION_1.
  Self& negotiate(uint32_t low_features) {
    set(reg::kStatus, kAcknowledge | kDriver);
    set(reg::kDriverFeaturesSel, 0).set(reg::kDriverFeatures, low_features);
    set(reg::kDriverFeaturesSel, 1).set(reg::kDriverFeatures, 1);
    return set(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk);
  }
  // A queue whose parts lie so far from its place, which is counted from the start of the memory.
  Self& place(uint32_t queue, uint32_t size, uint32_t at, uint32_t available, uint32_t used) {
    const uint32_t base = kFuzzRam + at;
    set(reg::kQueueSel, queue).set(reg::kQueueNum, size).set(reg::kDescLow, base);
    set(reg::kDriverLow, base + available).set(reg::kDeviceLow, base + used);
    return set(reg::kQueueReady, 1);
  }
  Self& go() { return set(reg::kStatus, kAcknowledge | kDriver | kFeaturesOk | kDriverOk); }

 protected:
  template <typename T>
  Self& put(const T& value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return static_cast<Self&>(*this);
  }

 private:
  std::string text_;
};

}  // namespace hvk::test
