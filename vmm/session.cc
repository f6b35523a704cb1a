// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/session.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>

#include "vmm/error.h"
#include "vmm/escape.h"
#include "vmm/file.h"
#include "vmm/log.h"
#include "vmm/machine.h"
#include "vmm/options.h"
#include "vmm/terminal.h"

namespace hvk {
namespace {

constexpr const char* kKeys =
    "Ctrl-A x quits, Ctrl-A p presses the guest's power key, Ctrl-A Ctrl-A sends Ctrl-A, "
    "Ctrl-A h shows this";

constexpr int killed_by(int number) { return 128 + number; }

// Blocks the signals that end or concern the session, in this thread and so in
// all that it starts, and delivers them as reads of a file descriptor.
class Signals {
 public:
  Signals() {
    ::sigemptyset(&set_);
    for (int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE, SIGCONT}) {
      // What our parent had us ignore, as nohup does, stays ignored.
      struct sigaction old;
      ::sigaction(number, nullptr, &old);
      if (old.sa_handler != SIG_IGN || number == SIGPIPE) ::sigaddset(&set_, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    fd_ = Fd(::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) throw_errno("signalfd");
  }

  int fd() const { return fd_.get(); }

  // The next signal, or 0.
  int take() const {
    signalfd_siginfo info;
    return ::read(fd_.get(), &info, sizeof(info)) == sizeof(info) ? static_cast<int>(info.ssi_signo)
                                                                  : 0;
  }

 private:
  sigset_t set_;
  Fd fd_;
};

class Session {
 public:
  explicit Session(const Config& config) : config_(config) {}

  int run();

 private:
  static constexpr size_t kReadSize = 4096;
  // What a person may paste ahead of the guest. A pipe is simply not read
  // while the guest takes nothing, but a terminal is, for Ctrl-A x.
  static constexpr size_t kTypeAhead = 1 << 20;

  void serve();  // until the machine has ended
  void take_signals();
  void take_input();
  void feed_guest();
  void quit(int status);

  const Config& config_;
  Signals signals_;  // first: the terminal's and the machine's threads inherit it
  Terminal terminal_;
  StdoutSink out_;
  EventFd input_wanted_;
  EscapeDecoder escape_;
  std::deque<uint8_t> pending_;  // input that the guest has not taken yet
  bool asked_to_end_ = false;    // by a first SIGTERM
  std::optional<int> quit_status_;
  std::unique_ptr<Machine> machine_;
};

int Session::run() {
  for (;;) {
    machine_ = std::make_unique<Machine>(config_, out_);
    if (config_.verbose) log("load map\n" + machine_->load_map());
    machine_->console().set_receive_ready([this] { input_wanted_.signal(); });
    machine_->start();
    feed_guest();  // what the last machine did not take
    serve();
    const GuestEnd end = machine_->end();
    machine_.reset();
    if (quit_status_) return *quit_status_;
    switch (end) {
      case GuestEnd::kPowerOff:
        return static_cast<int>(ExitStatus::kPowerOff);
      case GuestEnd::kCrash:
        return static_cast<int>(ExitStatus::kGuestCrash);
      case GuestEnd::kReset:
        if (!config_.reboot) return static_cast<int>(ExitStatus::kReset);
        asked_to_end_ = false;
        break;
      case GuestEnd::kStopped:  // only with a quit_status_
      case GuestEnd::kHostFailure:
        return static_cast<int>(ExitStatus::kHostFailure);
    }
  }
}

void Session::serve() {
  enum { kEnded, kSignal, kWanted, kBroken, kInput, kCount };
  for (;;) {
    pollfd fds[kCount] = {};
    fds[kEnded] = {machine_->ended().get(), POLLIN, 0};
    fds[kSignal] = {signals_.fd(), POLLIN, 0};
    fds[kWanted] = {input_wanted_.get(), POLLIN, 0};
    fds[kBroken] = {out_.broken().get(), POLLIN, 0};
    // A negative descriptor is skipped.
    const bool read_input = terminal_.readable() && (terminal_.interactive() || pending_.empty());
    fds[kInput] = {read_input ? STDIN_FILENO : -1, POLLIN, 0};
    if (::poll(fds, kCount, -1) < 0) {
      if (errno == EINTR) continue;
      throw_errno("poll");
    }
    if (fds[kSignal].revents) take_signals();
    if (fds[kBroken].revents) {
      out_.broken().take();
      quit(killed_by(SIGPIPE));
    }
    if (fds[kWanted].revents) {
      input_wanted_.take();
      feed_guest();
    }
    if (fds[kInput].revents) take_input();
    if (fds[kEnded].revents) return;
  }
}

void Session::take_signals() {
  while (const int number = signals_.take()) {
    switch (number) {
      case SIGCONT:
        terminal_.resume();
        break;
      case SIGTERM:
        if (!asked_to_end_) {
          asked_to_end_ = true;
          machine_->gpio().press_power_key();
          break;
        }
        [[fallthrough]];
      default:
        quit(killed_by(number));
        break;
    }
  }
}

void Session::take_input() {
  std::array<uint8_t, kReadSize> raw;
  const size_t n = terminal_.read(raw);
  for (size_t i = 0; i < n; ++i) {
    const auto action =
        terminal_.interactive() ? escape_.decode(raw[i]) : EscapeDecoder::Action::kInput;
    switch (action) {
      case EscapeDecoder::Action::kInput:
        if (pending_.size() < kTypeAhead) pending_.push_back(raw[i]);
        break;
      case EscapeDecoder::Action::kQuit:
        quit(static_cast<int>(ExitStatus::kPowerOff));
        break;
      case EscapeDecoder::Action::kPower:
        machine_->gpio().press_power_key();
        break;
      case EscapeDecoder::Action::kHelp:
        log(kKeys);
        break;
      case EscapeDecoder::Action::kNone:
        break;
    }
  }
  feed_guest();
}

void Session::feed_guest() {
  std::array<uint8_t, Pl011::kFifoDepth> chunk;
  while (!pending_.empty()) {
    const size_t n = std::min(chunk.size(), pending_.size());
    std::copy_n(pending_.begin(), n, chunk.begin());
    const size_t taken = machine_->console().receive({chunk.data(), n});
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(taken));
    if (taken < n) return;  // input_wanted_ tells when there is room again
  }
}

void Session::quit(int status) {
  if (!quit_status_) quit_status_ = status;
  out_.close();
  machine_->stop();
}

}  // namespace

int run_session(const Config& config) {
  if (!config.dump_dtb.empty()) {
    StdoutSink out;
    const Machine machine(config, out);
    if (config.verbose) log("load map\n" + machine.load_map());
    write_file("--dump-dtb", config.dump_dtb, machine.device_tree());
    return static_cast<int>(ExitStatus::kPowerOff);
  }
  return Session(config).run();
}

}  // namespace hvk
