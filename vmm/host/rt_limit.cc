// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/rt_limit.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "host/hostfiles.h"

namespace hvk {
namespace {

namespace fs = std::filesystem;
using Kind = RtLimit::Kind;

constexpr const char* kScheduler = "sys/kernel/debug/sched";
constexpr const char* kFairServer = "fair_server";
// The fair server's default share and period, by which a kernel starts.
constexpr uint64_t kFairNs = 50'000'000, kFairPeriodNs = 1'000'000'000;
// The first Linux with the fair server, which replaced RT throttling.
constexpr unsigned kFairServerMajor = 6, kFairServerMinor = 12;

std::optional<int64_t> number_in(const fs::path& file) {
  const std::optional<std::string> text = slurp(file);
  int64_t value = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc{}) {
    return std::nullopt;
  }
  return value;
}

// Whether a kernel of that release, "6.12.95+deb13-arm64", has the fair server.
bool has_fair_server(std::string_view release) {
  unsigned major = 0, minor = 0;
  const char* end = release.data() + release.size();
  const auto [dot, error] = std::from_chars(release.data(), end, major);
  if (error != std::errc{} || dot == end || *dot != '.' ||
      std::from_chars(dot + 1, end, minor).ec != std::errc{}) {
    return false;
  }
  return major > kFairServerMajor || (major == kFairServerMajor && minor >= kFairServerMinor);
}

// The limit by a fair server that gives `fair` ns of each `period` ns to other threads; no limit if
// `fair` is 0.
RtLimit fair_server(uint64_t fair, uint64_t period) {
  if (fair == 0 || fair > period) return {};
  return {Kind::kFairServer, period - fair, period};
}

std::string in_ms(uint64_t ns) { return fmt::format("{:g} ms", static_cast<double>(ns) / 1e6); }

}  // namespace

double RtLimit::share() const {
  return limits() ? static_cast<double>(rt_ns) / static_cast<double>(period_ns) : 1;
}

// Both mechanisms leave real-time threads alone until these have run for `rt_ns` in the period,
// which is `rt_ns / share` after its start. RT throttling then takes the rest of the period. The
// fair server can by then not get its share in the rest of the period, so it begins a new period
// and takes its whole share from that (deadline.c, replenish_dl_entity).
uint64_t RtLimit::lost_ns(double share) const {
  if (!limits() || share <= this->share()) return 0;
  if (kind == Kind::kFairServer) return period_ns - rt_ns;
  return period_ns - static_cast<uint64_t>(static_cast<double>(rt_ns) / share);
}

RtLimits RtLimits::read(const fs::path& root) {
  std::error_code error;
  const fs::path scheduler = root / kScheduler;
  RtLimits limits;
  if (fs::is_directory(scheduler / kFairServer, error)) {
    limits.kind_ = Kind::kFairServer;
    limits.read_fair_server(scheduler / kFairServer);
    return limits;
  }
  const bool seen = fs::is_directory(scheduler, error);
  if (!seen && has_fair_server(slurp(root / "proc/sys/kernel/osrelease").value_or(""))) {
    limits.kind_ = Kind::kFairServer;
    limits.usual_ = fair_server(kFairNs, kFairPeriodNs);
    limits.assumed_ = true;
    return limits;
  }
  return throttling(number_in(root / "proc/sys/kernel/sched_rt_runtime_us").value_or(-1),
                    number_in(root / "proc/sys/kernel/sched_rt_period_us").value_or(0));
}

RtLimits RtLimits::throttling(int64_t runtime_us, int64_t period_us) {
  RtLimits limits;
  if (runtime_us < 0 || period_us <= runtime_us || period_us > INT64_MAX / 1000) return limits;
  limits.kind_ = Kind::kThrottling;
  limits.usual_ = {Kind::kThrottling, static_cast<uint64_t>(runtime_us) * 1000,
                   static_cast<uint64_t>(period_us) * 1000};
  return limits;
}

// Reads "cpu1/runtime" and "cpu1/period", in nanoseconds, for each CPU in `folder`; a runtime of 0
// means that the fair server is off on that CPU.
void RtLimits::read_fair_server(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename();
    unsigned cpu = 0;
    const char* last = name.data() + name.size();
    if (!name.starts_with("cpu") || std::from_chars(name.data() + 3, last, cpu).ptr != last) {
      continue;
    }
    const auto fair = number_in(it->path() / "runtime"), period = number_in(it->path() / "period");
    if (!fair || !period || *fair < 0 || *period <= 0) continue;
    of_cpu_[cpu] = fair_server(static_cast<uint64_t>(*fair), static_cast<uint64_t>(*period));
  }
}

RtLimit RtLimits::of(unsigned cpu) const {
  const auto found = of_cpu_.find(cpu);
  return found == of_cpu_.end() ? usual_ : found->second;
}

std::string RtLimits::remedy(unsigned cpu) const {
  if (kind_ == Kind::kThrottling) return "sysctl kernel.sched_rt_runtime_us=-1";
  if (kind_ == Kind::kNone) return {};
  return fmt::format("echo 0 > /{}/{}/cpu{}/runtime", kScheduler, kFairServer, cpu);
}

std::string RtLimits::describe() const {
  if (kind_ == Kind::kNone) return "real-time threads may have all of a CPU's time";
  if (kind_ == Kind::kThrottling) {
    return fmt::format(
        "real-time threads may have {} of each {} of a CPU: RT throttling "
        "(kernel.sched_rt_runtime_us)",
        in_ms(usual_.rt_ns), in_ms(usual_.period_ns));
  }
  // CPUs with equal shares are listed together.
  std::map<std::string, std::string> cpus;
  const auto add = [&](const std::string& who, const RtLimit& limit) {
    const std::string gives =
        limit.limits() ? fmt::format("{} of each {}", in_ms(limit.period_ns - limit.rt_ns),
                                     in_ms(limit.period_ns))
                       : "nothing";
    std::string& list = cpus[gives];
    list += (list.empty() ? "" : ",") + who;
  };
  for (const auto& [cpu, limit] : of_cpu_) add(std::to_string(cpu), limit);
  if (assumed_) add("all, as kernels come", usual_);
  std::string text;
  for (const auto& [gives, who] : cpus) {
    text += fmt::format("{}{} (CPU {})", text.empty() ? "" : ", ", gives, who);
  }
  return fmt::format(
      "other threads that want it have {}: the fair server (/{}/{}), in place of RT "
      "throttling",
      text.empty() ? "nothing" : text, kScheduler, kFairServer);
}

}  // namespace hvk
