// SPDX-License-Identifier: GPL-2.0-or-later
// A guest's console that is not the terminal: a file, a pseudo-terminal, or a
// socket with one client at a time.
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

// Has a thread that writes the guest's output and reads its input. What cannot
// be written is lost and counted: without a client, to a full disk, to a
// pseudo-terminal that nobody reads.
class ConsolePort {
 public:
  // A `config` of kFile, kPty or kUnix. `lossy`: the guest must never wait for
  // a reader. Throws SetupError.
  ConsolePort(const std::string& guest, const ConsoleConfig& config, bool lossy);
  // Writes what can be written without waiting, ends the thread and removes
  // the socket.
  ~ConsolePort();
  ConsolePort(const ConsolePort&) = delete;
  ConsolePort& operator=(const ConsolePort&) = delete;

  ConsoleRing& ring() { return ring_; }

  // What a person has to know, "pty /dev/pts/3"; empty if nothing.
  const std::string& place() const { return place_; }

  // Input, in the main thread: readable when there is some, and what is there.
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
  Fd listener_;  // of a socket
  Fd slave_;     // of a pseudo-terminal: held open, so that it outlives its readers
  Fd stream_;    // what is written to; of a socket the client, if there is one

  // The thread's.
  EventLoop loop_;
  Watch woken_{loop_, sleep_.fd(), [] {}};
  std::optional<Watch> listening_, streaming_;  // of the two descriptors, if they are there

  EventFd input_ready_;
  std::mutex mutex_;
  std::vector<uint8_t> input_;  // not yet taken
  std::thread thread_;
};

}  // namespace hvk
