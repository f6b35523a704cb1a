// SPDX-License-Identifier: GPL-2.0-only
// What a driver of virtio over MMIO writes: registers and descriptors.
#pragma once

#include <cstdint>

namespace hvk::test {

// Registers' offsets, virtio 1.2 table 4.1.
namespace reg {
constexpr uint64_t kMagic = 0x000, kVersion = 0x004, kDeviceId = 0x008, kDeviceFeatures = 0x010,
                   kDeviceFeaturesSel = 0x014, kDriverFeatures = 0x020, kDriverFeaturesSel = 0x024,
                   kQueueSel = 0x030, kQueueNumMax = 0x034, kQueueNum = 0x038, kQueueReady = 0x044,
                   kQueueNotify = 0x050, kInterruptStatus = 0x060, kInterruptAck = 0x064,
                   kStatus = 0x070, kDescLow = 0x080, kDriverLow = 0x090, kDeviceLow = 0x0a0,
                   kShmLenLow = 0x0b0, kConfigGeneration = 0x0fc, kConfig = 0x100;
}  // namespace reg

constexpr uint16_t kNext = 1, kWrite = 2, kIndirect = 4;
constexpr uint32_t kAcknowledge = 1, kDriver = 2, kDriverOk = 4, kFeaturesOk = 8, kNeedsReset = 64;

struct Descriptor {
  uint64_t address = 0;
  uint32_t length = 0;
  uint16_t flags = 0;
  uint16_t next = 0;
};
static_assert(sizeof(Descriptor) == 16);

}  // namespace hvk::test
