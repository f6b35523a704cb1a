// SPDX-License-Identifier: GPL-2.0-or-later
#include "net/user_net.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/child.h"
#include "base/error.h"
#include "base/fd.h"
#include "net/stream_socket.h"

namespace hvk {
namespace {

constexpr const char* kWhat = "--net user";
constexpr const char* kProgram = "hvk-net-user";
// How long the program may take to start, in milliseconds: no more than a loader's work.
constexpr int kStartTime = 30'000;

// The program: beside hvk-run, or where it is installed.
std::string find_program() {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* place : {".", "../libexec/hvk", "../lib/hvk"}) {
    const auto path = (folder / place / kProgram).lexically_normal();
    if (::access(path.c_str(), X_OK) == 0) return path.string();
  }
  throw SetupError(
      kWhat, std::string("the program ") + kProgram + " is not beside hvk-run",
      "'make install' and Debian's package hvk-run put it into lib/hvk; or use --net socket with "
      "passt");
}

std::vector<std::string> words_of(const NetConfig& config) {
  std::vector<std::string> words = {kProgram};
  if (config.restricted) words.push_back("--restrict");
  for (const PortForward& forward : config.forwards) {
    const auto or_any = [](const std::string& address) {
      return address.empty() ? "0.0.0.0" : address;
    };
    words.insert(words.end(), {forward.udp ? "--udp" : "--tcp", or_any(forward.host),
                               std::to_string(forward.host_port), or_any(forward.guest),
                               std::to_string(forward.guest_port)});
  }
  return words;
}

// What the program says of its start, until it closes `status`.
std::string read_status(int status) {
  std::string text;
  std::array<char, 512> chunk;
  for (;;) {
    pollfd one = {status, POLLIN, 0};
    const int ready = ::poll(&one, 1, kStartTime);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) throw SetupError(kWhat, std::string(kProgram) + " does not answer");
    const ssize_t n = ready < 0 ? -1 : ::read(status, chunk.data(), chunk.size());
    if (n < 0) throw_errno(std::string(kWhat) + ": " + kProgram);
    if (n == 0 || text.size() > chunk.size()) return text;
    text.append(chunk.data(), static_cast<size_t>(n));
  }
}

class UserNet final : public StreamSocket {
 public:
  UserNet(Fd socket, Child program)
      : StreamSocket(std::move(socket), std::string("network by ") + kProgram),
        program_(std::move(program)) {}

 private:
  const Child program_;
};

}  // namespace

std::unique_ptr<NetBackend> start_user_net(const NetConfig& config) {
  const std::string path = find_program();
  int sockets[2], pipe[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) throw_errno(kWhat);
  Fd ours(sockets[0]), theirs(sockets[1]);
  if (::pipe2(pipe, O_CLOEXEC) != 0) throw_errno(kWhat);
  Fd status(pipe[0]), told(pipe[1]);

  // Its standard input is the network, its standard output how it starts.
  ChildProgram program;
  program.path = path;
  program.words = words_of(config);
  program.files = {{theirs.get(), STDIN_FILENO}, {told.get(), STDOUT_FILENO}};
  Child child = start_child(kWhat, program);
  theirs = Fd();
  told = Fd();
  std::string text = read_status(status.get());
  if (text == "ok\n") return std::make_unique<UserNet>(std::move(ours), std::move(child));
  if (text.empty()) {
    throw SetupError(kWhat, path + " ended at once",
                     "it needs the library libslirp (Debian's package libslirp0)");
  }
  if (text.back() == '\n') text.pop_back();
  throw SetupError(kWhat, text);
}

}  // namespace hvk
