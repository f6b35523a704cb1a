// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/console_port.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/error.h"
#include "base/local_socket.h"
#include "base/pty.h"
#include "base/thread.h"

namespace hvk {
namespace {

constexpr size_t kChunk = 4096;
// The most input that is kept until the guest takes it. More is not read, so that its sender waits.
constexpr size_t kMaxInput = 64 << 10;

// How often to check whether a client has gone that poll() does not watch.
constexpr int kLookMs = 1000;

using Kind = ConsoleConfig::Kind;

// A guest never waits for the reader of a pseudo-terminal, since it cannot be known whether there
// is one.
ConsoleRing::Full when_full(const ConsoleConfig& config, bool lossy) {
  return lossy || config.kind == Kind::kPty ? ConsoleRing::Full::kLose : ConsoleRing::Full::kWait;
}

}  // namespace

ConsolePort::ConsolePort(const std::string& guest, const ConsoleConfig& config, bool lossy)
    : guest_(guest), config_(config), ring_(sleep_, when_full(config, lossy)) {
  switch (config_.kind) {
    case Kind::kFile:
      open_file();
      break;
    case Kind::kPty:
      open_pty();
      break;
    default:
      open_socket();
      break;
  }
  if (stream_) watch_stream();
  if (listener_) listening_.emplace(loop_, listener_.get(), [this] { accept_client(); });
  thread_ = start_thread(ThreadKind::kPlain, "console", [this] { run(); });
}

ConsolePort::~ConsolePort() {
  loop_.stop();
  thread_.join();
  if (listener_) ::unlink(config_.path.c_str());
}

void ConsolePort::open_file() {
  stream_ =
      Fd(::open(config_.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0600));
  if (!stream_) throw_errno(fmt::format("console of {}: {}", guest_, config_.path));
}

void ConsolePort::open_pty() {
  Pty pty = hvk::open_pty(fmt::format("console of {}", guest_));
  stream_ = std::move(pty.master);
  slave_ = std::move(pty.slave);
  place_ = std::move(pty.name);
}

void ConsolePort::open_socket() {
  listener_ = listen_at(fmt::format("console of {}", guest_), config_.path);
}

void ConsolePort::run() {
  while (!loop_.stopped()) {
    write_some();
    sleep_.prepare();
    const bool output = !ring_.content().empty();
    // Without a client write_some() drops the output, so that the guest does not wait for room.
    if (output && !stream_) continue;
    const bool input = config_.kind != Kind::kFile && room_for_input() && !stands_;
    // One client at a time: another one waits in the listening socket's queue.
    if (listening_) listening_->want(!stream_ && !stands_);
    if (streaming_) streaming_->want(input, output);
    // If neither input nor output is wanted, poll() does not report that the client has gone, so
    // check that periodically.
    const bool idle = listener_ && stream_ && !input && !output;
    loop_.wait(idle || stands_ ? kLookMs : -1);
    stands_ = false;
    if (idle && left_unseen()) drop_client();
  }
  write_some();
}

// Writes until the ring is empty or the write would block.
void ConsolePort::write_some() {
  for (;;) {
    const auto content = ring_.content();
    const auto chunk = content.first(std::min(content.size(), kChunk));
    if (chunk.empty()) return;
    ssize_t n = -1;
    errno = ENOTCONN;
    if (stream_) n = ::write(stream_.get(), chunk.data(), chunk.size());
    if (n > 0) {
      ring_.consume(static_cast<size_t>(n));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return;
    if (listener_) drop_client();
    ring_.lose(chunk.size());
    ring_.consume(chunk.size());
  }
}

void ConsolePort::read_some() {
  if (config_.kind == Kind::kFile) return;
  std::array<uint8_t, kChunk> bytes;
  const ssize_t n = ::read(stream_.get(), bytes.data(), bytes.size());
  if (n > 0) {
    const std::lock_guard lock(mutex_);
    input_.insert(input_.end(), bytes.begin(), bytes.begin() + n);
    input_ready_.signal();
  } else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  } else if (listener_) {
    drop_client();
  } else {
    // A pseudo-terminal that was hung up (vhangup(2)), until another program opens it.
    stands_ = true;
  }
}

void ConsolePort::accept_client() {
  stream_ = Fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  // The client has gone again, or there is no room for it now (EMFILE).
  stands_ = !stream_;
  if (stream_) watch_stream();
}

void ConsolePort::drop_client() {
  streaming_.reset();
  stream_ = Fd();
}

// Watches stream_. The call-back only reads: that the stream can be written ends the wait, and the
// next round of `run` writes.
void ConsolePort::watch_stream() {
  streaming_.emplace(loop_, stream_.get(), [this] {
    if (room_for_input()) read_some();
  });
}

// Whether the client has gone, asked directly of poll(2).
bool ConsolePort::left_unseen() const {
  pollfd look = {stream_.get(), 0, 0};
  return stream_ && ::poll(&look, 1, 0) == 1;
}

bool ConsolePort::room_for_input() {
  const std::lock_guard lock(mutex_);
  return input_.size() < kMaxInput;
}

std::vector<uint8_t> ConsolePort::take_input() {
  const std::lock_guard lock(mutex_);
  input_ready_.take();
  // The thread may have stopped reading because input_ was full.
  if (input_.size() >= kMaxInput) sleep_.wake();
  return std::exchange(input_, {});
}

}  // namespace hvk
