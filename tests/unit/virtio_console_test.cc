// SPDX-License-Identifier: GPL-2.0-only
// Named ports: a driver on one side, files and sockets on the other.
#include "port/virtio_console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <deque>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/local_socket.h"
#include "tests/unit/support.h"
#include "tests/unit/temporary_folder.h"
#include "tests/unit/virtio_driver.h"
#include "virtio/worker.h"

namespace hvk::test {
namespace {

constexpr uint64_t kVersion1 = virtio_feature::kVersion1, kMultiport = 2;
constexpr unsigned kToDriver = 2, kFromDriver = 3;
enum : uint16_t { kDeviceReady = 0, kPortAdd = 1, kPortReady = 3, kPortOpen = 6, kPortName = 7 };

struct Message {
  uint32_t port;
  uint16_t event, value;
};

class Console : public testing::Test {
 protected:
  static constexpr uint64_t kData = layout::kRamBase + 0x100000;

  std::string path(const std::string& name) const { return folder.path() / name; }

  // Ports by their names, with a socket each; one named "file" has a file.
  void make(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      PortConfig config;
      config.name = name;
      config.kind = name == "file" ? PortConfig::Kind::kFile : PortConfig::Kind::kUnix;
      config.path = path(name);
      streams.emplace_back(config);
    }
    begin();
  }
  // A machine, or another one.
  void begin() {
    driver.reset();
    transport.reset();
    device.reset();
    std::vector<PortStream*> all;
    for (PortStream& one : streams) all.push_back(&one);
    device.emplace(loop, all);
    transport.emplace(*device, memory, irq, layout::kVirtioSpiBase, worker);
    driver.emplace(*transport, memory);
  }

  // Starts the driver, with `buffers` for messages to it.
  void start(unsigned buffers = 8) {
    for (unsigned i = 0; i < transport->queues(); ++i) driver->queue(i).clear();
    driver->start(kVersion1 | kMultiport);
    for (unsigned i = 0; i < buffers; ++i) give(kToDriver, 64);
  }
  // The driver's part of a conversation after which port 1 can be used.
  void open(uint32_t port = 1) {
    tell({0, kDeviceReady, 1});
    tell({port, kPortReady, 1});
    tell({port, kPortOpen, 1});
  }

