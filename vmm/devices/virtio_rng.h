// SPDX-License-Identifier: GPL-2.0-or-later
// A source of random numbers (virtio 1.2, section 5.4): the host's.
//
// A request is answered at once, with as many bytes as it has room for, up to kMost; a driver asks
// again for more. Nothing of the device is left out.
#pragma once

#include <functional>

#include "virtio/device.h"

namespace hvk {

class VirtioRng final : public VirtioDevice {
 public:
  // Fills the bytes with random ones; returns false if there are none now.
  using Source = std::function<bool(std::span<std::byte>)>;
  // The host's generator (getrandom(2)), once it is seeded.
  static bool host(std::span<std::byte> bytes);

  // Bounds the time that one request takes of its vCPU.
  static constexpr size_t kMost = 4096;

  explicit VirtioRng(Source source = host) : source_(std::move(source)) {}

  uint32_t id() const override { return 4; }
  std::string_view name() const override { return "virtio-rng"; }
  std::span<const uint16_t> queue_sizes() const override { return kQueues; }
  void start(uint64_t, VirtioHost& host) override { host_ = &host; }
  void notified(unsigned queue) override;
  void stop(Stop) override { host_ = nullptr; }

 private:
  static constexpr uint16_t kQueues[] = {8};

  const Source source_;
  VirtioHost* host_ = nullptr;
};

}  // namespace hvk
