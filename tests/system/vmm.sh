# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What a user of hvk-run sees: exit statuses, messages, firmware.

# What is in the background reads /dev/null, unless it says itself what it reads.
uboot_guest() { # DEVICE
	vm "$1" 60 --firmware u-boot.bin --memory 256 <"$work/test/in"
}

# uboot_prompt DEVICE: U-Boot reaches its prompt, obeys, and powers off.
uboot_prompt() {
	need "$1"
	[ -r u-boot.bin ] || fail "u-boot.bin is not there"
	console=$work/test/console
	mkfifo "$work/test/in"
	exec 4<>"$work/test/in"	# both ends: neither open waits for the other
	background uboot_guest "$1" >"$console"
	wait_until 40 has "$console" 'Hit any key' || { cat "$console"; fail "no autoboot message"; }
	echo >&4
	wait_until 20 has "$console" '^=> ' || { cat "$console"; fail "no prompt"; }
	echo 'echo seen-$board_name; poweroff' >&4
	wait_until 20 has "$console" '^seen-' || { cat "$console"; fail "the prompt does not obey"; }
	wait "$!"
	status=$?
	cat "$console"
	[ $status = 0 ] || fail "status $status after poweroff"
}

# expect_status STATUS PATTERN COMMAND...: that status, and a message that matches.
expect_status() {
	wanted=$1 pattern=$2
	shift 2
	timeout -s KILL 60 "$@" >"$work/test/message" 2>&1
	status=$?
	cat "$work/test/message"
	[ $status = "$wanted" ] || fail "'$*' ended with status $status instead of $wanted"
	has "$work/test/message" "$pattern" || fail "'$*' does not say '$pattern'"
}

# vmm_exit_status DEVICE
vmm_exit_status() {
	need "$1"
	image=$guests/boot.elf
	expect_status 2 'kernel' "$hvk_run" --dev "$1"
	expect_status 2 'nonsense' "$hvk_run" --nonsense
	expect_status 1 'no-such-file' "$hvk_run" --dev "$1" --kernel no-such-file
	expect_status 1 '/dev/null' "$hvk_run" --dev /dev/null --kernel "$image"
	expect_status 0 'passed' "$hvk_run" --dev "$1" --kernel "$image" --memory 64
	expect_status 4 'resetting' "$hvk_run" --dev "$1" --kernel "$guests/reset.elf" --no-reboot
	# Ended by a signal, with the guest asleep.
	"$hvk_run" --dev "$1" --kernel "$guests/idle.elf" --memory 64 >"$work/test/console" 2>&1 &
	pid=$!
	pids="${pids:-} $pid"
	wait_until 20 has "$work/test/console" idle || fail "the idle guest did not start"
	kill -HUP $pid
	wait $pid
	status=$?
	[ $status = 129 ] || fail "status $status instead of 129 after SIGHUP"
}
