// SPDX-License-Identifier: GPL-2.0-only
// The schedule's records as JSON, and the file that holds them.
#include "control/trace.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"
#include "uapi/hvk.h"

namespace hvk {
namespace {

using nlohmann::json;

// Windows 0 and 1 on CPU 1, window 2 on CPU 3.
SystemConfig some_system() {
  SystemConfig system;
  system.name = "a \"system\"";
  system.guests.resize(2);
  system.guests[0].name = "left";
  system.guests[1].name = "right";
  system.frame_ns = 1000000;
  system.windows = {{0, 1, 0, 100000}, {1, 1, 500000, 100000}, {1, 3, 0, 100000}};
  return system;
}

hvk_trace record(uint32_t event, uint64_t ns, uint32_t cpu, uint32_t window, uint32_t lost = 0) {
  return {ns, event, cpu, window, lost};
}

// "NAME@CPU TIME+LENGTH" of a slice, "NAME@CPU TIME" of a mark, in us.
std::vector<std::string> told(const std::string& text) {
  std::vector<std::string> lines;
  const json trace = json::parse(text);
  for (const json& event : trace.at("traceEvents")) {
    if (event.at("ph") == "M") continue;
    std::ostringstream line;
    line << event.at("name").get<std::string>() << "@" << event.at("tid").get<int>() - 1 << " "
         << event.at("ts").dump();
    if (event.at("ph") == "X") line << "+" << event.at("dur").dump();
    lines.push_back(line.str());
  }
  return lines;
}

std::string whole(const SystemConfig& system, const std::vector<hvk_trace>& records) {
  TraceJson json(system);
  std::string text = json.header();
  // One by one: what is kept between calls counts.
  for (const hvk_trace& one : records) text += json.events({&one, 1});
  return text + std::string(TraceJson::kFooter);
}

TEST(TraceJson, NamesTheSystemAndItsCpus) {
  const json trace = json::parse(whole(some_system(), {}));
  std::vector<std::string> names;
  for (const json& event : trace.at("traceEvents")) {
    EXPECT_EQ(event.at("ph"), "M");
    names.push_back(event.at("args").at("name"));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"a \"system\"", "CPU 1", "CPU 3"}));
}

TEST(TraceJson, RecordsBecomeSlicesAndMarks) {
  constexpr uint32_t kStart = HVK_TRACE_WINDOW_START, kEnter = HVK_TRACE_ENTER,
                     kYield = HVK_TRACE_YIELD, kEnd = HVK_TRACE_WINDOW_END, kLeft = HVK_TRACE_LEFT,
                     kLate = HVK_TRACE_LATE;
  struct Case {
    const char* name;
    std::vector<hvk_trace> records;
    std::vector<std::string> expected;
  };
  const Case cases[] = {
      {"nothing", {}, {}},
      {"a window",
       {record(kStart, 1000001, 1, 0), record(kEnd, 1100250, 1, 0)},
       {"left@1 1000.001+100.249"}},
      {"its guest",
       {record(kStart, 1000, 1, 0), record(kEnter, 2000, 1, 0), record(kYield, 3000, 1, 0),
        record(kEnd, 101000, 1, 0)},
       {"enter@1 2.0", "yield@1 3.0", "left@1 1.0+100.0"}},
      {"cut in time",
       {record(kStart, 1000, 1, 0), record(kLeft, 101000, 1, 0), record(kEnd, 101500, 1, 0)},
       {"cut@1 101.0", "left@1 1.0+100.5"}},
      {"cut in time, in the second window",
       {record(kStart, 1000, 1, 0), record(kEnd, 101000, 1, 0), record(kStart, 501000, 1, 1),
        record(kLeft, 601000, 1, 1), record(kEnd, 601500, 1, 1)},
       {"left@1 1.0+100.0", "cut@1 601.0", "right@1 501.0+100.5"}},
      {"an overrun",
       {record(kStart, 1000, 1, 0), record(HVK_TRACE_OVERRUN, 101000, 1, 0),
        record(kEnd, 101000, 1, 0)},
       {"overrun@1 101.0", "left@1 1.0+100.0"}},
      {"cut while it starts up",
       {record(kStart, 1000, 1, 0), record(HVK_TRACE_STARTUP, 101000, 1, 0),
        record(kEnd, 101000, 1, 0)},
       {"start-up@1 101.0", "left@1 1.0+100.0"}},
      {"one that did not take place",
       {record(kStart, 101000, 1, 0), record(HVK_TRACE_LOST, 101000, 1, 0),
        record(kEnd, 101000, 1, 0)},
       {"lost@1 101.0", "left@1 101.0+0.0"}},
      {"cut late, after the next has begun",
       {record(kStart, 1000, 1, 0), record(kEnd, 101000, 1, 0), record(kStart, 101500, 1, 1),
        record(kLate, 121001, 1, 0), record(kEnd, 201500, 1, 1)},
       {"left@1 1.0+100.0", "late@1 121.001", "cut@1 121.001", "right@1 101.5+100.0"}},
      {"two CPUs at once",
       {record(kStart, 1000, 1, 0), record(kStart, 1100, 3, 2), record(kEnd, 2000, 1, 0),
        record(kEnd, 2100, 3, 2)},
       {"left@1 1.0+1.0", "right@3 1.1+1.0"}},
      {"an end without a start", {record(kEnd, 2000, 1, 0)}, {}},
      {"an end of another window", {record(kStart, 1000, 1, 0), record(kEnd, 2000, 1, 1)}, {}},
      {"records lost within a window",
       {record(kStart, 1000, 1, 0), record(kEnd, 9000, 1, 0, 7)},
       {"7 records lost@1 9.0"}},
      {"a time that runs backwards", {record(kStart, 2000, 1, 0), record(kEnd, 1000, 1, 0)}, {}},
      {"no such window", {record(kEnter, 1000, 1, 3), record(kEnter, 1000, 1, UINT32_MAX)}, {}},
      {"a window of another CPU", {record(kEnter, 1000, 3, 0)}, {}},
      {"an unknown event", {record(99, 1000, 1, 0)}, {}},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(told(whole(some_system(), one.records)), one.expected) << one.name;
  }
}

class TraceFileTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/hvk-trace-XXXXXX";
    const int fd = ::mkstemp(name);
    ASSERT_GE(fd, 0);
    ::close(fd);
    path = name;
  }
  void TearDown() override { ::unlink(path.c_str()); }

  std::string content() const {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  const SystemConfig system = some_system();
  std::string path;
};

TEST_F(TraceFileTest, IsItsOwnersAlone) {
  ::unlink(path.c_str());
  const mode_t before = ::umask(0);
  const TraceFile file(path, system);
  ::umask(before);
  struct stat status = {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(TraceFileTest, IsValidAfterEachWrite) {
  TraceFile file(path, system);
  EXPECT_TRUE(told(content()).empty());
  for (size_t n = 1; n <= 3; ++n) {
    const hvk_trace enter = record(HVK_TRACE_ENTER, n * 1000, 1, 0);
    file.write({&enter, 1});
    EXPECT_EQ(told(content()).size(), n);
  }
  EXPECT_EQ(file.lost(), 0u);
}

// A limit on the file's size stands in for a full disk.
TEST_F(TraceFileTest, AFullDiskLosesRecordsAndIsValid) {
  TraceFile file(path, system);
  const hvk_trace enter = record(HVK_TRACE_ENTER, 1000, 1, 0);
  file.write({&enter, 1});
  const std::string before = content();

  rlimit old;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight = {before.size() + 10, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const std::vector<hvk_trace> many(5, enter);
  file.write(many);
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);

  EXPECT_EQ(file.lost(), 5u);
  EXPECT_EQ(file.error(), EFBIG);
  EXPECT_EQ(content(), before);
  file.write({&enter, 1});
  EXPECT_EQ(told(content()).size(), 2u);
}

TEST_F(TraceFileTest, ReplacesWhatWasThere) {
  std::ofstream(path) << std::string(10000, 'x');
  TraceFile file(path, system);
  EXPECT_TRUE(told(content()).empty());
}

TEST(TraceFile, SaysWhyItCannotBe) {
  EXPECT_THROW(TraceFile("/no-such-folder/trace", some_system()), SetupError);
}

// In a period no CPU makes more records than half of those that the module keeps, six in a window.
TEST(Trace, PeriodFollowsFromTheWindows) {
  constexpr uint64_t kUs = 1'000, kMs = 1'000'000;
  const struct {
    const char* name;
    std::optional<uint64_t> frame_ns;
    std::vector<unsigned> cpus;  // of the windows
    int ms;
  } kTable[] = {
      {"five windows in the shortest frame", 100 * kUs, {1, 1, 1, 1, 1}, 3},
      {"and one on another CPU", 100 * kUs, {0, 1, 1, 1, 1, 1, 2}, 3},
      {"five CPUs", 100 * kUs, {0, 1, 2, 3, 4}, 17},
      {"one window in that frame", 100 * kUs, {1}, 17},
      {"in a frame of 1 ms", kMs, {1, 1}, 20},
      {"the most windows", 1280 * kUs, std::vector<unsigned>(64, 1), 2},
      {"in the longest frame", 10'000 * kMs, {1}, 20},
      {"no schedule", {}, {}, 20},
  };
  for (const auto& row : kTable) {
    SystemConfig system;
    system.frame_ns = row.frame_ns;
    for (const unsigned cpu : row.cpus) system.windows.push_back({0, cpu, 0, 20 * kUs});
    EXPECT_EQ(trace_period_ms(system), row.ms) << row.name;
  }
}

// What the module's file would give is read from a pipe.
TEST_F(TraceFileTest, TheThreadWritesWhatIsLeftAtItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
  const Fd out(ends[0]), in(ends[1]);
  {
    const Trace trace(path, system, out.get());
    const hvk_trace enter = record(HVK_TRACE_ENTER, 1000, 1, 0);
    ASSERT_EQ(::write(in.get(), &enter, sizeof(enter)), static_cast<ssize_t>(sizeof(enter)));
  }
  EXPECT_EQ(told(content()), (std::vector<std::string>{"enter@1 1.0"}));
}

}  // namespace
}  // namespace hvk
