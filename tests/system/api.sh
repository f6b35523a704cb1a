# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Tests of the ioctl ABI by a VMM of their own (tests/api).

# api_memory DEVICE: guest memory that the host takes back, regions, VMIDs.
api_memory() {
	need "$1"
	timeout -s KILL 120 "$api/memory" "$1" >"$work/test/lines" 2>&1
	status=$?
	cat "$work/test/lines"
	! grep -m 1 '^not ok' "$work/test/lines" >"$work/test/bad" ||
		fail "$(cat "$work/test/bad")"
	[ $status = 0 ] || fail "memory ended with status $status"
}
