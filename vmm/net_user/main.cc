// SPDX-License-Identifier: GPL-2.0-or-later
// hvk-net-user: what hvk-run starts for --net user. Its standard input is a socket with the guest's
// packets in the form of FrameStream; on its standard output it says "ok", or why it cannot start,
// and closes it. It ends when the socket is closed.
//
//   hvk-net-user [--restrict] [--tcp|--udp HOST-ADDRESS PORT GUEST-ADDRESS PORT]...
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "net/frame_stream.h"
#include "net_user/slirp_net.h"

namespace {

using hvk::FrameStream;
using hvk::SetupError;
using hvk::SlirpNet;

// How many packets of the guest are taken before the host's sockets have their turn.
constexpr int kTurn = 64;

struct Forward {
  bool udp;
  in_addr host, guest;
  uint16_t host_port, guest_port;
};

struct Wishes {
  bool restricted = false;
  std::vector<Forward> forwards;
};

in_addr address(const char* text) {
  in_addr parsed;
  if (::inet_pton(AF_INET, text, &parsed) != 1) {
    throw SetupError(std::string(text) + " is no address");
  }
  return parsed;
}

uint16_t port(const char* text) {
  char* end;
  const unsigned long number = std::strtoul(text, &end, 10);
  if (*end != '\0' || number < 1 || number > UINT16_MAX) {
    throw SetupError(std::string(text) + " is no port");
  }
  return static_cast<uint16_t>(number);
}

Wishes parse(int argc, char** argv) {
  Wishes wishes;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--restrict") {
      wishes.restricted = true;
    } else if ((word == "--tcp" || word == "--udp") && i + 4 < argc) {
      wishes.forwards.push_back({word == "--udp", address(argv[i + 1]), address(argv[i + 3]),
                                 port(argv[i + 2]), port(argv[i + 4])});
      i += 4;
    } else {
      throw SetupError("hvk-net-user is started by hvk-run",
                       "it does not know " + std::string(word));
    }
  }
  return wishes;
}

void add_forwards(SlirpNet& net, const Wishes& wishes) {
  for (const Forward& one : wishes.forwards) {
    errno = 0;
    if (net.forward(one.udp, one.host, one.host_port, one.guest, one.guest_port)) continue;
    char host[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, &one.host, host, sizeof(host));
    const bool used = errno == EADDRINUSE;
    throw SetupError(std::string("hostfwd=") + (one.udp ? "udp:" : "tcp:") + host + ":" +
                         std::to_string(one.host_port),
                     errno ? std::strerror(errno) : "it cannot be had",
                     used                   ? "another program has this port"
                     : one.host_port < 1024 ? "ports below 1024 are the administrator's"
                                            : "");
  }
}

// Waits until the socket takes the packet: a guest that does not receive makes its own network
// wait, and nobody else's.
void send(FrameStream& stream, std::span<const std::byte> packet) {
  const iovec whole = {const_cast<std::byte*>(packet.data()), packet.size()};
  while (stream.send({&whole, 1}) == FrameStream::Sent::kFull) {
    pollfd one = {stream.fd(), POLLOUT, 0};
    ::poll(&one, 1, -1);
  }
}

// Until the other end closes the socket.
void serve(FrameStream& stream, SlirpNet& net) {
  std::vector<pollfd> fds;
  bool more = false;  // there may be packets that were read already
  while (stream.ended().empty()) {
    const bool rest = stream.flush() == FrameStream::Sent::kFull;
    fds.assign(1, {stream.fd(), static_cast<short>(POLLIN | (rest ? POLLOUT : 0)), 0});
    const int timeout = net.prepare(fds);
    const int ready = ::poll(fds.data(), fds.size(), more ? 0 : timeout);
    net.serve(fds, ready < 0);
    if (!more && ready <= 0) continue;
    more = true;
    for (int i = 0; more && i < kTurn; ++i) {
      const auto packet = stream.receive();
      more = !packet.empty();
      if (more) net.from_guest(packet);
    }
  }
}

void tell(std::string text) {
  text += '\n';
  [[maybe_unused]] const ssize_t n = ::write(STDOUT_FILENO, text.data(), text.size());
}

}  // namespace

int main(int argc, char** argv) {
  // It ends with hvk-run alone, which waits for its guests when it is told to end.
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE}) ::signal(number, SIG_IGN);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  try {
    const Wishes wishes = parse(argc, argv);
    FrameStream stream;
    SlirpNet net(wishes.restricted, [&](auto packet) { send(stream, packet); });
    add_forwards(net, wishes);
    stream.use(hvk::Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)));
    if (!stream) hvk::throw_errno("standard input");
    // The socket is closed with the last descriptor of it, and nobody waits for more to be told.
    const hvk::Fd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    ::dup2(nothing.get(), STDIN_FILENO);
    tell("ok");
    ::dup2(nothing.get(), STDOUT_FILENO);
    serve(stream, net);
    return 0;
  } catch (const std::exception& error) {
    tell(error.what());
    return 1;
  }
}
