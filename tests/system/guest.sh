# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Tests that are bare-metal guests (guests/test), which report their checks themselves.

# guest_everywhere DEVICE: the smallest guest on each CPU by itself.
guest_everywhere() {
	need "$1"
	for cpu in $(seq 0 $(($(cpus) - 1))); do
		taskset -c "$cpu" timeout -s KILL $((60 * patience)) "$hvk_run" --dev "$1" --memory 64 \
			--kernel "$guests/boot.elf" </dev/null 2>&1 | tr -d '\r' >"$work/test/on$cpu"
		cat "$work/test/on$cpu"
		has "$work/test/on$cpu" '^tests: .* 0 failed' || fail "no guest of $1 on CPU $cpu"
	done
}

# gap DEVICE GUEST CHECK: true if kvm-gaps lists that KVM fails this check here.
gap() {
	[ "$1" = /dev/kvm ] || return 1
	gap_host=$host
	[ "$host" != debug ] || gap_host=6.1
	[ "$host" != raspi4b ] || gap_host=6.12
	[ "$host" != here ] || gap_host=$(uname -r | grep -o '^[0-9]*[.][0-9]*')
	grep -v '^#' "$folder/kvm-gaps" | while read -r hosts guest check _; do
		case ",$hosts," in
		*,any,* | *,"$gap_host",*) ;;
		*) continue ;;
		esac
		[ "$guest" = "$2" ] && [ "$check" = "$3" ] && echo listed
	done | grep -q listed
}

# judge DEVICE GUEST CONSOLE: every check passed but those that the list allows, and
# the guest came to its end.
judge() {
	has "$3" '^tests: [0-9]* passed' || fail "the guest did not come to its end"
	sed -n 's/^not ok \([^:]*\):.*/\1/p' "$3" >"$work/test/failed"
	while read -r check; do
		if gap "$1" "$2" "$check"; then
			echo "$check: a known gap"
		else
			fail "$(grep "^not ok $check:" "$3" | head -n 1 | sed 's/^not ok //')"
		fi
	done <"$work/test/failed"
}

# guest_test DEVICE GUEST CPUS
guest_test() {
	need "$1"
	console=$work/test/console
	if [ "$2" = fp ]; then
		# Another user of the FP registers on every CPU.
		for _ in $(seq "$(cpus)"); do
			background awk 'BEGIN { x = 1; while (1) x = x * 1.0000001 }'
		done
	fi
	vm "$1" 120 --kernel "$guests/$2.elf" --cpus "$3" --memory 64 --no-reboot >"$work/test/raw"
	status=$?
	tr -d '\r' <"$work/test/raw" >"$console"
	cat "$console"
	[ $status = 0 ] || fail "hvk-run ended with status $status"
	judge "$1" "$2" "$console"
}

# guest_several GUEST...: one after the other under hvk.
guest_several() {
	for guest in "$@"; do
		guest_test /dev/hvk "$guest" 2
	done
}

uart_guest() { # DEVICE
	vm "$1" 60 --kernel "$guests/uart.elf" --memory 32 --append echo <"$work/test/in"
}

# guest_uart_input DEVICE: each typed character comes back at once, from the interrupt.
guest_uart_input() {
	need "$1"
	console=$work/test/console
	mkfifo "$work/test/in"
	exec 4<>"$work/test/in"
	background uart_guest "$1" >"$console"
	console_shows 20 '^echo ready' "the guest did not start"
	for letter in a b q; do
		printf $letter >&4
		console_shows 10 "^got $letter" "no '$letter'"
	done
	wait "$!"
	status=$?
	cat "$console"
	[ $status = 0 ] || fail "status $status"
}

# guest_raw DEVICE: an image without any header.
guest_raw() {
	need "$1"
	vm "$1" 30 --kernel "$guests/boot.bin" --memory 64 | tr -d '\r' >"$work/test/console"
	cat "$work/test/console"
	judge "$1" boot "$work/test/console"
}

# guest_reset DEVICE: a reset ends hvk-run with its own status.
guest_reset() {
	need "$1"
	vm "$1" 30 --kernel "$guests/reset.elf" --memory 64 --no-reboot
	status=$?
	[ $status = 4 ] || fail "status $status instead of 4"
}

# guest_restart DEVICE: without --no-reboot the guest starts again, and again.
guest_restart() {
	need "$1"
	background vm "$1" 90 --kernel "$guests/reset.elf" --memory 64 >"$work/test/console"
	wait_until 80 has "$work/test/console" resetting 3 || fail "the guest did not start 3 times"
}

# guest_crash DEVICE: the library's report of each way to end badly, and hvk-run's status. KVM
# has no call by which a guest tells its end: there it powers off, as after a good one.
guest_crash() {
	need "$1"
	while read -r way code pattern; do
		vm "$1" 30 --kernel "$guests/crash.elf" --memory 32 --cpus 2 --append "$way" \
			>"$work/test/raw"
		status=$?
		tr -d '\r' <"$work/test/raw" >"$work/test/console"
		cat "$work/test/console"
		if [ "$1" = /dev/kvm ]; then
			[ $status = 0 ] || fail "$way: status $status"
		else
			[ $status = 3 ] || fail "$way: status $status instead of 3"
			has "$work/test/console" "^hvk-run: the guest crashed, code $code$" ||
				fail "$way: hvk-run does not tell the code"
		fi
		has "$work/test/console" "$pattern" || fail "$way: no line '$pattern'"
		has "$work/test/console" "went on" && fail "$way: went on"
	done <<-WAYS
		null 255 ^CRASH on PE 0: synchronous, data abort
		text 255 ^CRASH on PE 0: synchronous, data abort
		data 255 ^CRASH on PE 0: synchronous, instruction abort
		overflow 255 ^CRASH on PE 0: stack overflow, data abort
		overflow-on-1 255 ^CRASH on PE 1: stack overflow, data abort
		print 255 ^CRASH on PE 0: synchronous, data abort
		undefined 255 ^CRASH on PE 0: synchronous, undefined instruction
		panic 254 ^PANIC on PE 0: somebody gave up after 3
	WAYS
}
