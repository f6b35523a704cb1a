// SPDX-License-Identifier: GPL-2.0-or-later
// One guest of a session over its restarts, each of which gives it a new machine.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/event_loop.h"
#include "base/fd.h"
#include "base/log.h"
#include "config/system_config.h"
#include "console/console_ring.h"
#include "control/report.h"
#include "hv/guest_end.h"
#include "hv/hypervisor.h"
#include "partition/links.h"
#include "run/composition.h"
#include "run/restart.h"

namespace hvk {

// What the observer of a guest is told.
enum class GuestEvent { kStarted, kRestarted, kStopped, kResumed, kMoved, kEnded };

// For the main thread only. A command returns false, and does nothing, if it is
// not possible in the guest's present state.
class Guest {
 public:
  // Makes guest `number` of `system`, with a machine that is not started. `loop` has to be served
  // by the main thread: its call-backs handle the end of a machine and pass input on. `links` is
  // null without a system file. Output goes to `console`; if that is a ring, `ring` points to it
  // too, else it is null. All of them must outlive this object. Throws SetupError or ImageError.
  Guest(EventLoop& loop, const SystemConfig& system, SystemLinks* links, size_t number,
        ByteSink& console, ConsoleRing* ring);
  // Ends the guest and waits for its vCPUs. Discards output first, so that none of them waits for a
  // reader of the console.
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  // Sets the function that is called for each event, in the main thread, after the guest's state
  // has changed.
  void set_observer(std::function<void(GuestEvent)> observer) { observer_ = std::move(observer); }

  const std::string& name() const { return config_.name; }
  // The beginning of messages about this guest: "name: ", or nothing if it has no name.
  std::string label() const { return name().empty() ? name() : name() + ": "; }

  bool created() const { return state_ == State::kCreated; }
  bool paused() const { return state_ == State::kPaused; }
  bool ended() const { return state_ == State::kEnded; }
  // Whether the guest has ended, or was killed and its vCPUs are about to end.
  bool ending() const { return ended() || then_ == Then::kEnd; }
  // The number of times that the guest was started.
  unsigned boots() const { return boots_; }
  // How the guest ended. Valid if `ended`.
  GuestEnd end() const { return end_; }

  // Checks that the guest's memory still holds what was loaded (Machine::check_loaded).
  // Before `start`; throws SetupError.
  void check_loaded() { made_.machine->check_loaded(); }

  // Starts the guest for the first time. Throws SetupError.
  void start();

  // The user's commands. `pause` is the command "stop". `resume` resumes a paused guest, or starts
  // one that was never started. `restart` is a cold start, also of a guest that has ended. `kill`
  // ends the guest for good, unless `restart` follows. `restart` and `kill` of a running guest only
  // ask it to end; the rest follows when its vCPUs have.
  bool pause();
  bool resume();
  bool restart();
  bool kill();
  // Moves the running guest to a new VM (Machine::move). Returns before that is done.
  bool move();

  // Asks the guest to do with so many bytes of its memory, from now on and over its restarts.
  // Returns false if it has no balloon, or has ended.
  bool set_memory(uint64_t bytes);

  // Presses the power key. Returns false if the guest does not run, or was killed, and so cannot
  // see it.
  bool press_power_key();
  // Whether the guest runs and has not looked at its power key since that was pressed.
  bool ignores_power_key();
  // Makes every end final, those before too: no restart follows, not even by `restart`.
  void let_end() { may_restart_ = false; }

  // Appends input for the guest's console. It is kept until the guest takes it; what
  // exceeds kTypeAhead is dropped. `idle` says whether the guest has taken all of it.
  void input(std::span<const uint8_t> bytes);
  bool idle() const { return pending_.empty(); }

  GuestReport report() const;
  // How the guest ended, "crashed, code 3"; empty if it has not ended.
  std::string describe_end() const;
  // How the last machine that ended did so, even if the guest was restarted since: a text as
  // describe_end() gives it, or "command" if a command restarted the guest. Empty if no machine
  // has ended.
  const std::string& last_end() const { return last_end_; }

 private:
  enum class State { kCreated, kRunning, kPaused, kEnded };
  // What to do when the machine has ended: what the restart policy says, or what a command asked
  // for.
  enum class Then { kPolicy, kEnd, kRestart, kMove };

  static constexpr size_t kTypeAhead = 1 << 20;  // bytes; more than a user would paste

  void at_set_up(const std::function<void()>& step) const;
  void create();
  void drop_machine();
  void settle();
  void feed();
  void begin();
  bool begin_again();
  bool moved();
  bool stop_machine(Then then);
  void set_ended(GuestEnd end);
  void tell(GuestEvent event) const;

  GuestConfig config_;  // constant, once its files are open
  EventLoop& loop_;
  std::function<void(GuestEvent)> observer_;
  ByteSink& console_;
  ConsoleRing* const ring_;
  RestartPolicy policy_;
  bool may_restart_ = true;

  State state_ = State::kCreated;
  Then then_ = Then::kPolicy;
  GuestEnd end_ = GuestEnd::kStopped;
  bool with_system_ = false;  // the guest ended after let_end(): with the system, if it was stopped
  uint64_t halt_code_ = 0;    // the last machine's code of HALT
  std::string last_end_;
  unsigned boots_ = 0;
  std::optional<uint64_t> memory_;  // of `set_memory`
  Usage usage_;                     // sum over the machines that were dropped
  std::atomic<uint64_t> health_ = 0;
  OnceLog log_;
  Place place_;
  std::optional<Backends> backends_;
  std::optional<Hypervisor> hypervisor_;
  EventFd input_wanted_;
  Watch feeding_{loop_, input_wanted_.get(), [this] { feed(); }};
  std::deque<uint8_t> pending_;
  ComposedGuest made_;           // empty once its machine has ended
  std::optional<Watch> ending_;  // watches the end of that machine
};

using Guests = std::vector<std::unique_ptr<Guest>>;

// Returns the reports of all guests, in their order.

std::vector<GuestReport> reports_of(const Guests& guests);

}  // namespace hvk
