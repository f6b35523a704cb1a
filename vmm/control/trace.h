// SPDX-License-Identifier: GPL-2.0-or-later
// --trace FILE: writes a trace of the schedule while it runs.
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

// The trace's file. After each `write` it holds a complete JSON object, so that it
// can be opened however the run ends.
class TraceFile {
 public:
  // Replaces the file `path`, which must be seekable: a pipe is refused. `system`
  // must outlive this object. Throws SetupError.
  TraceFile(const std::string& path, const SystemConfig& system);

  // Appends records. If the file cannot be written, the records are lost, but the
  // file remains a complete JSON object.
  void write(std::span<const hvk_trace> records);

  // The number of records that could not be written.
  uint64_t lost() const { return lost_; }
  // The errno value of the last failure.
  int error() const { return error_; }

 private:
  bool append(std::string_view events);

  std::string path_;
  Fd file_;
  TraceJson json_;
  uint64_t size_ = 0;  // size of the file in bytes, without the footer
  uint64_t lost_ = 0;
  int error_ = 0;
};

// How often to read the records of the schedule of `system`, so that the module has room for all
// that come in between: every so many milliseconds.
int trace_period_ms(const SystemConfig& system);

// The thread that moves the schedule's records from the module to the file. It has
// the default scheduling policy and polls every trace_period_ms(): a wake-up for each
// record would take time beside the windows.
class Trace {
 public:
  // Opens the file and starts the thread. `frame` is the schedule's descriptor; it
  // and `system` must outlive this object. Throws SetupError.
  Trace(const std::string& path, const SystemConfig& system, int frame);
  // Writes the remaining records, ends the thread, and logs how many records could
  // not be written.
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

 private:
  void run();
  void drain();

  std::string path_;
  TraceFile file_;
  int frame_;
  const int period_ms_;
  EventLoop loop_;  // used by the thread
  std::thread thread_;
};

}  // namespace hvk
