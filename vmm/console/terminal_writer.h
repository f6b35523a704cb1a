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
  // `names` are the names of all guests, those whose console is elsewhere included. `clock`,
  // unless it is empty, gives the lines' time stamps. `out` must outlive this object.
  TerminalWriter(StdoutSink& out, const std::vector<std::string>& names,
                 ConsoleMux::Clock clock = {});
  ~TerminalWriter() { end(); }

  // Adds a guest whose console is the terminal, and returns the sink for its output. To be
  // called before `start`.
  ConsoleRing& add(size_t guest, ConsoleRing::Full full);
  // Starts the thread.
  void start();

  // Puts `guest` in the foreground: its unfinished line, such as a prompt, is shown too.
  // Any thread.
  void set_foreground(size_t guest);

  // Asks the thread to write all output that is in the rings and then to end.
  // `finished` is signalled when it has. Any thread.
  void finish();
  const EventFd& finished() const { return finished_; }

  // Ends the thread without waiting for a reader. Output that is not written yet is lost, and its
  // rings have counted it when this returns.
  void end();

 private:
  struct Source {
    size_t guest;
    std::unique_ptr<ConsoleRing> ring;
    size_t held = 0;  // consumed bytes that were not part of the mux's text yet
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
  EventLoop loop_;  // used by the thread
  Watch woken_{loop_, sleep_.fd(), [] {}};
  std::vector<Source> sources_;
  std::atomic<size_t> foreground_ = 0;
  std::atomic<bool> finish_ = false;
  std::atomic<bool> done_ = false;
  EventFd finished_;
  std::thread thread_;
};

}  // namespace hvk
