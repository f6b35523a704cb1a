# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# The samples of guests/, each a system: what they print is known to the letter.

# sample_file NAME [SED-EXPRESSION]: the system's file, edited, with the files that it
# names where they are here; prints its path.
sample_file() {
	image=$(kernel_image "$(guest_kernels | cut -d ' ' -f 1)")
	sed -e "s|\"\.\./Image-[0-9.]*\"|\"$(realpath "$image")\"|" \
		-e "s|\"\.\./initrd.cpio.gz\"|\"$(realpath "$initrd")\"|" \
		-e "s#\"\([a-z-]*\.\(elf\|bin\|cpio\.gz\)\)\"#\"$(realpath "$guests")/\1\"#" \
		-e "${2:-}" "$guests/$1.toml" >"$work/test/$1.toml"
	echo "$work/test/$1.toml"
}

# run_sample NAME SECONDS [SED-EXPRESSION [OPTIONS...]]: runs it to its end, which must be a
# good one; the console is $console.
run_sample() {
	need_hvk
	console=$work/test/console
	system=$(sample_file "$1" "${3:-}")
	limit=$2
	shift "$(($# < 3 ? $# : 3))"
	vm /dev/hvk "$limit" --system "$system" "$@" >"$work/test/raw"
	status=$?
	tr -d '\r' <"$work/test/raw" >"$console"
	cat "$console"
	[ $status = 0 ] || fail "hvk-run ended with status $status"
}

# prints COUNT PATTERN: that many whole lines, no more and no less.
prints() {
	found=$(grep -c -x -- "$2" "$console")
	[ "$found" = "$1" ] || fail "$found lines '$2' instead of $1"
}

# sample_hello: five lines of the one, five of the other, three times, whoever begins.
sample_hello() {
	run_sample hello 60
	prints 15 'zero| I am partition 0'
	prints 15 'one| I am partition 1'
	order=$(sed -n 's/^[a-z]*| I am partition //p' "$console" | tr -d '\n')
	case $order in
	000001111100000111110000011111 | 111110000011111000001111100000) ;;
	*) fail "not by turns: $order" ;;
	esac
}

# sample_threads: in both kernels each thread's lines in order, the threads mixed, a
# clock that moves, switches that nobody asked for; and both at the same time.
sample_threads() {
	run_sample threads 90
	for id in 0 1; do
		sed -n "s/^[a-z]*| $id: thread \([3-6]\), line \([1-4]\), clock \([0-9]*\) ms$/\1 \2 \3/p" \
			"$console" >"$work/test/lines"
		awk '
			{ if ($2 != ++seen[$1]) exit bad = 1
			  if ($3 < clock[$1]) exit bad = 2
			  if ($2 == 1) first[$1] = $3
			  clock[$1] = $3
			  if ($1 != last) mixed++
			  last = $1 }
			END { if (bad) exit bad
			      if (NR != 16) exit 3
			      for (i = 3; i <= 6; i++) if (clock[i] <= first[i]) exit 4
			      if (mixed < 5) exit 5 }' "$work/test/lines" ||
			fail "kernel $id: check $? of its lines failed"
		preempted=$(sed -n "s/^[a-z]*| $id: all threads ended, .* preemptions \([0-9]*\), .*/\1/p" \
			"$console")
		[ "${preempted:-0}" -gt 0 ] || fail "kernel $id: nobody was preempted"
	done
	changes=$(sed -n 's/^\([a-z]*\)| [01]: thread .*/\1/p' "$console" | uniq | wc -l)
	[ "$changes" -gt 3 ] || fail "the kernels ran one after the other"
}

# sample_raw: as a guest of its own and as a system.
sample_raw() {
	need_hvk
	vm /dev/hvk 30 --kernel "$guests/raw.bin" --memory 16 | tr -d '\r' >"$work/test/console"
	cat "$work/test/console"
	has "$work/test/console" '^hello from a raw image at 0x40000000$' || fail "no line"
	run_sample raw 30
	prints 1 'raw| hello from a raw image at 0x40000000'
}

# sample_elsewhere: one that is linked where QEMU puts it: there it runs, and at the start of RAM
# hvk-run says what to do.
sample_elsewhere() {
	need_hvk
	image=$guests/elsewhere.bin
	vm /dev/hvk 30 --kernel "$image,load=0x40080000" --memory 16 | tr -d '\r' >"$work/test/console"
	cat "$work/test/console"
	has "$work/test/console" '^hello from a raw image at 0x40080000$' || fail "no line"
	has "$work/test/console" '^hvk-run: .*started at 0x40080000; format=raw says' || fail "not told"
	vm /dev/hvk 30 --kernel "$image,format=raw,load=0x40080000" --memory 16 |
		tr -d '\r' >"$work/test/console"
	cat "$work/test/console"
	has "$work/test/console" '^hello from a raw image at 0x40080000$' || fail "no line with format="
	has "$work/test/console" '^hvk-run: .*0x40080000' && fail "something to say where all was said"
	vm /dev/hvk 30 --kernel "$image" --memory 16 | tr -d '\r' >"$work/test/console"
	cat "$work/test/console"
	has "$work/test/console" '^hvk-run: .*load=ADDR where it goes (QEMU.s place: 0x40080000)' ||
		fail "no remedy"
	run_sample elsewhere 30
	prints 1 'elsewhere| hello from a raw image at 0x40080000'
}

