// SPDX-License-Identifier: GPL-2.0-or-later
#include "partition/links.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "config/grants.h"
#include "config/needs_hvk.h"
#include "hv/hypervisor.h"
#include "hv/kvm_calls.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

std::string frame_remedy(int error) {
  switch (error) {
    case EPERM:
      return "run as root: the threads of windows have real-time priority (CAP_SYS_NICE)";
    case ENODEV:
      return "each window's cpu must be online; see /sys/devices/system/cpu/online";
    case EBUSY:
      return "another system has windows on one of these CPUs: end it, or use other CPUs";
    default:
      return "hvk-run --check FILE tells what is wrong with the windows";
  }
}

}  // namespace

SharedMemory::SharedMemory(const std::string& what, uint64_t size, bool locked) {
  const Fd file(::memfd_create("hvk-shared", MFD_CLOEXEC));
  if (!file || ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) throw_errno(what);
  void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) throw_errno(what);
  bytes_ = {static_cast<std::byte*>(memory), size};
  if (locked && ::mlock(memory, size) != 0) {
    const int error = errno;
    ::munmap(memory, size);
    errno = error;
    throw_errno(what + ": keeping it in memory", "run as root, or raise ulimit -l");
  }
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})) {}

SharedMemory::~SharedMemory() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

SystemLinks::SystemLinks(const SystemConfig& system, const std::string& device)
    : system_(system),
      device_(open_hypervisor(device)),
      hvk_(has_hvk_calls(device_)),
      one_clock_(::ioctl(device_.get(), KVM_CHECK_EXTENSION, kCapCounterOffset) > 0) {
  if (!hvk_) {
    Mistakes mistakes(system.file);
    check_without_hvk(system, device, mistakes);
    mistakes.throw_if_any();
  }
  create_channels();
  create_shared();
  create_frame();
}

void SystemLinks::create_channels() {
  for (const ChannelConfig& channel : system_.channels) {
    channels_.emplace_back(::ioctl(device_.get(), HVK_CREATE_CHANNEL, 0));
    if (!channels_.back()) throw_errno(fmt::format("channel '{}'", channel.name));
  }
}

void SystemLinks::create_shared() {
  for (const SharedConfig& region : system_.shared) {
    const bool locked =
        std::any_of(region.access.begin(), region.access.end(),
                    [this](const auto& access) { return has_windows(system_, access.guest); });
    shared_.emplace_back(
        fmt::format("{}:{}: shared memory '{}'", system_.file, region.line, region.name),
        region.size, locked);
  }
}

void SystemLinks::create_frame() {
  if (system_.windows.empty()) return;
  if (system_.windows.size() > HVK_FRAME_WINDOWS) {
    throw SetupError("schedule", fmt::format("{} windows", system_.windows.size()),
                     fmt::format("at most {} are possible", HVK_FRAME_WINDOWS));
  }
  hvk_frame frame = {};
  frame.size = sizeof(frame);
  frame.major_ns = system_.frame_ns.value_or(0);
  for (const WindowConfig& window : system_.windows) {
    frame.window[frame.nr_windows++] = {window.cpu, static_cast<uint32_t>(window.guest),
                                        window.offset_ns, window.length_ns};
  }
  frame_ = Fd(::ioctl(device_.get(), HVK_CREATE_FRAME, &frame));
  if (!frame_) throw_errno("schedule", frame_remedy(errno));
}

void SystemLinks::notify(size_t number) const noexcept {
  // The ioctl cannot fail for a channel: afterwards an event is pending, even if one was already.
  ::ioctl(channels_[number].get(), HVK_CHANNEL_NOTIFY, 0);
}

void SystemLinks::start_schedule(uint64_t start_ns) {
  if (!frame_) return;
  hvk_frame_start start = {start_ns};
  if (::ioctl(frame_.get(), HVK_FRAME_START, &start) != 0) throw_errno("starting the schedule");
}

void SystemLinks::stop_schedule() noexcept {
  if (frame_) ::ioctl(frame_.get(), HVK_FRAME_STOP, 0);
}

std::optional<WindowUse> SystemLinks::windows(size_t guest) const {
  if (!frame_ || !has_windows(system_, guest)) return std::nullopt;
  WindowUse use;
  for (size_t index = 0; index < system_.windows.size(); ++index) {
    if (system_.windows[index].guest != guest) continue;
    hvk_window_stats stats = {};
    stats.index = static_cast<uint32_t>(index);
    if (::ioctl(frame_.get(), HVK_WINDOW_STATS, &stats) != 0) return std::nullopt;
    use.runs += stats.runs;
    use.startup += stats.startup_cuts;
    use.overruns += stats.cuts;
    use.late += stats.late;
    use.lost += stats.lost;
    use.guest_ns += stats.guest_ns;
    use.start_sum_ns += stats.start_sum_ns;
    use.start_max_ns = std::max<uint64_t>(use.start_max_ns, stats.start_max_ns);
    use.end_max_ns = std::max<uint64_t>(use.end_max_ns, stats.end_max_ns);
  }
  return use;
}

}  // namespace hvk
