// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/session.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "base/alarm.h"
#include "base/error.h"
#include "base/event_loop.h"
#include "base/file.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/sandbox.h"
#include "base/signals.h"
#include "config/grace.h"
#include "console/console_port.h"
#include "console/consoles.h"
#include "console/escape.h"
#include "console/terminal.h"
#include "control/notify.h"
#include "control/report.h"
#include "control/trace.h"
#include "partition/links.h"
#include "run/composition.h"
#include "run/control_desk.h"
#include "run/guest.h"
#include "run/port_input.h"
#include "sysfile/host_warnings.h"

namespace hvk {
namespace {

constexpr const char* kKeys =
    "Ctrl-A x quits, Ctrl-A p presses the guest's power key, Ctrl-A s stops and resumes it, "
    "Ctrl-A r restarts it, Ctrl-A k kills it, Ctrl-A Ctrl-A sends Ctrl-A, Ctrl-A h shows this";
constexpr const char* kSystemKeys =
    "; Ctrl-A n goes to the next partition, Ctrl-A 1 to 9 to the first to the ninth";

constexpr const char* kNoOneClock =
    "each guest's counter has a zero of its own: this KVM cannot set it (Linux 6.4 and later can), "
    "so compare no times of two guests";

// The time from the start of the last guest to the first major frame.
constexpr uint64_t kFrameLeadNs = 20'000'000;

// The time that stdout has to take the last output when a SIGTERM has ended the guests. It does not
// follow from the grace, which may be 0.
constexpr uint64_t kStdoutNs = 10'000'000'000;

int killed_by(int number) { return 128 + number; }

uint64_t monotonic_ns() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

class Session {
 public:
  // With `single`, there is one guest, without a system file: its console is stdin
  // and stdout, and there is no closing report. With `timestamps`, lines of a
  // system's consoles on stdout begin with the system's time.
  Session(const SystemConfig& system, bool single, bool timestamps);

  void open_control(const std::string& path);
  void open_trace(const std::string& path);
  // Starts the guests and serves them until all have ended. If `frames` is not 0,
  // they are killed after so many major frames. Returns the exit status.
  int run(uint64_t frames);

 private:
  static constexpr size_t kReadSize = 4096;

  void start(uint64_t frames);
  void watch();
  void serve();
  bool all_ended() const;
  void finish();
  int status() const;

  void take_signals();
  void take_input();
  void obey_key(EscapeDecoder::Action action, uint8_t byte);

  void select(size_t guest);
  void power_off();
  void end_grace();
  void end_asked(Guest& guest);
  void kill_all();
  void quit(int status);
  bool reads_input() const;

  const SystemConfig& system_;
  const bool single_;
  Signals signals_;  // before all members that start threads, which inherit the blocked signals
  Terminal terminal_;
  StdoutSink out_;
  Nowhere nowhere_;
  EventLoop loop_;
  std::optional<SystemLinks> links_;  // like trace_, consoles_ and desk_, only for a system
  std::optional<Trace> trace_;
  std::optional<Consoles> consoles_;
  EscapeDecoder escape_;
  Grace grace_;  // `begun` once SIGTERM has asked the guests to power off
  Alarm grace_alarm_;
  Alarm last_frame_;
  Guests guests_;
  std::optional<ControlDesk> desk_;
  size_t foreground_ = 0;
  std::optional<int> quit_status_;

