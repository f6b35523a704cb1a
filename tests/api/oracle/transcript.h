// SPDX-License-Identifier: GPL-2.0-only
// What was asked of one device and what it answered, as text: "AREA/ITEM/CASE" and an answer.
// Two transcripts, of the same probe on two devices, are what the oracle compares.
#pragma once

#include <map>
#include <string>

namespace hvk::oracle {

// The answer that stands for "this was not asked here".
inline constexpr const char* kNotAsked = "(not asked)";

class Transcript {
 public:
  // Each question once: a second answer to it is a mistake of the probe's, and throws.
  void note(const std::string& question, const std::string& answer);

  const std::map<std::string, std::string>& notes() const { return notes_; }

 private:
  std::map<std::string, std::string> notes_;
};

struct Divergence {
  std::string question, oracle, subject;
};

// Calls found(Divergence) for each question that the two did not answer alike.
template <typename Found>
void compare(const Transcript& oracle, const Transcript& subject, Found found) {
  auto a = oracle.notes().begin(), b = subject.notes().begin();
  while (a != oracle.notes().end() || b != subject.notes().end()) {
    if (b == subject.notes().end() || (a != oracle.notes().end() && a->first < b->first)) {
      found(Divergence{a->first, a->second, kNotAsked});
      ++a;
    } else if (a == oracle.notes().end() || b->first < a->first) {
      found(Divergence{b->first, kNotAsked, b->second});
      ++b;
    } else {
      if (a->second != b->second) found(Divergence{a->first, a->second, b->second});
      ++a, ++b;
    }
  }
}

}  // namespace hvk::oracle