sample_pingpong() {
	run_sample pingpong 60
	prints 1 'ping| ping: 200 answers, each right, [0-9]* ns a round'
	prints 1 'pong| pong: heard 201 events'
}

# sample_stamp: times that go from one partition to the other, over the restart of one.
sample_stamp() {
	run_sample stamp 60
	prints 1 'ask| 200 answers, each between asking and hearing; [0-9]* ns at most'
	prints 1 'answer| boot 0, 0 answers before it'
	prints 1 'answer| boot 1, 100 answers before it'
}

# sample_ring COUNT
sample_ring() {
	run_sample ring "$(($1 / 5000 + 60))" \
		"s/\"send\"/\"send count=$1\"/; s/\"receive\"/\"receive count=$1\"/"
	prints 1 "sender| sent $1 messages"
	prints 1 "receiver| received $1 messages, each as it was sent, in [0-9]* ms"
}

# sample_linux: the same two, with a Linux guest at the other end.
sample_linux() {
	run_sample linux 120
	prints 1 'linux| 100 answers, each right'
	prints 1 'pong| pong: heard 101 events'
	prints 1 'linux| sent 2000 messages in [0-9]* ms'
	prints 1 'receiver| received 2000 messages, each as it was sent, in [0-9]* ms'
}

# start_sample: $system, controlled, its console being $console.
start_sample() {
	need_hvk
	console=$work/test/console
	background controlled_sample >"$console"
}

controlled_sample() {
	vm /dev/hvk 200 --system "$system" --control "unix=$work/test/control"
}

signatures() {
	grep -c '^client| client: ' "$console"
}

# goes_on WHEN: the client partition gets some more signatures.
goes_on() {
	wait_until 40 has "$console" '^client| client: ' $(($(signatures) + 2)) ||
		fail "the other client gets no signatures ($1)"
}

# sample_secure ROUNDS: Linux has signatures, reads nothing that is not its own, and is killed
# (and in a second round, which takes another boot, started again and killed), while the signer
# goes on for the other client.
sample_secure() {
	# The signer's region for the other client lies next to Linux's own.
	see='devmem 0x30002000 32 || echo not-mine'
	system=$(sample_file secure \
		"s/\"quiet\"/'quiet hvk.exec=\"sign hello; $see; while sign linux; do sleep 1; done\"'/")
	start_sample
	for round in $(seq "$1"); do
		wait_until 90 has "$console" '^linux| not-mine' "$round" &&
			wait_until 30 has "$console" '^linux| signed linux' $((round * 2)) ||
			{ cat "$console"; fail "Linux has no signatures in round $round"; }
		goes_on "beside Linux"
		[ "$(ask 'kill linux')" = ok ] || fail "Linux was not killed"
		goes_on "without Linux"
		[ "$round" = "$1" ] || [ "$(ask 'restart linux')" = ok ] ||
			fail "Linux was not started again"
	done
	quit_system cat "$console"
	prints 1 'signer| signer: serves linux'
	prints 1 'signer| signer: serves client'
	prints "$1" 'linux| signed hello 885751ca23da56d5806a85a92955656ba36846c64b62819999d2dd215d5fa076'
	has "$console" '^  linux .* [1-9][0-9]*  *[0-9]*$' ||
		fail "no health report of Linux's reads of what is not its own"
	has "$console" '^client| PANIC' && fail "the other client was let down"
	# Linux is killed at any moment, in the middle of a line perhaps: a part is right, too.
	right='linux| signed linux d644cb7d131c9d7d1d165337edbf0b7cc7e7cfb84e4e7841ee521445ac7f9f82'
	grep '^linux| signed linux ' "$console" >"$work/test/signed"
	while read -r line; do
		case $right in "$line"*) ;; *) fail "a signature is wrong: $line" ;; esac
	done <"$work/test/signed"
}

# sample_frame: two partitions and Linux, each in its windows, until the two have taken
# turns ten times and Linux has come up. A loaded machine cuts windows of 50 ms in the
# middle of five lines; sample_hello's are long enough to see them whole.
sample_frame() {
	system=$(sample_file frame)
	start_sample
	wait_until 150 has "$console" '^linux| guest ready' &&
		wait_until 30 has "$console" '^one| I am partition 1' 50 ||
		{ cat "$console"; fail "Linux did not come up, or the others do not run"; }
	quit_system cat "$console"
	turns=$(sed -n 's/^[a-z]*| I am partition //p' "$console" | uniq | wc -l)
	[ "$turns" -ge 12 ] || fail "not by turns: $turns changes"
	has "$console" 'closing report' || fail "no closing report"
}

# sample_window: the measuring partition beside a hog, in windows that a loaded machine
# keeps, most of them. How good they are is tests/system/windows's to judge, which counts.
sample_window() {
	system=$(sample_file window 's/windows=1000/windows=50/
		s/"1ms"/"40ms"/; s/"300us"/"12ms"/; s/"400us"/"16ms"/; s/"500us"/"20ms"/')
	start_sample
	wait_until 60 has "$console" '^measure| window length ns: ' ||
		{ cat "$console"; fail "no windows were measured"; }
	quit_system cat "$console"
	has "$console" '^measure| windows 50, missed ' || fail "not as many as it was to measure"
	has "$console" '^measure| window start ns: min 0 median ' || fail "no distribution"
}
