// SPDX-License-Identifier: GPL-2.0-or-later
// The user's terminal: stdin and stdout.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/fd.h"
#include "board/device.h"

namespace hvk {

// Standard input. If it is a terminal, it is in raw mode, so that each key goes to
// the guest, Ctrl-C included. The destructor and the handlers of fatal signals
// (SIGSEGV and the like) restore the terminal's previous modes. At most one
// instance in a process.
class Terminal {
 public:
  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Puts the terminal into raw mode if this process is in its foreground. In the
  // background it leaves the terminal alone. To be called after each SIGCONT; the
  // constructor calls it too.
  void resume();

  // Whether stdin is a terminal. If not, Ctrl-A is an ordinary byte of the input.
  bool interactive() const { return is_tty_; }

  // Whether stdin is worth reading: not after the end of the input, and not while
  // the process is in the background of the terminal.
  bool readable() const { return open_ && (!is_tty_ || raw_); }

  // Reads what is there, at most the size of `buffer`, and returns the number of
  // bytes. To be called when poll() reports stdin as readable. Returns 0 if there
  // is nothing; at the end of the input `readable` is false from then on, but the
  // guest runs on.
  size_t read(std::span<uint8_t> buffer);

 private:
  bool is_tty_;
  bool open_ = true;
  bool raw_ = false;
};

// Standard output as the sink of a guest's console. `put` writes each byte at once, since a prompt
// must be seen before a line feed follows. Writing blocks while a pipe is full, as a UART with flow
// control does, until `close` is called.
class StdoutSink final : public ByteSink {
 public:
  StdoutSink();

  void put(uint8_t byte) override { write({reinterpret_cast<const char*>(&byte), 1}); }

  // Writes all of `bytes`. Returns false if that is not possible. Any thread.
  bool write(std::string_view bytes);

  // Drops all further output, so that no thread starts to wait for a reader any
  // more. A thread that already waits in `write` returns only once a signal
  // interrupts it.
  void close();

  // Signalled when stdout is a pipe that has no reader any more (EPIPE).
  const EventFd& broken() const { return broken_; }

 private:
  const Fd nothing_;  // /dev/null
  std::atomic<bool> closed_ = false;
  std::atomic<bool> told_ = false;  // the loss of output was logged
  EventFd broken_;
};

// The sink of a guest without a console: drops all output.
class Nowhere final : public ByteSink {
 public:
  void put(uint8_t) override {}
};

}  // namespace hvk
