// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/virtio_balloon.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"

namespace hvk {
namespace {

constexpr uint64_t kDeflateOnOom = 1 << 2;   // VIRTIO_BALLOON_F_DEFLATE_ON_OOM
constexpr uint64_t kPageReporting = 1 << 5;  // VIRTIO_BALLOON_F_PAGE_REPORTING

// The unit of the device's numbers, whatever pages guest and host have (5.5.6).
constexpr uint64_t kPage = 4096;

// Chains that one queue takes at a time, the most bytes of numbers that are read at once, and those
// of one chain: Linux gives 1 KiB.
constexpr unsigned kTurn = 16;
constexpr size_t kNumbers = 1024;
constexpr uint32_t kMostNumbers = 16 << 10;

// The configuration (5.5.4), as far as its fields are offered.
struct Configuration {
  uint32_t target;
  uint32_t actual;
};

constexpr const char* kTarget = "target";
constexpr const char* kActual = "actual";

}  // namespace

VirtioBalloon::VirtioBalloon(EventLoop& loop, GuestMemory& memory)
    : memory_(memory),
      asking_(loop, asked_.get(),
              [this] {
                asked_.take();
                if (host_) host_->config_changed();
              }),
      turns_(loop, [this](unsigned queue) { notified(queue); }) {}

void VirtioBalloon::ask_for(uint64_t bytes) {
  const uint64_t less = memory_.size() - std::min(bytes, memory_.size());
  target_ = static_cast<uint32_t>(std::min<uint64_t>(less / kPage, UINT32_MAX));
  asked_.signal();
}

uint64_t VirtioBalloon::size() const {
  return memory_.size() - std::min(memory_.size(), actual_ * kPage);
}

uint64_t VirtioBalloon::features() const {
  // Reports are of use only if the host can take the memory.
  return kDeflateOnOom | (memory_.can_discard() ? kPageReporting : 0);
}

void VirtioBalloon::read_config(uint64_t offset, std::span<std::byte> to) const {
  const Configuration config = {target_, actual_};
  copy_config(std::as_bytes(std::span(&config, 1)), offset, to);
}

void VirtioBalloon::write_config(uint64_t offset, std::span<const std::byte> from) {
  uint32_t actual;
  if (offset != offsetof(Configuration, actual) || from.size() != sizeof(actual)) return;
  std::memcpy(&actual, from.data(), sizeof(actual));
  actual_ = actual;
}

void VirtioBalloon::start(uint64_t features, VirtioHost& host) {
  host_ = &host;
  reports_ = features & kPageReporting;
}

void VirtioBalloon::notified(unsigned index) {
  Virtqueue* const queue = host_->queue(index);
  if (!queue) return;
  Chain chain;
  for (unsigned turn = kTurn;; --turn) {
    if (turn == 0) {
      turns_.later(index);
      break;
    }
    if (!queue->take(chain)) {
      if (!queue->notify_again()) break;
      continue;
    }
    if (index == kInflate) {
      if (chain.readable.size() > kMostNumbers) {
        return host_->needs_reset(
            fmt::format("queue {}: {} bytes of page numbers, expected at most {}", index,
                        chain.readable.size(), kMostNumbers));
      }
      give_up_pages(chain.readable);
    } else if (index != kDeflate && reports_) {
      // The buffers are the free memory themselves.
      for (const Buffers* buffers : {&chain.writable, &chain.readable}) {
        for (const iovec& one : buffers->vectors()) {
          memory_.discard({static_cast<std::byte*>(one.iov_base), one.iov_len});
        }
      }
    }
    queue->give_back(chain.head, 0);
  }
  host_->used(index);
  if (!queue->broken().empty()) {
    host_->needs_reset(fmt::format("queue {}: {}", index, queue->broken()));
  }
}

// Gives pages back to the host by their numbers, neighbours together.
void VirtioBalloon::give_up_pages(const Buffers& numbers) {
  std::array<uint32_t, kNumbers / sizeof(uint32_t)> some;
  uint64_t begin = 0, end = 0;  // a range of IPAs
  const auto discard = [&] {
    if (const auto range = memory_.at(begin, end - begin)) memory_.discard(*range);
  };
  for (size_t at = 0; at < numbers.size();) {
    const size_t n = numbers.read(at, std::as_writable_bytes(std::span(some)));
    at += n;
    for (size_t i = 0; i < n / sizeof(uint32_t); ++i) {
      const uint64_t page = some[i] * kPage;
      if (page == end) {
        end += kPage;
        continue;
      }
      discard();
      begin = page;
      end = page + kPage;
    }
  }
  discard();
}

void VirtioBalloon::stop(Stop) {
  turns_.clear();
  host_ = nullptr;
}

nlohmann::json VirtioBalloon::save() const {
  return {{kTarget, target_.load()}, {kActual, actual_.load()}};
}

void VirtioBalloon::restore(const nlohmann::json& state) {
  try {
    const uint32_t target = state.at(kTarget), actual = state.at(kActual);
    target_ = target;
    actual_ = actual;
  } catch (const nlohmann::json::exception& error) {
    throw SetupError("state of virtio-balloon", error.what());
  }
}

}  // namespace hvk
