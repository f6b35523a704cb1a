// SPDX-License-Identifier: GPL-2.0-only
// When it is RLIMIT_MEMLOCK that guest memory does not fit into, and what is then said.
#include "host/memlock.h"

#include <sys/resource.h>

#include <string>

namespace hvk {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(Memlock, SaysTheLimitAndWhatWouldDo) {
  struct {
    const char* name;
    uint64_t wanted, pinned, limit;
    const char* says;  // nullptr: the limit is not the reason
  } const kTable[] = {
      {"fits", 8 * kMiB, 0, 8 * kMiB, nullptr},
      {"one page too much", 8 * kMiB + 4096, 0, 8 * kMiB, "is 8192 KiB"},
      {"what it would take", 512 * kMiB, 64 * kMiB, 8 * kMiB, "above 589824 KiB"},
      {"fits beside what is there", 4 * kMiB, 4 * kMiB, 8 * kMiB, nullptr},
      {"does not fit beside it", 5 * kMiB, 4 * kMiB, 8 * kMiB, "above 9216 KiB"},
      {"more is there than may be", 4096, 9 * kMiB, 8 * kMiB, "RLIMIT_MEMLOCK"},
      {"none at all", 4096, 0, 0, "is 0 KiB"},
      {"no limit", UINT64_MAX, UINT64_MAX, RLIM_INFINITY, nullptr},
  };
  for (const auto& row : kTable) {
    const std::optional<std::string> said = memlock_remedy(row.wanted, row.pinned, row.limit);
    EXPECT_EQ(said.has_value(), row.says != nullptr) << row.name;
    if (!said || !row.says) continue;
    EXPECT_NE(said->find(row.says), std::string::npos) << row.name << ": " << *said;
    for (const char* remedy : {"RLIMIT_MEMLOCK", "ulimit -l", "LimitMEMLOCK=", "limits.conf"}) {
      EXPECT_NE(said->find(remedy), std::string::npos) << row.name << ": " << *said;
    }
  }
}

TEST(Memlock, KnowsWhatIsPinned) {
  EXPECT_EQ(pinned_bytes(), 0u);
  EXPECT_EQ(pinned_bytes(), 0u) << "of the file that stays open";
}

}  // namespace
}  // namespace hvk
