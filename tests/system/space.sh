# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Space isolation: a partition that attacks, beside one whose memory and registers are
# watched from inside (guests/test/victim.c).

# A process in the background has no input but what it opens itself.
victim_vm() {
	vm /dev/hvk 1900 --kernel "$guests/victim.elf" --memory 64 --no-reboot \
		<"$work/test/input" >"$work/test/victim"
}

# start_victim: in the background; its input stays open as descriptor 4.
start_victim() {
	mkfifo "$work/test/input"
	exec 4<>"$work/test/input"
	background victim_vm
	wait_until 30 has "$work/test/victim" "^victim ready" || fail "the victim did not start"
}

# end_victim: asks it what it saw.
end_victim() {
	printf 'x' >&4
	wait_until 30 has "$work/test/victim" '^tests: ' || fail "the victim did not come to its end"
	tr -d '\r' <"$work/test/victim" >"$work/test/victim-console"
	cat "$work/test/victim-console"
	judge /dev/hvk victim "$work/test/victim-console"
}

# space_test GUEST [ARGUMENTS]
space_test() {
	need_hvk
	start_victim
	vm /dev/hvk 1800 --kernel "$guests/$1.elf" --memory 64 --no-reboot --append "${2:-}" |
		tr -d '\r' >"$work/test/console"
	strings "$work/test/console"
	end_victim
	judge /dev/hvk "$1" "$work/test/console"
}

# One life of space_kept, on the first CPU: which registers it had, or that it wrote them.
kept_vm() { # show|leave FILE
	taskset -c 0 timeout -s KILL $((600 * patience)) "$hvk_run" --dev /dev/hvk \
		--kernel "$guests/space_kept.elf" --memory 64 --no-reboot --append "$1" 2>&1 |
		tr -d '\r' >"$2"
	judge /dev/hvk space_kept "$2"
	grep '^reg ' "$2" >"$2-registers"
}

# A guest's registers are as they were for the one before it, whatever that one wrote.
space_kept() {
	need_hvk
	kept_vm show "$work/test/first"
	kept_vm leave "$work/test/writer"
	kept_vm show "$work/test/second"
	diff "$work/test/first-registers" "$work/test/second-registers" ||
		fail "a guest reads what another one wrote"
}
