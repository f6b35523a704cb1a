# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Running a system of several guests: consoles, control, restarts, the end.

# a_system: standard input is its file, where @guests@ is their folder.
a_system() {
	sed "s|@guests@|$(cd "$guests" && pwd)|" >"$work/test/system.toml"
}

# run_system SECONDS OPTIONS...: console and messages on standard output.
run_system() {
	system_limit=$1
	shift
	${last:-} timeout -s KILL "$system_limit" "$hvk_run" --system "$work/test/system.toml" "$@" 2>&1
}

# ask WORDS: what the system's control socket answers.
ask() {
	# shellcheck disable=SC2086  # words, as a person types them
	"$hvk_run" --control "unix=$work/test/control" --ask $1
}

# state_of NAME: created, running, stopped or ended.
state_of() {
	ask status | sed "s/.*\"name\":\"$1\",\"state\":\"\\([a-z]*\\)\".*/\\1/"
}

in_state() { # NAME STATE
	[ "$(state_of "$1")" = "$2" ]
}

expect_answer() { # WORDS PATTERN
	ask "$1" >"$work/test/answer" 2>&1
	has "$work/test/answer" "$2" || {
		cat "$work/test/answer"
		fail "'$1' is not answered by '$2'"
	}
}

# quit_system COMMAND...: ends what runs in the background; COMMAND shows what it said.
quit_system() {
	[ "$(ask quit)" = ok ] || fail "it does not quit"
	wait "$!"
	status=$?
	"$@"
	[ $status = 0 ] || fail "hvk-run ended with status $status"
}

two_guests() {
	a_system <<-TOML
		[[partition]]
		name = "first"
		kernel = "@guests@/boot.elf"
		memory = "64M"

		[[partition]]
		name = "second"
		kernel = "@guests@/boot.elf"
		memory = "64M"
	TOML
}

# partition_two: both run to their end; each line is one guest's.
partition_two() {
	need_hvk
	two_guests
	run_system 60 >"$work/test/console"
	status=$?
	cat "$work/test/console"
	[ $status = 0 ] || fail "status $status"
	for name in first second; do
		has "$work/test/console" "^$name| tests: [0-9]* passed" || fail "$name did not end"
		has "$work/test/console" "^  $name  *powered off  *1 " || fail "$name is not in the report"
	done
	grep -v -e '^first| ' -e '^second| ' -e '^hvk-run: ' -e '^  ' "$work/test/console" &&
		fail "a line belongs to nobody"
	[ "$(grep -c '^first| ' "$work/test/console")" = \
		"$(grep -c '^second| ' "$work/test/console")" ] || fail "one of them said more"
}

# window_pair CPU: two partitions on it, which take turns.
window_pair() {
	for name in "a$1" "b$1"; do
		cat <<-TOML
			[[partition]]
			name = "$name"
			kernel = "@guests@/hello.elf"
			memory = "16M"
			host-cpus = [$1]
		TOML
	done
}

# partition_everywhere: two partitions on each CPU, by turns there, on all CPUs at once.
partition_everywhere() {
	need_hvk
	{
		for cpu in $(seq 0 $(($(cpus) - 1))); do window_pair "$cpu"; done
		echo "[schedule]"
		echo 'frame = "1s"'
		echo "window = ["
		for cpu in $(seq 0 $(($(cpus) - 1))); do
			echo "{ cpu = $cpu, partition = \"a$cpu\", offset = \"0ms\", length = \"450ms\" },"
			echo "{ cpu = $cpu, partition = \"b$cpu\", offset = \"500ms\", length = \"450ms\" },"
		done
		echo "]"
	} | a_system
	vm /dev/hvk 60 --system "$work/test/system.toml" >"$work/test/raw"
	status=$?
	tr -d '\r' <"$work/test/raw" >"$work/test/console"
	cat "$work/test/console"
	[ $status = 0 ] || fail "status $status"
	for cpu in $(seq 0 $(($(cpus) - 1))); do
		turns=$(sed -n "s/^\([ab]\)$cpu| I am partition .*/\1/p" "$work/test/console" | tr -d '\n')
		case $turns in
		aaaaabbbbbaaaaabbbbbaaaaabbbbb | bbbbbaaaaabbbbbaaaaabbbbbaaaaa) ;;
		*) fail "not by turns on CPU $cpu: $turns" ;;
		esac
	done
}

# partition_crash: one crashes for good, after as many restarts as it may have; the
# other one does not notice.
partition_crash() {
	need_hvk
	a_system <<-TOML
		[[partition]]
		name = "bad"
		kernel = "@guests@/crash.elf"
		append = "undefined"
		memory = "32M"
		restart = "on-crash"
		restart-limit = 2

		[[partition]]
		name = "good"
		kernel = "@guests@/timer.elf"
		memory = "32M"
	TOML
	run_system 60 >"$work/test/console"
	status=$?
	cat "$work/test/console"
	[ $status = 3 ] || fail "status $status instead of 3"
	[ "$(grep -c '^bad| CRASH on PE 0' "$work/test/console")" = 3 ] || fail "not 3 boots"
	has "$work/test/console" "^  bad  *crashed.* 3 " || fail "the report does not tell"
	has "$work/test/console" "^good| tests: [0-9]* passed" || fail "the other one was disturbed"
}

start_controlled() { # [KEYS-OF-THE-SYSTEM]
	a_system <<-TOML
		${1:-}
		[[partition]]
		name = "one"
		kernel = "@guests@/idle.elf"
		memory = "32M"

		[[partition]]
		name = "two"
		kernel = "@guests@/idle.elf"
		memory = "32M"
		start = false
	TOML
	background run_system 120 --control "unix=$work/test/control" >"$work/test/console"
	wait_until 30 has "$work/test/console" '^one| idle' || {
		cat "$work/test/console"
		fail "it did not start"
	}
}

