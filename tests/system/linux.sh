# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Tests that boot Linux guests to userspace.

# What a guest runs: its CPUs, and the lines of its log that should not be there.
guest_report="echo guest-cpus \$(nproc); dmesg | grep -E '$trouble'; echo guest-reported"

# start_linux DEVICE SECONDS KERNEL-FILE CPUS MEMORY: its console on standard output.
start_linux() {
	vm "$1" "$2" --kernel "$3" --initrd "$initrd" --cpus "$4" --memory "$5" --no-reboot \
		--append "quiet hvk.exec=\"$guest_report\""
}

# judge_linux STATUS CPUS CONSOLE
judge_linux() {
	[ "$1" != 137 ] || fail "not finished in time"
	[ "$1" = 0 ] || fail "hvk-run ended with status $1"
	has "$3" '^guest ready' || fail "did not reach userspace"
	has "$3" "^guest-cpus $2" || fail "$(grep '^guest-cpus' "$3" || echo no CPUs) instead of $2"
	has "$3" '^guest-reported' || fail "the report is not complete"
	if grep -E "$trouble" "$3" >"$work/test/trouble"; then
		fail "guest's log: $(head -n 1 "$work/test/trouble")"
	fi
}

# boot_file DEVICE FILE CPUS
boot_file() {
	[ -r "$2" ] || fail "$2 is not there"
	start_linux "$1" 180 "$2" "$3" 256 >"$work/test/raw"
	status=$?
	tr -d '\r' <"$work/test/raw" >"$work/test/console"
	cat "$work/test/console"
	judge_linux $status "$3" "$work/test/console"
}

# linux_boot DEVICE KERNEL CPUS
linux_boot() {
	need "$1"
	boot_file "$1" "$(kernel_image "$2")" "$3"
}

# linux_format DEVICE FORMAT: the files are made by tests/system/prepare.
linux_format() {
	need "$1"
	boot_file "$1" "formats/$2" 1
}

# linux_reboot DEVICE KERNEL: restarts by itself until it was seen three times.
linux_reboot() {
	need "$1"
	background vm "$1" 180 --kernel "$(kernel_image "$2")" --initrd "$initrd" --memory 256 \
		--append 'quiet hvk.exec="reboot -f"' >"$work/test/console"
	wait_until 170 has "$work/test/console" 'guest ready' 3 || {
		cat "$work/test/console"
		fail "did not start 3 times"
	}
}

# linux_exec DEVICE KERNEL: a guest that does one thing and ends with its status, as
# docs/running.md has it.
linux_exec() {
	need "$1"
	vm "$1" 170 --kernel "$(kernel_image "$2")" --initrd "$initrd" --memory 256 --no-reboot \
		--append 'quiet hvk.exec="echo one thing; test -e /nowhere || reboot -f"' \
		>"$work/test/console"
	status=$?
	cat "$work/test/console"
	has "$work/test/console" '^one thing' || fail "the guest did not do it"
	[ $status = 4 ] || fail "status $status instead of 4"
}

# linux_three DEVICE KERNEL: six vCPUs on what CPUs there are.
linux_three() {
	need "$1"
	for n in 1 2 3; do
		(
			start_linux "$1" 240 "$(kernel_image "$2")" 2 192 >"$work/test/raw$n"
			echo $? >"$work/test/status$n"
		) &
	done
	wait
	for n in 1 2 3; do
		tr -d '\r' <"$work/test/raw$n" >"$work/test/console$n"
		echo "guest $n:"
		cat "$work/test/console$n"
		judge_linux "$(cat "$work/test/status$n")" 2 "$work/test/console$n"
	done
}
