// SPDX-License-Identifier: GPL-2.0-only
// hvk-run: runs one guest under hvk or KVM.
#include <cstdio>
#include <exception>

#include "vmm/doctor.h"
#include "vmm/log.h"
#include "vmm/options.h"
#include "vmm/session.h"

int main(int argc, char** argv) {
  try {
    const hvk::ParsedOptions parsed = hvk::parse_options(argc, argv);
    if (!parsed.options) {
      std::fputs(parsed.out.c_str(), stdout);
      std::fputs(parsed.err.c_str(), stderr);
      return static_cast<int>(parsed.status);
    }
    if (parsed.options->doctor) return hvk::run_doctor();
    return hvk::run_session(parsed.options->config);
  } catch (const std::exception& error) {
    hvk::log(error.what());
    return static_cast<int>(hvk::ExitStatus::kHostFailure);
  }
}
