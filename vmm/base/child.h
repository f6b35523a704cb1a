// SPDX-License-Identifier: GPL-2.0-or-later
// A program that hvk-run starts for a guest, and ends with it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace hvk {

// A process that is ended and waited for at the latest when this object goes.
class Child {
 public:
  Child() = default;
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    return *this;
  }
  ~Child();

 private:
  pid_t pid_ = -1;
};

// How a program is started. The child has a session of its own, so that no key of the terminal ends
// it, blocks and ignores no signal, ends when the thread does that started it, and has no
// descriptor of hvk-run's but standard error and those of `files`.
struct ChildProgram {
  std::string path;
  std::vector<std::string> words;  // its arguments, words[0] the name that it is called by
  // Descriptors of this process and the numbers that they have in the child, which are 0, 1, or
  // from 3 on in rising order.
  std::vector<std::pair<int, int>> files;
  // Run in the child before the program, if it is set. It may call only what is safe in a signal
  // handler. False, with errno set, ends the child.
  bool (*prepare)(const std::string& argument) = nullptr;
  std::string argument;
};

// Throws SetupError, whose message begins with `what`, if the program cannot be executed.
Child start_child(const std::string& what, const ChildProgram& program);

}  // namespace hvk
