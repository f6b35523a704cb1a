// SPDX-License-Identifier: GPL-2.0-or-later
#include "control/trace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "base/thread.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

// The module keeps 2048 records for each CPU. It counts more as lost.
constexpr uint64_t kKept = 2048;
constexpr uint64_t kInWindow = 6;    // the most records of a window
constexpr uint64_t kLongestMs = 20;  // soon enough for a person who looks at the file
constexpr size_t kRecords = 1024;    // the most records in one read
constexpr size_t kReads = 64;        // the most reads in one turn, even if records come faster

bool write_text(int fd, std::string_view text, uint64_t offset) {
  return write_at(fd, std::as_bytes(std::span(text)), offset);
}

}  // namespace

int trace_period_ms(const SystemConfig& system) {
  std::map<unsigned, uint64_t> windows;  // in a frame, by CPU
  for (const WindowConfig& window : system.windows) ++windows[window.cpu];
  uint64_t most = 1;
  for (const auto& [cpu, count] : windows) most = std::max(most, count);
  // The other half of the room is for a thread that is served late.
  const uint64_t frames = kKept / 2 / (most * kInWindow);
  const uint64_t ms = frames * system.frame_ns.value_or(HVK_FRAME_MAX_NS) / 1'000'000;
  return static_cast<int>(std::clamp(ms, uint64_t{1}, kLongestMs));
}

TraceFile::TraceFile(const std::string& path, const SystemConfig& system)
    : path_(path),
      file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)),
      json_(system) {
  const std::string what = "--trace " + path;
  if (!file_) throw_errno(what);
  if (!append(json_.header())) throw_errno(what, "give a file on a disk that has room");
}

void TraceFile::write(std::span<const hvk_trace> records) {
  const std::string events = json_.events(records);
  if (events.empty() || append(events)) return;
  error_ = errno;
  lost_ += records.size();
  // Part of the new text may have overwritten the old footer. Restore the footer, for which the
  // file has room, and cut off what follows it.
  if (write_text(file_.get(), TraceJson::kFooter, size_)) {
    [[maybe_unused]] const int cut =
        ::ftruncate(file_.get(), static_cast<off_t>(size_ + TraceJson::kFooter.size()));
  }
}

bool TraceFile::append(std::string_view events) {
  // Write the events and the new footer in one call, so that a concurrent reader finds a complete
  // file.
  std::string text(events);
  text += TraceJson::kFooter;
  if (!write_text(file_.get(), text, size_)) return false;
  size_ += events.size();
  return true;
}

Trace::Trace(const std::string& path, const SystemConfig& system, int frame)
    : path_(path), file_(path, system), frame_(frame), period_ms_(trace_period_ms(system)) {
  thread_ = start_thread(ThreadKind::kPlain, "trace", [this] { run(); });
}

Trace::~Trace() {
  loop_.stop();
  thread_.join();
  if (file_.lost() == 0) return;
  log(fmt::format("--trace {}: {} records could not be written: {}", path_, file_.lost(),
                  std::strerror(file_.error())));
}

void Trace::run() {
  while (!loop_.stopped()) {
    loop_.wait(period_ms_);
    drain();
  }
}

void Trace::drain() {
  std::vector<hvk_trace> records(kRecords);
  for (size_t i = 0; i < kReads; ++i) {
    const ssize_t n = ::read(frame_, records.data(), records.size() * sizeof(hvk_trace));
    if (n <= 0) return;
    file_.write({records.data(), static_cast<size_t>(n) / sizeof(hvk_trace)});
  }
}

}  // namespace hvk
