// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/terminal_writer.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/kick.h"
#include "base/thread.h"

namespace hvk {
namespace {

// The guests' rings are served in turn, with at most this many bytes each.
constexpr size_t kChunk = 4096;

// An unfinished line of the guest in the foreground is taken for a prompt if
// nothing follows for this long. If stdout is not a terminal, no user waits for a
// prompt; a longer time then makes it rare that the line of a slow guest is shown
// twice.
constexpr int kQuietOnTerminal = 50;
constexpr int kQuietElsewhere = 1000;

}  // namespace

TerminalWriter::TerminalWriter(StdoutSink& out, const std::vector<std::string>& names,
                               ConsoleMux::Clock clock)
    : out_(out),
      mux_(names, std::move(clock)),
      quiet_ms_(::isatty(STDOUT_FILENO) ? kQuietOnTerminal : kQuietElsewhere) {}

void TerminalWriter::end() {
  if (!thread_.joinable()) return;
  finish();
  if (!done_) {
    out_.close();
    kick(thread_);
  }
  thread_.join();
}

ConsoleRing& TerminalWriter::add(size_t guest, ConsoleRing::Full full) {
  sources_.push_back({guest, std::make_unique<ConsoleRing>(sleep_, full)});
  return *sources_.back().ring;
}

void TerminalWriter::start() {
  install_kick();
  thread_ = start_thread(ThreadKind::kPlain, "consoles", [this] {
    unblock_kick();
    run();
    done_ = true;
    finished_.signal();
  });
}

void TerminalWriter::set_foreground(size_t guest) {
  foreground_ = guest;
  sleep_.wake();
}

void TerminalWriter::finish() {
  finish_ = true;
  sleep_.wake();
}

void TerminalWriter::run() {
  for (;;) {
    out_.write(mux_.set_foreground(foreground_));
    if (write_some()) continue;
    const bool finish = finish_;
    sleep_.prepare();
    if (!nothing_left() || finish != finish_) continue;
    if (finish) break;
    const size_t foreground = foreground_;
    const bool hides = mux_.hides(foreground);
    const bool woken = loop_.wait(hides ? quiet_ms_ : -1);
    if (hides && !woken) show_prompt(foreground);
  }
  write_rest();
}

// Writes at most kChunk bytes of each guest. Returns false if all rings were empty.
bool TerminalWriter::write_some() {
  bool any = false;
  for (Source& source : sources_) {
    const auto content = source.ring->content();
    const auto chunk = content.first(std::min(content.size(), kChunk));
    if (chunk.empty()) continue;
    any = true;
    source.held += chunk.size();
    write(source, mux_.add(source.guest, chunk));
    source.ring->consume(chunk.size());
  }
  return any;
}

// Writes `text`, which the mux has made of the source's bytes. If that fails, the
// bytes that went into `text` count as lost. Bytes that the mux still holds are
// accounted for by a later call.
void TerminalWriter::write(Source& source, const std::string& text) {
  const size_t held = std::min(source.held, mux_.held(source.guest));
  if (!out_.write(text)) source.ring->lose(source.held - held);
  source.held = held;
}

void TerminalWriter::show_prompt(size_t guest) {
  for (Source& source : sources_) {
    if (source.guest == guest) write(source, mux_.prompt(guest));
  }
}

void TerminalWriter::write_rest() {
  for (Source& source : sources_) write(source, mux_.finish(source.guest));
}

bool TerminalWriter::nothing_left() const {
  return std::all_of(sources_.begin(), sources_.end(),
                     [](const Source& source) { return source.ring->content().empty(); });
}

}  // namespace hvk
