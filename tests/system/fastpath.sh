# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Tests of other files once more, with the module's parameter fastpath off: EL1 answers
# what EL2 answers otherwise, and nobody sees a difference.

fastpath=/sys/module/hvk/parameters/fastpath

# without_fastpath FUNCTION ARGUMENTS...: a VM takes the parameter as it is when its first
# vCPU runs. However the test ends, it is on again afterwards.
without_fastpath() {
	need_hvk
	trap 'end_processes; echo Y >$fastpath' EXIT
	echo N >$fastpath || fail "cannot write $fastpath"
	"$@"
}
