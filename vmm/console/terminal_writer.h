// SPDX-License-Identifier: GPL-2.0-or-later
// The thread that writes the consoles of all guests of a system to stdout.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "console/console_mux.h"
#include "console/console_ring.h"
#include "console/terminal.h"

namespace hvk {

class TerminalWriter {
 public:
  // `names` are those of all guests, also of those whose console is elsewhere. `clock`, if
  // there is one, stamps lines. `out` must outlive it.
  TerminalWriter(StdoutSink& out, const std::vector<std::string>& names,
                 ConsoleMux::Clock clock = {});
  // Ends the thread; what was not written by then is lost.
  ~TerminalWriter();

  // The sink of a guest's console. Before `start`.
  ConsoleRing& add(size_t guest, ConsoleRing::Full full);
  void start();

  // Whose prompt is to be seen before its line is complete. Any thread.
  void set_foreground(size_t guest);

  // Asks the thread to end when all that it was given is written; `finished`
  // is signalled then. Any thread.
  void finish();
  const EventFd& finished() const { return finished_; }

 private:
  struct Source {
    size_t guest;
    std::unique_ptr<ConsoleRing> ring;
    size_t held = 0;  // bytes of the ring's that were in no text for the terminal yet
  };

  void run();
  bool write_some();
  void write(Source& source, const std::string& text);
  void show_prompt(size_t guest);
  void write_rest();
  bool nothing_left() const;

  StdoutSink& out_;
  ConsoleMux mux_;
  const int quiet_ms_;
  WriterSleep sleep_;
  EventLoop loop_;  // the thread's
  Watch woken_{loop_, sleep_.fd(), [] {}};
  std::vector<Source> sources_;
  std::atomic<size_t> foreground_ = 0;
  std::atomic<bool> finish_ = false;
  std::atomic<bool> done_ = false;
  EventFd finished_;
  std::thread thread_;
};

}  // namespace hvk
