// SPDX-License-Identifier: GPL-2.0-or-later
// Memory that the guest gives back to the host (virtio 1.2, section 5.5): as much as it is asked
// for (the balloon), and what it reports to be free. The host gives it anew, zeroed, where the
// guest touches it again.
//
// Not modelled: statistics, hints of free pages for migration, poison.
#pragma once

#include <atomic>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "base/event_loop.h"
#include "base/fd.h"
#include "board/memory.h"
#include "virtio/device.h"
#include "virtio/turns.h"

namespace hvk {

class VirtioBalloon final : public VirtioDevice {
 public:
  // `loop` is that of the device's worker. Both references must outlive this object.
  VirtioBalloon(EventLoop& loop, GuestMemory& memory);

  // Asks the guest to do with so many bytes of its memory, which it does as far as it can. Any
  // thread.
  void ask_for(uint64_t bytes);
  // What the guest has at the time. Any thread.
  uint64_t size() const;

  uint32_t id() const override { return 5; }
  std::string_view name() const override { return "virtio-balloon"; }
  std::span<const uint16_t> queue_sizes() const override { return kQueues; }
  uint64_t features() const override;
  void read_config(uint64_t offset, std::span<std::byte> to) const override;
  void write_config(uint64_t offset, std::span<const std::byte> from) override;
  void start(uint64_t features, VirtioHost& host) override;
  void notified(unsigned queue) override;
  void stop(Stop stop) override;
  void reset() override { actual_ = 0; }
  nlohmann::json save() const override;
  void restore(const nlohmann::json& state) override;

 private:
  // To inflate, to deflate, and for reports. The specification gives reports the last of these
  // numbers, while Linux counts only the queues that it has (5.5.2).
  static constexpr uint16_t kQueues[] = {128, 128, 64, 64, 64};
  static constexpr unsigned kInflate = 0, kDeflate = 1;

  void give_up_pages(const Buffers& numbers);

  GuestMemory& memory_;
  std::atomic<uint32_t> target_ = 0;  // pages that the guest is to give back
  std::atomic<uint32_t> actual_ = 0;  // that it says it has given back
  VirtioHost* host_ = nullptr;
  bool reports_ = false;  // the driver accepted VIRTIO_BALLOON_F_PAGE_REPORTING
  EventFd asked_;
  Watch asking_;
  Turns turns_;
};

}  // namespace hvk