  // Each queue has its own data, and each descriptor a place there.
  uint64_t place(unsigned queue, uint16_t descriptor) const {
    return kData + 0x10000 * queue + 0x100u * descriptor;
  }
  // A buffer to be written to, or what is to be read.
  void give(unsigned queue, uint32_t size) {
    const uint16_t at = next[queue]++ % 64;
    driver->queue(queue).set(at, {place(queue, at), size, kWrite, 0});
    driver->queue(queue).offer(at);
    driver->notify(queue);
  }
  void put(unsigned queue, std::string_view bytes) {
    const uint16_t at = next[queue]++ % 64;
    std::memcpy(memory.at(place(queue, at), bytes.size())->data(), bytes.data(), bytes.size());
    driver->queue(queue).set(at, {place(queue, at), static_cast<uint32_t>(bytes.size()), 0, 0});
    driver->queue(queue).offer(at);
    driver->notify(queue);
  }
  void tell(const Message& message) {
    put(kFromDriver, {reinterpret_cast<const char*>(&message), sizeof(message)});
  }
  // What came back from a queue since the last call, as text.
  std::vector<std::string> got(unsigned queue) {
    std::vector<std::string> all;
    for (const UsedElement& one : driver->queue(queue).collect()) {
      const auto at = static_cast<uint16_t>(one.id);
      all.emplace_back(
          reinterpret_cast<const char*>(memory.at(place(queue, at), one.length)->data()),
          one.length);
    }
    return all;
  }
  // The messages to the driver, "1 add;1 name=agent;".
  std::string told() {
    std::string all;
    for (const std::string& bytes : got(kToDriver)) {
      Message message;
      std::memcpy(&message, bytes.data(), sizeof(message));
      all += fmt::format("{} {}", message.port,
                         message.event == kPortAdd    ? "add"
                         : message.event == kPortName ? "name=" + bytes.substr(sizeof(message))
                         : message.event == kPortOpen ? (message.value ? "open" : "closed")
                                                      : "?");
      all += ";";
    }
    return all;
  }
  // Serves the loop until the condition holds.
  template <typename Condition>
  void serve_until(Condition condition) {
    while (!condition()) ASSERT_TRUE(loop.wait(60'000));
  }
  std::string content(const std::string& name) {
    std::ifstream in(path(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }

  TemporaryFolder folder;
  GuestMemory memory{layout::kRamBase, kMemory};
  FakeIrqLine irq;
  EventLoop loop;
  CallersWorker worker;
  std::deque<PortStream> streams;
  std::optional<VirtioConsole> device;
  std::optional<VirtioMmio> transport;
  std::optional<VirtioDriver> driver;
  std::array<uint16_t, 16> next = {};
};

TEST_F(Console, TellsOfItsPorts) {
  make({"agent", "file"});
  EXPECT_EQ(transport->queues(), 8u);
  EXPECT_EQ(transport->read(reg::kConfig + 4, 4), 3u);
  start();
  EXPECT_EQ(told(), "");
  tell({0, kDeviceReady, 1});
  EXPECT_EQ(told(), "1 add;2 add;");
  tell({1, kPortReady, 1});
  tell({2, kPortReady, 1});
  EXPECT_EQ(told(), "1 name=agent;2 name=file;2 open;");
  {
    const Fd client = connect_to("test", path("agent"));
    serve_until([&] { return driver->queue(kToDriver).used_index() == 6; });
    EXPECT_EQ(told(), "1 open;");
  }
  tell({1, kPortOpen, 1});
  give(4, 64);  // whoever reads notices the end
  serve_until([&] { return driver->queue(kToDriver).used_index() == 7; });
  EXPECT_EQ(told(), "1 closed;");
}

// What has no buffer is told later, and only what is still true.
TEST_F(Console, WaitsForBuffers) {
  make({"agent", "other"});
  start(1);
  tell({0, kDeviceReady, 1});
  EXPECT_EQ(told(), "1 add;");
  for (int i = 0; i < 100; ++i) tell({1, kPortReady, 1});
  for (int i = 0; i < 10; ++i) give(kToDriver, 64);
  EXPECT_EQ(told(), "1 name=agent;2 add;");
}

TEST_F(Console, MovesBytes) {
  make({"agent"});
  start();
  open();
  const Fd client = connect_to("test", path("agent"));
  serve_until([&] { return streams[0].connected(); });
  put(5, "from the guest");
  char bytes[64] = {};
  EXPECT_EQ(::read(client.get(), bytes, sizeof(bytes)), 14);
  EXPECT_STREQ(bytes, "from the guest");
  ASSERT_EQ(::write(client.get(), "from the host", 13), 13);
  give(4, 8);
  give(4, 8);
  serve_until([&] { return driver->queue(4).used_index() == 2; });
  EXPECT_EQ(got(4), (std::vector<std::string>{"from the", " host"}));
  EXPECT_EQ(got(5).size(), 1u);
}

// The reader that does not read holds the guest's bytes, all of which come when it does.
TEST_F(Console, WaitsForAReader) {
  make({"agent", "file"});
  start();
  open();
  const Fd client = connect_to("test", path("agent"));
  serve_until([&] { return streams[0].connected(); });
  const std::string chunk(0x100, 'x');
  unsigned sent = 0;
  while (driver->queue(5).used_index() == sent) put(5, chunk), ++sent;
  // Another port goes on.
  open(2);
  put(7, "a line\n");
  EXPECT_EQ(content("file"), "a line\n");
  size_t received = 0;
  std::vector<char> bytes(1 << 16);
  while (received < sent * chunk.size()) {
    const ssize_t n = ::recv(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (n > 0) received += static_cast<size_t>(n);
    if (n < 0) loop.wait(1000);
  }
  EXPECT_EQ(received, sent * chunk.size());
  EXPECT_EQ(driver->queue(5).used_index(), sent);
}

// Without a program that has the port open nothing is read, and without a client what is written is
// lost.
TEST_F(Console, WhenOneEndIsClosed) {
  make({"agent"});
  start();
  tell({0, kDeviceReady, 1});
  tell({1, kPortReady, 1});
  put(5, "lost");
  EXPECT_EQ(driver->queue(5).used_index(), 1);
  const Fd client = connect_to("test", path("agent"));
  serve_until([&] { return streams[0].connected(); });
  ASSERT_EQ(::write(client.get(), "early", 5), 5);
  give(4, 64);
  while (loop.wait(0)) continue;
  EXPECT_EQ(driver->queue(4).used_index(), 0);
  tell({1, kPortOpen, 1});
  EXPECT_EQ(got(4), std::vector<std::string>{"early"});
}

TEST_F(Console, OneClientAtATime) {
  make({"agent"});
  start();
  open();
  give(4, 64);
  std::optional<Fd> first = connect_to("test", path("agent"));
  serve_until([&] { return streams[0].connected(); });
  const Fd second = connect_to("test", path("agent"));
  ASSERT_EQ(::write(second.get(), "second", 6), 6);
  while (loop.wait(0)) continue;
  EXPECT_EQ(driver->queue(4).used_index(), 0);
  first.reset();
  serve_until([&] { return driver->queue(4).used_index() == 1; });
  EXPECT_EQ(got(4), std::vector<std::string>{"second"});
}

TEST_F(Console, AppendsToAFileOverMachines) {
  make({"file"});
  for (int round = 0; round < 2; ++round) {
    start();
    open();
    put(5, "line\n");
    begin();
  }
  EXPECT_EQ(content("file"), "line\nline\n");
}

// A client that has said all may wait for the answer.
TEST_F(Console, AnswersWhoHasSaidAll) {
  make({"agent"});
  start();
  open();
  give(4, 64);
  give(4, 64);
  const Fd client = connect_to("test", path("agent"));
  ASSERT_EQ(::write(client.get(), "question", 8), 8);
  ASSERT_EQ(::shutdown(client.get(), SHUT_WR), 0);
  serve_until([&] { return driver->queue(4).used_index() == 1; });
  EXPECT_EQ(got(4), std::vector<std::string>{"question"});
  while (loop.wait(0)) {
  }
  EXPECT_TRUE(streams[0].connected());
  put(5, "answer");
  char bytes[16] = {};
  EXPECT_EQ(::read(client.get(), bytes, sizeof(bytes)), 6);
  EXPECT_STREQ(bytes, "answer");
}

// A buffer of no bytes is not the end of what a client says.
TEST_F(Console, EmptyBuffers) {
  make({"agent"});
  start();
  open();
  const Fd client = connect_to("test", path("agent"));
  serve_until([&] { return streams[0].connected(); });
  ASSERT_EQ(::write(client.get(), "still there", 11), 11);
  give(4, 0);
  give(4, 64);
  serve_until([&] { return driver->queue(4).used_index() == 2; });
  EXPECT_EQ(got(4), (std::vector<std::string>{"", "still there"}));
  EXPECT_TRUE(streams[0].connected());
}

// The device stands still, and waits for nothing that would be ready for ever.
TEST_F(Console, BrokenQueue) {
  make({"agent", "other"});
  start();
  open();
  give(4, 64);
  const Fd client = connect_to("test", path("agent"));
  serve_until([&] { return streams[0].connected(); });
  driver->queue(kFromDriver).set_index(1000);
  driver->notify(kFromDriver);
  EXPECT_TRUE(driver->read(reg::kStatus) & kNeedsReset);
  ASSERT_EQ(::write(client.get(), "to nobody", 9), 9);
  for (int rounds = 0; rounds < 10 && loop.wait(0); ++rounds) {
  }
  EXPECT_FALSE(loop.wait(0)) << "it spins";
}

// The guest goes on, and the person is told once.
TEST_F(Console, FullDisk) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "there is no /dev/full";
  PortConfig config;
  config.name = "log";
  config.kind = PortConfig::Kind::kFile;
  config.path = "/dev/full";
  streams.emplace_back(config);
  begin();
  start();
  open();
  testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) put(5, "lost");
  EXPECT_EQ(got(5).size(), 3u);
  const std::string said = testing::internal::GetCapturedStderr();
  const size_t at =
      said.find("--port log: /dev/full: No space left on device; what the guest writes");
  ASSERT_NE(at, std::string::npos) << said;
  EXPECT_EQ(said.find("--port log", at + 1), std::string::npos) << said;
}

TEST_F(Console, IgnoresNonsense) {
  make({"agent"});
  start();
  open();
  for (const Message& message :
       {Message{7, kPortReady, 1}, {0, kPortOpen, 1}, {1, 99, 1}, {UINT32_MAX, kPortReady, 1}}) {
    tell(message);
  }
  put(kFromDriver, "x");
  put(kFromDriver, "");
  put(0, "port 0");
  give(1, 64);
  EXPECT_FALSE(driver->read(reg::kStatus) & kNeedsReset);
  driver->queue(5).set(0, {0, 16, 0, 0});
  driver->queue(5).offer(0);
  driver->notify(5);
  EXPECT_TRUE(driver->read(reg::kStatus) & kNeedsReset);
  driver->write(reg::kStatus, 0);
  start();
  open();
  EXPECT_EQ(told(), "1 add;1 name=agent;");
}

TEST_F(Console, KeepsItsStateOverSaveAndRestore) {
  make({"agent", "file"});
  start();
  open(2);
  const nlohmann::json state = transport->save();
  begin();
  transport->restore(state);
  EXPECT_EQ(transport->save(), state);
  next[7] = 0;
  put(7, "after\n");
  EXPECT_EQ(content("file"), "after\n");

  nlohmann::json wrong = state;
  wrong["own"][0]["name"] = "another";
  begin();
  EXPECT_THROW(transport->restore(wrong), SetupError);
  wrong["own"].erase(1);
  EXPECT_THROW(transport->restore(wrong), SetupError);
}

TEST_F(Console, RefusesAtSetUp) {
  PortConfig config;
  config.name = "x";
  config.kind = PortConfig::Kind::kFile;
  config.path = path("no/such/folder");
  EXPECT_THROW(PortStream{config}, SetupError);
  config.kind = PortConfig::Kind::kUnix;
  EXPECT_THROW(PortStream{config}, SetupError);
  config.kind = PortConfig::Kind::kPty;
  EXPECT_TRUE(PortStream(config).place().starts_with("/dev/"));
}

}  // namespace
}  // namespace hvk::test
