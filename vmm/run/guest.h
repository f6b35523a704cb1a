// SPDX-License-Identifier: GPL-2.0-or-later
// One guest of a session: its machine, and after each restart the next one.
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
#include "partition/links.h"
#include "run/composition.h"
#include "run/restart.h"

namespace hvk {

// What becomes of a guest.
enum class GuestEvent { kStarted, kRestarted, kStopped, kResumed, kMoved, kEnded };

// All calls are the main thread's. What a call cannot do in the guest's state
// it does not do, and says so by returning false.
class Guest {
 public:
  // Guest `number` of `system`. Its machine is created, not started; in `loop` its end is seen to,
  // and its input goes on. `links`: those of the system; null without a system file. `console`
  // gets its output; if that is a ring, `ring` is the same one, else null. All of them must
  // outlive it. Throws SetupError or ImageError.
  Guest(EventLoop& loop, const SystemConfig& system, SystemLinks* links, size_t number,
        ByteSink& console, ConsoleRing* ring);
  // Ends it, however slow the reader of its console is.
  ~Guest();
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  // Sets what is called with each event, in the main thread, once the guest's state shows it.
  void set_observer(std::function<void(GuestEvent)> observer) { observer_ = std::move(observer); }

  const std::string& name() const { return config_.name; }
  // "name: ", or nothing for a guest without a name: before messages.
  std::string label() const { return name().empty() ? name() : name() + ": "; }

  bool created() const { return state_ == State::kCreated; }
  bool paused() const { return state_ == State::kPaused; }
  bool ended() const { return state_ == State::kEnded; }
  // Whether it has ended, or was killed and is about to.
  bool ending() const { return ended() || then_ == Then::kEnd; }
  unsigned boots() const { return boots_; }
  // How the last machine ended, of a guest that has ended.
  GuestEnd end() const { return end_; }

  // Whether its memory is as it was loaded (Machine::check_loaded). Before
  // `start`; throws SetupError.
  void check_loaded() { made_.machine->check_loaded(); }

  // Starts it for the first time. Throws SetupError.
  void start();

  // What the person's commands of these names do: `resume` starts a guest that was created or goes
  // on with one that stands still; `restart` is a cold start, also of a guest that has ended.
  bool pause();
  bool resume();
  bool restart();
  bool kill();
  // Into a new VM, in the middle of what it does (Machine::move).
  bool move();

  // Only a guest that runs can see it.
  bool press_power_key();
  // Whether it runs and has not looked at its power key since that was pressed.
  bool ignores_power_key();
  // From now on no end is followed by a restart.
  void let_end() { may_restart_ = false; }

  // Input, in order; kept until the guest takes it, up to what a person may
  // paste. `idle`: the guest has taken everything.
  void input(std::span<const uint8_t> bytes);
  bool idle() const { return pending_.empty(); }

  GuestReport report() const;
  // "crashed, code 3"; empty while it has not ended.
  std::string describe_end() const;
  // The same of its last machine, which another one may have followed; "command": it was told
  // to restart; empty: there was none.
  const std::string& last_end() const { return last_end_; }

 private:
  enum class State { kCreated, kRunning, kPaused, kEnded };
  // What is to follow the end of a machine that was told to end.
  enum class Then { kPolicy, kEnd, kRestart, kMove };

  static constexpr size_t kTypeAhead = 1 << 20;

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

  const GuestConfig config_;
  EventLoop& loop_;
  std::function<void(GuestEvent)> observer_;
  ByteSink& console_;
  ConsoleRing* const ring_;
  RestartPolicy policy_;
  bool may_restart_ = true;

  State state_ = State::kCreated;
  Then then_ = Then::kPolicy;
  GuestEnd end_ = GuestEnd::kStopped;
  bool with_system_ = false;  // it ended because the system did
  uint64_t halt_code_ = 0;
  std::string last_end_;
  unsigned boots_ = 0;
  Usage usage_;  // of the machines that ended
  std::atomic<uint64_t> health_ = 0;
  OnceLog log_;
  Place place_;
  EventFd input_wanted_;
  Watch feeding_{loop_, input_wanted_.get(), [this] { feed(); }};
  std::deque<uint8_t> pending_;
  ComposedGuest made_;           // without a machine once that has ended
  std::optional<Watch> ending_;  // of that machine
};

using Guests = std::vector<std::unique_ptr<Guest>>;

std::vector<GuestReport> reports_of(const Guests& guests);

}  // namespace hvk
