# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Running one test and reporting it; waiting for events with an end to it.
#
# A test is a function that runs in a subshell. It returns normally if it passed,
# or calls fail or skip. Its output is a diagnostic, shown only if it failed.

# Tests name files by these, so that they run in the lab and on a machine itself.
find_files() {
	# In a source tree guests/ and api/ are sources.
	if [ -f guests/boot.elf ]; then guests=guests; else guests=build/guests; fi
	if [ -d api ]; then api=api; else api=build/tests/api; fi
	hvk_run=./hvk-run
	initrd=initrd.cpio.gz
}

# kernel_image NAME: the file of kernel 6.1 or 6.12, or of this machine's own.
kernel_image() {
	if [ "$1" != here ]; then
		echo "Image-$1"
		return
	fi
	for file in /boot/firmware/kernel8.img /boot/kernel8.img "/boot/vmlinuz-$(uname -r)"; do
		[ -r "$file" ] && echo "$file" && return
	done
}

# How much longer than on another host things may take.
patience=1

fail() {
	echo "$*" >"$work/reason"
	exit 1
}

skip() {
	echo "$*" >"$work/reason"
	exit 77
}

# Hundredths of a second since boot.
clock() {
	sed 's/\([0-9]*\)\.\([0-9]*\) .*/\1\2/' /proc/uptime
}

# run_test NAME FUNCTION ARGUMENTS...
run_test() {
	test_name=$1
	shift
	rm -rf "$work/test"
	mkdir "$work/test"
	echo "did not finish" >"$work/reason"
	started=$(clock)
	(
		trap end_processes EXIT
		"$@"
		exit 0
	) >"$work/output" 2>&1 </dev/null
	status=$?
	hundredths=$(($(clock) - started))
	seconds=$((hundredths / 100)).$((hundredths % 100 / 10))
	case $status in
	0) echo "ok $test_name $seconds" ;;
	77) echo "skip $test_name $seconds $(cat "$work/reason")" ;;
	*)
		echo "not ok $test_name $seconds $(cat "$work/reason")"
		echo "$test_name" >>"$work/failures"
		tr -d '\r' <"$work/output" | tail -n 60 | sed 's/^/# /'
		;;
	esac
}

# background COMMAND...: starts it; it ends with the test at the latest. A function's
# last command takes the place of the shell that runs it ($last), or ending that shell
# would leave it behind.
background() {
	(
		last=exec
		"$@"
	) &
	pids="${pids:-} $!"
}

# Busybox's timeout becomes its command; Debian's is a process beside it, both in a group
# of their own.
end_processes() {
	for pid in ${pids:-}; do
		kill -s KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		wait_until 10 group_gone "$pid"
	done
}

group_gone() {
	! kill -s 0 -- "-$1" 2>/dev/null
}

# vm DEVICE SECONDS OPTIONS...: hvk-run, its console and messages on standard output,
# ended for good when the time is over (status 137).
vm() {
	vm_device=$1 vm_limit=$(($2 * patience))
	shift 2
	${last:-} timeout -s KILL "$vm_limit" "$hvk_run" --dev "$vm_device" "$@" 2>&1
}

# Debian has no usleep, busybox has no sleep of less than a second everywhere.
command -v usleep >/dev/null || usleep() {
	sleep "$(printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)))"
}

# wait_until SECONDS COMMAND...: until COMMAND succeeds; fails when the time is over.
wait_until() {
	until_end=$(($(clock) + $1 * patience * 100))
	shift
	while ! "$@"; do
		[ "$(clock)" -lt "$until_end" ] || return 1
		usleep 50000
	done
}

# has FILE PATTERN [COUNT]: true if at least COUNT lines match.
has() {
	[ "$(grep -c -- "$2" "$1" 2>/dev/null)" -ge "${3:-1}" ]
}

# console_shows SECONDS PATTERN WHY: waits until the file $console has a line that matches;
# else it is shown, and the test fails for that reason.
console_shows() {
	wait_until "$1" has "$console" "$2" || { cat "$console"; fail "$3"; }
}

need_kvm() {
	[ -c /dev/kvm ] || skip "this kernel has no KVM"
}

need_hvk() {
	[ -c /dev/hvk ] || fail "hvk.ko is not loaded"
}

# need DEVICE
need() {
	case $1 in
	/dev/kvm) need_kvm ;;
	*) need_hvk ;;
	esac
}

cpus() {
	grep -c ^processor /proc/cpuinfo
}

# What a kernel says when something is wrong with it; written so that it does not match
# itself where a kernel prints its command line.
trouble='W[A]RNING:|B[U]G:|O[o]ps|I[n]ternal error|C[a]ll trace:|d[e]tected stall|s[t]alls on|U[n]able to handle'
