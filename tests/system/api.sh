# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Tests of the ioctl ABI by a VMM of their own (tests/api).

# api_program PROGRAM DEVICE: every test of one of them.
api_program() {
	need "$2"
	timeout -s KILL 180 "$api/$1" "$2" >"$work/test/lines" 2>&1
	status=$?
	cat "$work/test/lines"
	! grep -m 1 '^not ok' "$work/test/lines" >"$work/test/bad" ||
		fail "$(cat "$work/test/bad")"
	[ $status = 0 ] || fail "$1 ended with status $status"
}

# api_memory DEVICE: guest memory that the host takes back, regions, VMIDs.
api_memory() {
	api_program memory "$1"
}

# api_interrupts DEVICE: the interrupt controller's device, irqfds, ioeventfds.
api_interrupts() {
	api_program interrupts "$1"
}

# api_partition: hvk's own calls.
api_partition() {
	api_program partition /dev/hvk
}

# api_owner [SECONDS]: KVM's VMs and hvk's at once, also racing for so long; EL2 taken
# from under hvk's.
api_owner() {
	export HVK_SECONDS="${1:-5}"
	api_program owner /dev/hvk
}
