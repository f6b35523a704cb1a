// SPDX-License-Identifier: GPL-2.0-or-later
// --trace FILE: the schedule as it ran, written while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "base/event_loop.h"
#include "base/fd.h"
#include "control/trace_json.h"

namespace hvk {

// The file. After each `write` it is a whole JSON object, so that it can be
// opened however the run ended.
class TraceFile {
 public:
  // Replaces `path`. Throws SetupError; a pipe will not do.
  TraceFile(const std::string& path, const SystemConfig& system);

  // A file that cannot be written to loses records, never validity.
  void write(std::span<const hvk_trace> records);

  // Records that were not written.
  uint64_t lost() const { return lost_; }
  // errno of the last failure.
  int error() const { return error_; }

 private:
  bool append(std::string_view events);

  std::string path_;
  Fd file_;
  TraceJson json_;
  uint64_t size_ = 0;  // bytes, without the footer
  uint64_t lost_ = 0;
  int error_ = 0;
};

// The thread that reads the schedule's records, with default scheduling, fifty
// times a second: waking for each would be work beside the windows.
class Trace {
 public:
  // `frame` is the schedule's fd; both it and `system` must outlive this.
  // Throws SetupError.
  Trace(const std::string& path, const SystemConfig& system, int frame);
  // Writes what is left, and says on stderr what could not be written.
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

 private:
  void run();
  void drain();

  std::string path_;
  TraceFile file_;
  int frame_;
  EventLoop loop_;  // the thread's
  std::thread thread_;
};

}  // namespace hvk
