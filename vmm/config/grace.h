// SPDX-License-Identifier: GPL-2.0-or-later
// How long guests may take to power off after a SIGTERM. The caller passes the
// time in; this class reads no clock.
#pragma once

#include <cstdint>

namespace hvk {

// SIGTERM presses the power key. A guest that has not looked at the key by the end of the grace is
// assumed to have no driver for it, and is killed. A guest that has looked gets kShares times the
// grace, from the SIGTERM on, to power off, and is killed after that.
class Grace {
 public:
  static constexpr uint64_t kDefaultNs = 10'000'000'000;
  static constexpr uint64_t kMaxNs = 3600 * uint64_t{1'000'000'000};
  static constexpr uint64_t kShares = 6;

  enum class Due {
    kNothing,
    kUnseen,  // kill the guests that have not looked at their power key
    kAll,     // kill all guests
  };

  explicit Grace(uint64_t ns) : ns_(ns) {}

  // Records that a SIGTERM came at `now_ns`; only the first call counts. All times passed to this
  // object are of the same clock.
  void begin(uint64_t now_ns) {
    if (begun()) return;
    begun_ns_ = now_ns;
    begun_ = true;
  }
  bool begun() const { return begun_; }

  Due due(uint64_t now_ns) const {
    if (!begun_ || now_ns < look_until()) return Due::kNothing;
    return now_ns < power_off_until() ? Due::kUnseen : Due::kAll;
  }

  // The next time at which the result of `due` changes after `now_ns`; 0 if it will not change.
  uint64_t next(uint64_t now_ns) const {
    switch (due(now_ns)) {
      case Due::kNothing:
        return begun_ ? look_until() : 0;
      case Due::kUnseen:
        return power_off_until();
      case Due::kAll:
        break;
    }
    return 0;
  }

  // The time that guests have, from the SIGTERM on, to look at the key and to power off.
  uint64_t look_ns() const { return ns_; }
  uint64_t power_off_ns() const { return kShares * ns_; }

 private:
  uint64_t look_until() const { return begun_ns_ + look_ns(); }
  uint64_t power_off_until() const { return begun_ns_ + power_off_ns(); }

  uint64_t ns_;
  uint64_t begun_ns_ = 0;
  bool begun_ = false;
};

}  // namespace hvk