  std::deque<Watch> watches_;  // of the descriptors that are always watched
  std::optional<Watch> stdin_;
  std::deque<PortInput> ports_;
};

Session::Session(const SystemConfig& system, bool single, bool timestamps)
    : system_(system), single_(single), grace_(system.grace_ns) {
  if (!single) {
    links_.emplace(system, system.guests[0].config.device);
    if (!links_->one_clock() && system.guests.size() > 1) log(kNoOneClock);
    ConsoleMux::Clock clock;
    if (timestamps) clock = [this] { return links_->clock().now_ns(); };
    consoles_.emplace(system, out_, std::move(clock));
  }
  for (size_t i = 0; i < system.guests.size(); ++i) {
    ConsoleRing* ring = single ? nullptr : consoles_->ring(i);
    ByteSink& sink = single ? static_cast<ByteSink&>(out_)
                     : ring ? static_cast<ByteSink&>(*ring)
                            : nowhere_;
    guests_.push_back(
        std::make_unique<Guest>(loop_, system, links_ ? &*links_ : nullptr, i, sink, ring));
  }
  // In input from a pipe or a file, Ctrl-A is an ordinary byte and cannot choose a guest. Such
  // input goes to the first guest whose console is the terminal.
  while (!single && !terminal_.interactive() && foreground_ + 1 < guests_.size() &&
         system.guests[foreground_].console.kind != ConsoleConfig::Kind::kTerminal) {
    ++foreground_;
  }
  if (consoles_) consoles_->terminal().set_foreground(foreground_);
}

void Session::open_control(const std::string& path) {
  desk_.emplace(loop_, path, *links_, guests_, [this] { kill_all(); });
}

void Session::open_trace(const std::string& path) {
  trace_.emplace(path, links_->system(), links_->frame());
}

int Session::run(uint64_t frames) {
  start(frames);
  watch();
  if (!single_) notify_manager("READY=1");
  sandbox::enter(ThreadKind::kMain);
  while (!all_ended()) serve();
  finish();
  return status();
}

void Session::start(uint64_t frames) {
  // Check all guests before the first one starts: none may start if the memory of any does not hold
  // what was loaded from the FIT image.
  for (const auto& guest : guests_) guest->check_loaded();
  for (size_t i = 0; i < guests_.size(); ++i) {
    if (system_.guests[i].start) guests_[i]->start();
  }
  Progress::end();
  if (!system_.frame_ns) return;
  const uint64_t first_frame = monotonic_ns() + kFrameLeadNs;
  links_->start_schedule(first_frame);
  // Log the warnings last: if the start fails, they are of no use.
  for (const std::string& warning : host_warnings(system_)) log(warning);
  if (frames > 0) last_frame_.set(first_frame + frames * *system_.frame_ns);
}

// Sets up the watches. A call-back may find nothing left to do, because another call-back of the
// same round has done it.
void Session::watch() {
  watches_.emplace_back(loop_, signals_.fd(), [this] { take_signals(); });
  watches_.emplace_back(loop_, out_.broken().get(), [this] {
    out_.broken().take();
    quit(killed_by(SIGPIPE));
  });
  watches_.emplace_back(loop_, grace_alarm_.get(), [this] {
    grace_alarm_.take();
    end_grace();
  });
  watches_.emplace_back(loop_, last_frame_.get(), [this] {
    last_frame_.take();
    links_->stop_schedule();
    kill_all();
  });
  stdin_.emplace(loop_, STDIN_FILENO, [this] { take_input(); });
  for (size_t i = 0; i < guests_.size(); ++i) {
    ConsolePort* port = consoles_ ? consoles_->port(i) : nullptr;
    if (port) ports_.emplace_back(loop_, *guests_[i], *port);
  }
}

void Session::serve() {
  stdin_->want(reads_input());
  for (PortInput& port : ports_) port.update();
  loop_.wait();
}

bool Session::all_ended() const {
  return std::all_of(guests_.begin(), guests_.end(),
                     [](const auto& guest) { return guest->ended(); });
}

// Called when all guests have ended. Waits until their last output is written to stdout, or until
// the person or a signal makes hvk-run quit, and then prints the closing report.
void Session::finish() {
  if (single_) {
    // For a single guest there is no closing report, so its crash is logged here.
    if (guests_[0]->end() == GuestEnd::kCrash) log("the guest " + guests_[0]->describe_end());
    return;
  }
  notify_manager("STOPPING=1");
  for (const auto& guest : guests_) guest->let_end();  // Ctrl-A r comes too late
  auto& terminal = consoles_->terminal();
  terminal.finish();
  EventLoop last;
  bool over = false;
  const auto end_wait = [&over] { over = true; };
  const Watch writer(last, terminal.finished().get(), end_wait);
  const Watch signals(last, signals_.fd(), [this] { take_signals(); });
  Watch keys(last, STDIN_FILENO, [this] { take_input(); });
  // A first SIGTERM finds no guest that it could ask to power off: the wait is all that it can end.
  // One that came before must be enough, too: stdout has some time from now on.
  const bool asked = grace_.begun();
  Alarm patience;
  if (asked) patience.set(monotonic_ns() + kStdoutNs);
  const Watch expired(last, patience.get(), end_wait);
  while (!over && !quit_status_ && grace_.begun() == asked) {
    keys.want(terminal_.interactive() && terminal_.readable());
    last.wait();
  }
  terminal.end();  // what stdout did not take is in the report, as lost
  log("closing report\n" + report_table(reports_of(guests_)));
}

int Session::status() const {
  if (quit_status_) return *quit_status_;
  const auto any = [this](GuestEnd end) {
    return std::any_of(guests_.begin(), guests_.end(),
                       [&](const auto& guest) { return guest->end() == end; });
  };
  return static_cast<int>(any(GuestEnd::kHostFailure) ? ExitStatus::kHostFailure
                          : any(GuestEnd::kCrash)     ? ExitStatus::kGuestCrash
                          : any(GuestEnd::kReset) && !system_.guests[0].config.reboot
                              ? ExitStatus::kReset
                              : ExitStatus::kPowerOff);
}

void Session::take_signals() {
  while (const int number = signals_.take()) {
    switch (number) {
      case SIGCONT:
        terminal_.resume();
        break;
      case SIGTERM:
        if (!grace_.begun()) {
          power_off();
          break;
        }
        [[fallthrough]];
      default:
        quit(killed_by(number));
        break;
    }
  }
}

bool Session::reads_input() const {
  // While the guest has not taken its input, a pipe is not read, so that its writer waits. A
  // terminal is always read, because Ctrl-A x must work.
  return terminal_.readable() && (terminal_.interactive() || guests_[foreground_]->idle());
}

void Session::take_input() {
  std::array<uint8_t, kReadSize> raw;
  const size_t n = terminal_.read(raw);
  for (size_t i = 0; i < n; ++i) {
    const auto action =
        terminal_.interactive() ? escape_.decode(raw[i]) : EscapeDecoder::Action::kInput;
    if (action != EscapeDecoder::Action::kInput) {
      obey_key(action, raw[i]);
    } else if (system_.guests[foreground_].console.kind == ConsoleConfig::Kind::kTerminal) {
      guests_[foreground_]->input({&raw[i], 1});
    }
  }
}

void Session::obey_key(EscapeDecoder::Action action, uint8_t byte) {
  using Action = EscapeDecoder::Action;
  Guest& guest = *guests_[foreground_];
  switch (action) {
    case Action::kNone:
    case Action::kInput:
      break;
    case Action::kQuit:
      quit(static_cast<int>(ExitStatus::kPowerOff));
      break;
    case Action::kPower:
      guest.press_power_key();
      break;
    case Action::kHelp:
      log(std::string(kKeys) + (single_ ? "" : kSystemKeys));
      break;
    case Action::kStop:
      if (guest.pause()) {
        log(fmt::format("{}stopped; Ctrl-A s resumes", guest.label()));
      } else if (guest.resume()) {
        log(fmt::format("{}running", guest.label()));
      }
      break;
    case Action::kRestart:
      guest.restart();
      break;
    case Action::kKill:
      guest.kill();
      break;
    case Action::kNext:
      select((foreground_ + 1) % guests_.size());
      break;
    case Action::kSelect:
      select(static_cast<size_t>(byte - '1'));
      break;
  }
}

void Session::select(size_t guest) {
  if (single_ || guest >= guests_.size()) return;
  foreground_ = guest;
  consoles_->terminal().set_foreground(guest);
  const bool here = system_.guests[guest].console.kind == ConsoleConfig::Kind::kTerminal;
  log(fmt::format("{}: in the foreground{}", guests_[guest]->name(),
                  here ? "" : "; its console is elsewhere, keys are commands only"));
}

// Kills a guest that has not powered off after SIGTERM. A single guest's session then has the exit
// status of SIGTERM; in a system, where most guests have no driver for the power key, this end does
// not count as a failure.
void Session::end_asked(Guest& guest) {
  if (single_) return quit(killed_by(SIGTERM));
  guest.kill();
}

// Handles the first SIGTERM: presses all power keys. From now on no guest is restarted.
void Session::power_off() {
  for (const auto& guest : guests_) {
    guest->let_end();
    if (!guest->press_power_key()) end_asked(*guest);
  }
  grace_.begin(monotonic_ns());
  end_grace();  // the grace may be 0; also sets the alarm
}

// Kills the guests whose grace is over, and sets the alarm for the others.
void Session::end_grace() {
  const uint64_t now = monotonic_ns();
  const Grace::Due due = grace_.due(now);
  for (const auto& guest : guests_) {
    const bool unseen = guest->ignores_power_key();
    if (guest->ending() || due == Grace::Due::kNothing) continue;
    if (due == Grace::Due::kUnseen && !unseen) continue;
    end_asked(*guest);
    log(fmt::format("{} is killed: it has not {} {:g} s after SIGTERM",
                    guest->name().empty() ? "the guest" : guest->name(),
                    unseen ? "looked at its power key" : "powered off",
                    static_cast<double>(unseen ? grace_.look_ns() : grace_.power_off_ns()) / 1e9));
  }
  if (const uint64_t next = grace_.next(now)) grace_alarm_.set(next);
}

void Session::kill_all() {
  for (const auto& guest : guests_) {
    guest->let_end();
    guest->kill();
  }
}

void Session::quit(int status) {
  if (!quit_status_) quit_status_ = status;
  out_.close();
  kill_all();
}

// The folder of a path.
std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

// Before the first thread starts: has threads confine themselves, if the person wants that.
void confine(const SystemConfig& system, const Options& options) {
  if (!options.sandbox) return;
  sandbox::Options sandbox;
  sandbox.keeps_realtime = !system.windows.empty();
  std::vector<std::string> sockets = {options.control};
  for (const GuestConfig& guest : system.guests) {
    if (guest.console.kind == ConsoleConfig::Kind::kUnix) sockets.push_back(guest.console.path);
    for (const NetConfig& net : guest.config.nets) {
      sockets.push_back(net.path);
      sandbox.connects = sandbox.connects || !net.path.empty();
    }
    sandbox.connects = sandbox.connects || !guest.config.vhost_users.empty();
    for (const PortConfig& port : guest.config.ports) {
      if (port.kind == PortConfig::Kind::kUnix) sockets.push_back(port.path);
    }
  }
  for (const std::string& path : sockets) {
    if (!path.empty()) sandbox.socket_folders.push_back(folder_of(path));
  }
  sandbox::prepare(sandbox);
}

}  // namespace

int run_session(const Options& options) {
  const Config& config = options.config;
  if (!config.dump_dtb.empty()) {
    StdoutSink out;
    const ComposedGuest guest = compose(config, out);
    if (config.verbose) log("load map\n" + guest.machine->load_map());
    write_file("--dump-dtb", config.dump_dtb, guest.machine->device_tree());
    return static_cast<int>(ExitStatus::kPowerOff);
  }
  SystemConfig system;
  system.guests.emplace_back().config = config;
  confine(system, options);
  system.grace_ns = options.grace_ns.value_or(system.grace_ns);
  return Session(system, true, false).run(0);
}

int run_system(const SystemConfig& system, const Options& options) {
  if (!system.windows.empty() && ::mlockall(MCL_CURRENT) != 0) {
    throw_errno("keeping hvk-run in memory",
                "windows need root or a high enough RLIMIT_MEMLOCK (ulimit -l)");
  }
  confine(system, options);
  Session session(system, false, options.timestamps);
  if (!options.control.empty()) session.open_control(options.control);
  if (!options.trace.empty()) session.open_trace(options.trace);
  return session.run(options.frames);
}

}  // namespace hvk
