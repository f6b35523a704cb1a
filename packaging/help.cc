// SPDX-License-Identifier: GPL-2.0-only
// hvk-run's --help from the same sources, for machines on which hvk-run itself does not run.
#include <cstdio>

#include "cli/command_line.h"

int main() {
  const char* const argv[] = {"hvk-run", "--help"};
  return std::fputs(hvk::parse_options(2, argv).out.c_str(), stdout) < 0;
}
