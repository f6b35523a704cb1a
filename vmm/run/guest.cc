// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/guest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/log.h"
#include "base/mistakes.h"

namespace hvk {
namespace {

std::string describe(GuestEnd end, bool with_system, uint64_t halt_code) {
  switch (end) {
    case GuestEnd::kStopped:
      return with_system ? "ended with the system" : "killed";
    case GuestEnd::kPowerOff:
      return "powered off";
    case GuestEnd::kReset:
      return "reset";
    case GuestEnd::kCrash:
      return halt_code ? fmt::format("crashed, code {}", halt_code) : "crashed";
    case GuestEnd::kHostFailure:
      return "host failure";
  }
  return {};
}

}  // namespace

Guest::Guest(EventLoop& loop, const SystemConfig& system, SystemLinks* links, size_t number,
             ByteSink& console, ConsoleRing* ring)
    : config_(system.guests[number]),
      loop_(loop),
      console_(console),
      ring_(ring),
      policy_(config_.restart, config_.config.reboot),
      log_(label()),
      place_{links ? links->system() : system,
             links,
             number,
             0,
             [this](uint64_t, std::string_view) { ++health_; },
             &log_} {
  at_set_up([this] {
    // From here on no path is opened, also when the guest restarts.
    Config& config = config_.config;
    config.files.open({{"--kernel", config.kernel},
                       {"--initrd", config.initrd},
                       {"--dtb", config.dtb},
                       {"--firmware", config.firmware}});
    backends_.emplace(config);
    create();
    hypervisor_.emplace(config.device);
  });
}

Guest::~Guest() {
  if (ring_) ring_->discard(true);
}

void Guest::create() {
  place_.boots = boots_;
  made_ = compose(config_.config, console_, &place_, &*backends_);
  if (memory_ && made_.balloon) made_.balloon->ask_for(*memory_);
  ending_.emplace(loop_, made_.machine->ended().get(), [this] { settle(); });
  made_.console->set_receive_ready([this] { input_wanted_.signal(); });
  if (boots_ == 0 && !made_.machine->notice().empty()) log(label() + made_.machine->notice());
  if (!config_.config.verbose) return;
  log(fmt::format("{}load map\n{}", label(), made_.machine->load_map()));
}

// Discards the machine's output, so that no vCPU waits for a reader while this waits for the vCPU.
// Keeps what the machine used, for the report.
void Guest::drop_machine() {
  ending_.reset();
  if (ring_) ring_->discard(true);
  if (made_.machine) usage_ += made_.machine->usage();
  made_ = {};
}

void Guest::begin() {
  made_.machine->start(*hypervisor_);
  ++boots_;
  then_ = Then::kPolicy;
  state_ = State::kRunning;
  feed();  // pass on input that the last machine did not take
  tell(boots_ == 1 ? GuestEvent::kStarted : GuestEvent::kRestarted);
}

void Guest::start() {
  at_set_up([this] { begin(); });
}

// Runs a step of the set-up. For a guest of a system file, an error of the step is thrown again as
// a SetupError that names the partition and its line in the file.
void Guest::at_set_up(const std::function<void()>& step) const {
  if (!place_.links) return step();
  try {
    step();
  } catch (const std::runtime_error& error) {
    throw SetupError(fmt::format("{}:{}", place_.system.file, config_.line),
                     of_partition(name(), error.what()));
  }
}

// Starts the guest while the session runs already. An error ends this guest only: it is logged, and
// the result is false.
bool Guest::begin_again() {
  if (ring_) {
    ring_->discard(false);
    // Complete a line that the last machine began, so that this machine's output starts a new one.
    ring_->end_line();
  }
  try {
    if (!made_.machine) create();
    begin();
    return true;
  } catch (const std::exception& error) {
    log(label() + error.what());
    drop_machine();
    set_ended(GuestEnd::kHostFailure);
    return false;
  }
}

bool Guest::pause() {
  if (state_ != State::kRunning || then_ != Then::kPolicy) return false;
  made_.machine->pause();
  state_ = State::kPaused;
  tell(GuestEvent::kStopped);
  return true;
}

bool Guest::resume() {
  if (state_ == State::kCreated) return begin_again();
  if (state_ != State::kPaused) return false;
  made_.machine->resume();
  state_ = State::kRunning;
  tell(GuestEvent::kResumed);
  return true;
}

bool Guest::restart() {
  if (state_ == State::kCreated || state_ == State::kEnded) return may_restart_ && begin_again();
  return stop_machine(Then::kRestart);
}

bool Guest::kill() {
  if (state_ == State::kEnded) return false;
  if (state_ != State::kCreated) return stop_machine(Then::kEnd);
  drop_machine();
  set_ended(GuestEnd::kStopped);
  return true;
}

// Asks the machine to end, and sets what to do then. Output is discarded until the next start.
bool Guest::stop_machine(Then then) {
  then_ = then;
  if (ring_) ring_->discard(true);
  made_.machine->stop();
  return true;
}

// Unlike stop_machine(), this does not discard output, since the guest goes on.
bool Guest::move() {
  if (state_ != State::kRunning || then_ != Then::kPolicy || !made_.machine->can_move())
    return false;
  then_ = Then::kMove;
  made_.machine->stop();
  return true;
}

// The second half of `move`, when all vCPUs have ended. An error ends the guest.
bool Guest::moved() {
  then_ = Then::kPolicy;
  try {
    made_.machine->move();
    tell(GuestEvent::kMoved);
    return true;
  } catch (const std::exception& error) {
    log(fmt::format("{}it cannot be moved: {}", label(), error.what()));
    drop_machine();
    set_ended(GuestEnd::kHostFailure);
    return false;
  }
}

bool Guest::set_memory(uint64_t bytes) {
  if (!made_.balloon || ending()) return false;
  memory_ = bytes;
  made_.balloon->ask_for(bytes);
  return true;
}

bool Guest::press_power_key() {
  if (state_ != State::kRunning || ending()) return false;
  made_.gpio->press_power_key();
  return true;
}

bool Guest::ignores_power_key() {
  return state_ == State::kRunning && made_.gpio->power_key_unseen();
}

// Handles the end of the machine: completes a move, restarts the guest, or ends it for good.
void Guest::settle() {
  made_.machine->ended().take();
  const GuestEnd end = made_.machine->end();
  if (then_ == Then::kMove && end == GuestEnd::kStopped) {
    moved();
    return;
  }
  halt_code_ = made_.hypercalls->halt_code();
  drop_machine();
  // If the guest ended by itself before it could be moved, that counts as its end.
  const Then then = then_ == Then::kMove ? Then::kPolicy : then_;
  const bool again = then == Then::kRestart || (then == Then::kPolicy && policy_.again(end));
  if (again && may_restart_) {
    last_end_ = end == GuestEnd::kStopped ? "command" : describe(end, false, halt_code_);
    begin_again();
    return;
  }
  // `end` is not kStopped if the guest ended by itself right before it was killed; it is then
  // reported so.
  set_ended(end);
}

void Guest::set_ended(GuestEnd end) {
  end_ = end;
  with_system_ = !may_restart_;
  state_ = State::kEnded;
  last_end_ = describe_end();
  tell(GuestEvent::kEnded);
}

void Guest::tell(GuestEvent event) const {
  if (observer_) observer_(event);
}

void Guest::input(std::span<const uint8_t> bytes) {
  const size_t room = kTypeAhead - std::min(kTypeAhead, pending_.size());
  const auto taken = bytes.first(std::min(bytes.size(), room));
  pending_.insert(pending_.end(), taken.begin(), taken.end());
  feed();
}

// Passes on as much input as the guest takes now.
void Guest::feed() {
  input_wanted_.take();
  std::array<uint8_t, Pl011::kFifoDepth> chunk;
  while (!pending_.empty() && made_.machine && boots_ > 0) {
    const size_t n = std::min(chunk.size(), pending_.size());
    std::copy_n(pending_.begin(), n, chunk.begin());
    const size_t taken = made_.console->receive({chunk.data(), n});
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(taken));
    if (taken < n) return;  // input_wanted_ is signalled when there is room again
  }
}