# partition_control: created stopped, looked at, started; stopped, resumed, restarted,
# killed.
partition_control() {
	need_hvk
	start_controlled
	[ "$(stat -c %a "$work/test/control")" = 600 ] || fail "the socket is for others too"
	in_state two created || fail "two is not created"
	has "$work/test/console" '^two| ' && fail "two ran"
	expect_answer "stop two" "error: two is created"
	expect_answer "resume two" ok
	wait_until 30 has "$work/test/console" '^two| idle' || fail "two did not start"
	expect_answer "stop one" ok
	in_state one stopped || fail "one is not stopped"
	expect_answer "resume one" ok
	in_state one running || fail "one is not running"
	expect_answer "restart one" ok
	wait_until 30 has "$work/test/console" '^one| idle' 2 || fail "one was not restarted"
	expect_answer "stop one" ok
	expect_answer "restart one" ok
	wait_until 30 has "$work/test/console" '^one| idle' 3 || fail "one, stopped, was not restarted"
	expect_answer "kill one" ok
	wait_until 10 in_state one ended || fail "one did not end"
	expect_answer "kill one" "error: one is ended"
	expect_answer "kill nobody" "error: no partition 'nobody'"
	expect_answer "nonsense" "error: expected status"
	expect_answer "quit" ok
	wait "$!"
	status=$?
	cat "$work/test/console"
	[ $status = 0 ] || fail "status $status"
	[ -e "$work/test/control" ] && fail "the socket is still there"
	has "$work/test/console" '^  one  *killed  *3 ' || fail "the report does not tell"
}

# partition_events: who waits for a guest hears how it ended, who listens hears all, and one
# that listens and reads nothing holds nobody up.
partition_events() {
	need_hvk
	start_controlled
	background ask events >"$work/test/events"
	wait_until 30 has "$work/test/events" '"event":"listening","system":"system"}$' ||
		fail "no events"
	background ask 'wait one' >"$work/test/one"
	expect_answer "stop one" ok
	expect_answer "resume one" ok
	expect_answer "resume two" ok
	expect_answer "restart two" ok
	wait_until 30 has "$work/test/events" '"event":"restarted","partition":"two","boots":2,"after":"command"}$' ||
		{ cat "$work/test/events"; fail "no event of the restart"; }
	[ -s "$work/test/one" ] && fail "one has not ended: $(cat "$work/test/one")"
	expect_answer "kill one" ok
	wait_until 30 has "$work/test/one" '^killed$' || fail "who waited was not answered"
	expect_answer "wait one" '^killed$'
	expect_answer "wait three" "^error: no partition 'three'"
	expect_answer "status text" '^  one  *killed  *1 '
	has "$work/test/answer" '^  two  *running  *2 ' || fail "no line of two"
	has "$work/test/answer" '^$' && fail "the empty line is for the protocol"
	expect_answer "quit" ok
	wait_until 30 has "$work/test/events" '"end":"ended with the system"}$' || fail "no word of the end"
	cat "$work/test/events"
	sed 's/^{"ns":[0-9]*,//' "$work/test/events" | tail -n +2 >"$work/test/told"
	cat >"$work/test/expected" <<-JSON
		"event":"stopped","partition":"one","boots":1}
		"event":"resumed","partition":"one","boots":1}
		"event":"started","partition":"two","boots":1}
		"event":"restarted","partition":"two","boots":2,"after":"command"}
		"event":"ended","partition":"one","boots":1,"end":"killed"}
		"event":"ended","partition":"two","boots":2,"end":"ended with the system"}
	JSON
	cmp "$work/test/told" "$work/test/expected" || fail "other events"
}

# partition_sigterm: bare partitions do not know the power key; they are given the grace that
# the system's file says.
partition_sigterm() {
	need_hvk
	start_controlled 'grace = "1s"'
	# The last of them: busybox's timeout becomes its command, Debian's has a child.
	child=$(cat /proc/"$!"/task/*/children)
	kill -TERM ${child:-"$!"}
	sent=$(clock)
	wait "$!"
	status=$?
	cat "$work/test/console"
	[ $status = 0 ] || fail "status $status"
	[ $(($(clock) - sent)) -ge 99 ] || fail "they were not given any time"
	has "$work/test/console" '^hvk-run: one is killed: it has not looked at its power key 1 s after' ||
		fail "it does not say whom it killed"
}

# partition_full_disk: a console on a full disk loses output, and nothing else.
partition_full_disk() {
	need_hvk
	mkdir "$work/test/disk"
	mount -t tmpfs -o size=4k tmpfs "$work/test/disk" || skip "no tmpfs here"
	a_system <<-TOML
		[[partition]]
		name = "loud"
		kernel = "@guests@/boot.elf"
		memory = "64M"
		console = "file=disk/console"

		[[partition]]
		name = "quiet"
		kernel = "@guests@/boot.elf"
		memory = "64M"
	TOML
	head -c 4000 /dev/zero >"$work/test/disk/filler"
	run_system 60 >"$work/test/console"
	status=$?
	umount "$work/test/disk"
	cat "$work/test/console"
	[ $status = 0 ] || fail "status $status"
	has "$work/test/console" '^quiet| tests: [0-9]* passed' || fail "the other one was disturbed"
	has "$work/test/console" '^  loud  *powered off .*[1-9][0-9]*$' || fail "no count of what was lost"
}
