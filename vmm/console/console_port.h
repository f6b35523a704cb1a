// SPDX-License-Identifier: GPL-2.0-or-later
// A guest's console that is not on the terminal: it is a file, a pseudo-terminal,
// or a socket with one client at a time.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "config/system_config.h"
#include "console/console_ring.h"

namespace hvk {

// Has a thread that writes the guest's output and reads its input. Output that
// cannot be written is lost and counted: output to a socket without a client, to
// a full disk, or to a pseudo-terminal that nobody reads.
class ConsolePort {
 public:
  // Opens the console and starts the thread. The kind of `config` is kFile, kPty
  // or kUnix. With `lossy`, the guest never waits for a reader: output that the
  // ring has no room for is lost. Throws SetupError.
  ConsolePort(const std::string& guest, const ConsoleConfig& config, bool lossy);
  // Ends the thread, which first writes what can be written without waiting, and
  // removes the socket.
  ~ConsolePort();
  ConsolePort(const ConsolePort&) = delete;
  ConsolePort& operator=(const ConsolePort&) = delete;

  ConsoleRing& ring() { return ring_; }

  // The name of the pseudo-terminal, "/dev/pts/3", for the user; empty for other
  // kinds.
  const std::string& place() const { return place_; }

  // `input_ready` is readable when there is input for the guest; `take_input`
  // returns it. For the main thread.
  const EventFd& input_ready() const { return input_ready_; }
  std::vector<uint8_t> take_input();

 private:
  void open_file();
  void open_pty();
  void open_socket();
  void run();
  void write_some();
  void read_some();
  void accept_client();
  void drop_client();
  void watch_stream();
  bool left_unseen() const;
  bool room_for_input();

  const std::string guest_;
  const ConsoleConfig config_;
  std::string place_;
  WriterSleep sleep_;
  ConsoleRing ring_;
  Fd listener_;  // kUnix: the listening socket
  Fd slave_;     // kPty: kept open, so that the terminal lives on when a reader closes it
  Fd stream_;    // the file, the pseudo-terminal's master or the client's socket; or empty

  // Used by the thread.
  bool stands_ = false;  // what is waited for would be ready at once, and fail: it is tried later
  EventLoop loop_;
  Watch woken_{loop_, sleep_.fd(), [] {}};
  std::optional<Watch> listening_, streaming_;  // watch listener_ and stream_, if open

  EventFd input_ready_;
  std::mutex mutex_;            // guards input_
  std::vector<uint8_t> input_;  // read and not yet taken by `take_input`
  std::thread thread_;
};

}  // namespace hvk
