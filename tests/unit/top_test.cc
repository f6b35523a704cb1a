// SPDX-License-Identifier: GPL-2.0-only
// The live table, from two answers of a system.
#include "control/top.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "hv/usage.h"

namespace hvk {
namespace {

using nlohmann::json;

json guest(const std::string& name, uint64_t cpu_ns, uint64_t read, uint64_t exits) {
  json one = {{"name", name},         {"state", "running"},    {"cpu_ns", cpu_ns},
              {"disk_read", read},    {"disk_written", 0},     {"net_received", 1500},
              {"net_sent", 2 * read}, {"resident", 268435456}, {"exits", json::object()}};
  for (const char* kind : kExitKinds) one["exits"][kind] = 0;
  one["exits"]["wfi"] = exits;
  one["exits"]["mmio-user"] = 3 * exits;
  return one;
}

TEST(Top, ShowsWhatHasChangedInASecond) {
  const json before = {{"system", "demo"},
                       {"partitions", {guest("linux", 1'000'000'000, 1000, 10)}}};
  const json now = {
      {"system", "demo"},
      {"partitions",
       {guest("linux", 4'000'000'000, 2'001'000, 3010), guest("late", 500'000'000, 0, 0)}}};
  EXPECT_EQ(
      top_table(before, now, 2, 1000),
      "guest            state     CPU % memory   read  write   recv   send exits/s  most\n"
      "linux            running   150.0   268M   1.0M      0      0   2.0M    6.0k  mmio-user "
      "4.5k, wfi 1.5k\n"
      "late             running    25.0   268M      0      0    750      0       0  \n");
}

TEST(Top, FitsIntoTheTerminal) {
  const json status = {{"partitions", {guest(std::string(40, 'n'), 0, 0, 0)}}};
  const std::string table = top_table(status, status, 1, 30);
  EXPECT_EQ(table.find('\n'), 30u);
  EXPECT_EQ(table.size(), 62u);
}

TEST(Top, RefusesWhatIsNoStatus) {
  EXPECT_THROW(top_table(json::object(), json::object(), 1, 80), json::exception);
  EXPECT_THROW(top_table({{"partitions", {1}}}, {{"partitions", {1}}}, 1, 80), json::exception);
}

}  // namespace
}  // namespace hvk
