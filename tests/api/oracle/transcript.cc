// SPDX-License-Identifier: GPL-2.0-only
#include "tests/api/oracle/transcript.h"

#include <stdexcept>

namespace hvk::oracle {

void Transcript::note(const std::string& question, const std::string& answer) {
  if (!notes_.emplace(question, answer).second) {
    throw std::logic_error("asked twice: " + question);
  }
}

}  // namespace hvk::oracle
