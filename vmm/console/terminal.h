// SPDX-License-Identifier: GPL-2.0-or-later
// The person's side of the guest's console: stdin and stdout.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "board/device.h"

namespace hvk {

// Standard input, in raw mode if it is a terminal: each key goes to the guest,
// Ctrl-C included. The modes that were found are put back by the destructor
// and by the fatal signals (SIGSEGV and the like). One instance a process.
class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // To be called at start and after each SIGCONT: takes the terminal if this
  // process is in its foreground; in the background it leaves it alone.
  void resume();

  // Whether somebody types there: then Ctrl-A is a command, otherwise a byte.
  bool interactive() const { return is_tty_; }

  // Whether reading can bring something: not after the end of the input, and
  // not in the background of a terminal.
  bool readable() const { return open_ && (!is_tty_ || raw_); }

  // What is there, at most buffer's size; call it when poll() says so. Zero at
  // the end of the input, which ends reading but never the guest.
  size_t read(std::span<uint8_t> buffer);

 private:
  bool is_tty_;
  bool open_ = true;
  bool raw_ = false;
};

// Standard output as a guest's wire. A single guest's bytes are written one by
// one, since a prompt must show without a line feed. Blocks while a pipe is full, as a UART
// with flow control does, until `close`.
class StdoutSink final : public ByteSink {
 public:
  void put(uint8_t byte) override { write({reinterpret_cast<const char*>(&byte), 1}); }

  // False if not all of it could be written.
  bool write(std::string_view bytes);

  // Drops all further output. Whoever waits for a pipe's reader goes on
  // when a signal interrupts it, and none begins to wait after this.
  void close();

  // Signalled once when nobody reads stdout any more (EPIPE).
  const EventFd& broken() const { return broken_; }

 private:
  std::atomic<bool> closed_ = false;
  std::atomic<bool> told_ = false;  // that bytes are lost
  EventFd broken_;
};

// The wire of a guest whose output nobody is to see.
class Nowhere final : public ByteSink {
 public:
  void put(uint8_t) override {}
};

}  // namespace hvk