std::string Guest::describe_end() const {
  return state_ == State::kEnded ? describe(end_, with_system_, halt_code_) : std::string();
}

GuestReport Guest::report() const {
  constexpr std::array<const char*, 4> kStates = {"created", "running", "stopped", "ended"};
  GuestReport report;
  report.name = name();
  report.state = kStates[static_cast<size_t>(state_)];
  report.end = describe_end();
  report.boots = boots_;
  report.usage = usage_;
  if (made_.machine) report.usage += made_.machine->usage();
  if (place_.links) report.windows = place_.links->windows(place_.guest);
  report.health = health_ + report.usage.aborts;
  if (made_.balloon) report.memory = made_.balloon->size();
  if (made_.ram) report.resident = made_.ram->resident();
  if (backends_) {
    const Traffic& traffic = backends_->traffic();
    report.disk_read = traffic.disk_read;
    report.disk_written = traffic.disk_written;
    report.net_received = traffic.net_received;
    report.net_sent = traffic.net_sent;
  }
  if (ring_) report.console_lost = ring_->lost();
  return report;
}

std::vector<GuestReport> reports_of(const Guests& guests) {
  std::vector<GuestReport> reports;
  for (const auto& guest : guests) reports.push_back(guest->report());
  return reports;
}

}  // namespace hvk
