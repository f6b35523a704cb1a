# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Tests of the ioctl ABI by a VMM of their own (tests/api).

# api_program PROGRAM DEVICE [TEST...]: every test of one of them, or these.
api_program() {
	need "$2"
	program=$1
	shift
	timeout -s KILL $((180 * patience)) "$api/$program" "$@" >"$work/test/lines" 2>&1
	status=$?
	cat "$work/test/lines"
	! grep -m 1 '^not ok' "$work/test/lines" >"$work/test/bad" ||
		fail "$(cat "$work/test/bad")"
	[ $status = 0 ] || fail "$program ended with status $status"
}

# api_memory DEVICE: guest memory that the host takes back, regions, VMIDs.
api_memory() {
	api_program memory "$1"
}

# api_compat DEVICE: 32-bit programs are kept out.
api_compat() {
	need "$1"
	"$api/compat" "$1" >"$work/test/lines" 2>&1
	[ $? != 77 ] || skip "$(cat "$work/test/lines")"
	api_program compat "$1"
}

# api_owner [SECONDS]: KVM's VMs and hvk's at once, also racing for so long; EL2 taken
# from under hvk's.
api_owner() {
	export HVK_SECONDS="${1:-5}"
	api_program owner /dev/hvk
}

# api_stuck DEVICE: a VM whose memory never comes hangs nobody else, and goes when it is
# killed.
api_stuck() {
	api_program stuck "$1"
	[ "$1" = /dev/hvk ] || return 0
	module_unused || fail "the module is still in use"
	[ ! -r /sys/kernel/debug/hvk/state ] || grep -q '^VMs 0$' /sys/kernel/debug/hvk/state ||
		fail "$(head -n 1 /sys/kernel/debug/hvk/state)"
}

module_unused() {
	[ "$(cat /sys/module/hvk/refcnt)" = 0 ]
}

has_free() { # KiB
	[ "$(free_memory)" -ge "$1" ]
}

# api_fuzz SECONDS: hostile programs, root's and others'; afterwards nobody uses the
# module, and the host has its memory back. What the kernel said, the lab looks at.
api_fuzz() {
	need_hvk
	# Nobody's group, for the time of this test.
	group=60000
	chgrp $group /dev/hvk && chmod 660 /dev/hvk || fail "chgrp /dev/hvk"
	# What the kernel and this shell allocate for good, at first use.
	timeout -s KILL 60 "$api/ioctl_fuzz" /dev/hvk --seconds 1 --group $group >/dev/null
	wait_until 20 module_unused || fail "the module is in use after a first round"
	before=$(free_memory)
	timeout -s KILL $(($1 * 2 + 60)) "$api/ioctl_fuzz" /dev/hvk --seconds "$1" \
		--group $group ${2:+--seed "$2"} >"$work/test/lines" 2>&1
	status=$?
	chgrp 0 /dev/hvk
	chmod 600 /dev/hvk
	cat "$work/test/lines"
	! grep -m 1 '^not ok' "$work/test/lines" >"$work/test/bad" ||
		fail "$(cat "$work/test/bad") ($(head -n 1 "$work/test/lines"))"
	[ $status = 0 ] || fail "ioctl_fuzz ended with status $status"
	wait_until 20 module_unused || fail "the module is still in use"
	wait_until 30 has_free $((before - 2048)) ||
		fail "$(free_memory) KiB are free, $before before"
}

# api_oracle: /dev/hvk answers as /dev/kvm does, or as a table says.
api_oracle() {
	need /dev/kvm
	need /dev/hvk
	# Until the host has entropy, guests are told so; KVM gives what there is. This waits.
	head -c 1 /dev/random >/dev/null
	# The debug host's kernel is a small one, whose KVM lacks what others differ in; a Raspberry Pi
	# has not the flash that is the device which a difference is about.
	case $host in
	debug | raspi4b) rows=-*NoRowIsStale ;;
	*) rows=* ;;
	esac
	# shellcheck disable=SC2154  # $host is run-suite's
	timeout -s KILL $((150 * patience)) "$api/oracle/oracle" --gtest_brief=1 \
		"--gtest_filter=$rows" /dev/kvm /dev/hvk "$api/oracle" >"$work/test/lines" 2>&1
	status=$?
	cat "$work/test/lines"
	! grep -E -m 1 ': KVM .*, hvk |there is no such difference' "$work/test/lines" >"$work/test/bad" ||
		fail "$(cat "$work/test/bad")"
	[ $status = 0 ] || fail "ended with status $status"
}
