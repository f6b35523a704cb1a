# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# A guest that goes from VM to VM in the middle of its work, and does not notice.

# start_moving DEVICE SECONDS: Linux on two vCPUs that copies and compares memory, sleeps by its
# timer and writes to its console, without end.
start_moving() {
	image=$(kernel_image "$(guest_kernels | cut -d ' ' -f 1)")
	work_of_guest='dd if=/dev/urandom of=a bs=1M count=2; cp a b;
		(while :; do cat a >c; cmp a c || echo BROKEN; done) & n=0;
		while cmp a b && cp a b; do n=$((n + 1)); echo round $n; usleep 1000; done; echo BROKEN'
	cat >"$work/test/move.toml" <<-TOML
		[[partition]]
		name = "linux"
		kernel = "$(realpath "$image")"
		initrd = "$(realpath "$initrd")"
		memory = "256M"
		cpus = 2
		append = '''quiet hvk.exec="$(echo "$work_of_guest" | tr -d '\n\t')"'''
	TOML
	background vm "$1" "$2" --system "$work/test/move.toml" \
		--control "unix=$work/test/control" >"$work/test/console"
	wait_until 90 has "$work/test/console" '^linux| round 1$' || {
		cat "$work/test/console"
		fail "Linux does not work"
	}
}

rounds() {
	grep -c '^linux| round ' "$work/test/console"
}

# move_linux DEVICE TIMES: each move is followed by work; what was said meanwhile is
# whole, and the kernel has nothing to say.
move_linux() {
	[ "$1" = /dev/kvm ] || need_hvk
	[ "$1" = /dev/hvk ] || need_kvm
	# On a busy machine a move and what follows it take 10 s and more.
	start_moving "$1" $((300 + $2 * 20))
	for turn in $(seq "$2"); do
		usleep $((RANDOM * 4))
		[ "$(ask 'move linux')" = ok ] || fail "move $turn was refused"
		wait_until 60 has "$work/test/console" '^linux| round ' $(($(rounds) + 3)) || {
			tail -n 30 "$work/test/console"
			fail "nothing goes on after move $turn"
		}
	done
	quit_system tail -n 30 "$work/test/console"
	sed -n 's/^linux| round //p' "$work/test/console" | tr -d '\r' |
		awk '$1 != NR { exit 1 }' || fail "what it says has gaps"
	grep -v '^linux| round \|^hvk-run\|^  ' "$work/test/console" |
		grep -i 'broken\|differ\|warn\|bug\|stall\|hung\|unstable\|nobody cared\|lost' &&
		fail "the guest noticed"
	return 0
}
