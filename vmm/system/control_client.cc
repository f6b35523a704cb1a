// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/system/control_client.h"

#include <sys/socket.h>

#include <array>
#include <cstdio>

#include "vmm/error.h"
#include "vmm/local_socket.h"
#include "vmm/options.h"

namespace hvk {

int ask_system(const std::string& path, const std::string& words) {
  const std::string what = "--control " + path;
  const Fd fd = connect_to("--control", path);
  // A line feed in the words would be a second question.
  const std::string line = words.substr(0, words.find('\n')) + "\n";
  if (::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(line.size())) {
    throw_errno(what);
  }
  std::string answer;
  std::array<char, 4096> bytes;
  while (answer.find('\n') == std::string::npos) {
    const ssize_t n = ::recv(fd.get(), bytes.data(), bytes.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw SetupError(what, "the system ended without an answer");
    answer.append(bytes.data(), static_cast<size_t>(n));
  }
  std::fputs(answer.c_str(), stdout);
  if (std::fflush(stdout) == EOF) throw_errno("stdout");
  return static_cast<int>(answer.starts_with("error") ? ExitStatus::kHostFailure
                                                      : ExitStatus::kPowerOff);
}

}  // namespace hvk
