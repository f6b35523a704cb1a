// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/control_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "base/mistakes.h"
#include "control/control_command.h"
#include "control/report.h"

namespace hvk {

ControlDesk::ControlDesk(EventLoop& loop, const std::string& path, const SystemLinks& links,
                         const Guests& guests, std::function<void()> quit)
    : links_(links),
      guests_(guests),
      quit_(std::move(quit)),
      server_(loop, path, [this](std::string_view line) { return obey(line); }),
      feed_(server_, links),
      feeding_(loop, feed_.fd(), [this] { feed_.look(); }) {
  for (const auto& guest : guests_) {
    guest->set_observer([this, &guest = *guest](GuestEvent event) { observe(guest, event); });
  }
}

ControlReply ControlDesk::obey(std::string_view line) {
  using Verb = ControlCommand::Verb;
  const auto parsed = parse_command(line);
  if (const auto* why = std::get_if<std::string>(&parsed)) return {"error: " + *why};
  const ControlCommand& command = std::get<ControlCommand>(parsed);
  if (command.verb == Verb::kStatus)
    return {report_json(links_.system().name, reports_of(guests_))};
  if (command.verb == Verb::kStatusText) return {report_table(reports_of(guests_)) + "\n"};
  if (command.verb == Verb::kEvents) return {feed_.listen(), ControlReply::Then::kListen};
  if (command.verb == Verb::kQuit) {
    quit_();
    return {"ok"};
  }
  const auto found = std::find_if(guests_.begin(), guests_.end(), [&](const auto& guest) {
    return guest->name() == command.guest;
  });
  if (found == guests_.end())
    return {fmt::format("error: no partition {}", in_quotes(command.guest))};
  Guest& guest = **found;
  if (command.verb == Verb::kWait) {
    if (guest.ended()) return {guest.describe_end()};
    return {guest.name(), ControlReply::Then::kWait};
  }
  if (command.verb == Verb::kBalloon) {
    if (guest.set_memory(command.size)) return {"ok"};
    return {fmt::format("error: {} has no balloon, or has ended: 'balloon = true' gives it one",
                        guest.name())};
  }
  const bool done = command.verb == Verb::kStop      ? guest.pause()
                    : command.verb == Verb::kResume  ? guest.resume()
                    : command.verb == Verb::kRestart ? guest.restart()
                    : command.verb == Verb::kMove    ? guest.move()
                                                     : guest.kill();
  if (done) return {"ok"};
  return {fmt::format("error: {} is {}{}", guest.name(), guest.report().state,
                      command.verb == Verb::kMove ? ", has windows or channels, or moves" : "")};
}

void ControlDesk::observe(const Guest& guest, GuestEvent event) {
  const auto tell = [&](const char* what, const char* key = "", const std::string& how = {}) {
    feed_.tell(what, guest.name(), guest.boots(), key, how);
  };
  switch (event) {
    case GuestEvent::kStarted:
      return tell("started");
    case GuestEvent::kRestarted:
      return tell("restarted", "after", guest.last_end());
    case GuestEvent::kStopped:
      return tell("stopped");
    case GuestEvent::kResumed:
      return tell("resumed");
    case GuestEvent::kMoved:
      return tell("moved");
    case GuestEvent::kEnded:
      tell("ended", "end", guest.describe_end());
      return server_.complete(guest.name(), guest.describe_end());
  }
}

}  // namespace hvk
