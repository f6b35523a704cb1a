# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# --trace: the schedule as it ran, against the one that was asked for.

# Frames that are looked at and their length; by how much a start or a length may be off
# in a frame that is called good; all in ms.
trace_frames=10 trace_frame=300 trace_slack=15

# One partition gives each of its windows back, the other one keeps its own until it is
# cut.
traced_system() {
	a_system <<-TOML
		[[partition]]
		name = "polite"
		kernel = "@guests@/hello.elf"
		append = "turns=0"
		memory = "16M"
		host-cpus = [1]

		[[partition]]
		name = "greedy"
		kernel = "@guests@/hog.elf"
		append = "spin"
		memory = "16M"
		host-cpus = [1]
		console = "none"

		[schedule]
		frame = "${trace_frame}ms"
		window = [
		  { cpu = 1, partition = "polite", offset = "0ms", length = "100ms" },
		  { cpu = 1, partition = "greedy", offset = "120ms", length = "150ms" },
		]
	TOML
}

# trace_events FILE: of the JSON, a line each: phase, name, time and length in us, and
# the partition. Fails if it is not an object of events, each on a line and with the fields
# that its phase needs.
trace_events() {
	awk '
		function field(name) {	# without quotes
			if (!match($0, "\"" name "\":(\"[^\"]*\"|[0-9.]+)")) {
				print "line " NR " has no " name ": " $0
				exit bad = 1
			}
			text = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
			gsub("\"", "", text)
			return text
		}
		END {
			if (!bad && last != "]}") print "the end is missing: " last
			exit bad || last != "]}"
		}
		{ before = last; last = $0 }
		NR == 1 && $0 != "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[" { exit bad = 1 }
		NR > 2 && (before ~ /[}],$/) != ($0 != "]}") { print "commas, line " NR; exit bad = 1 }
		NR == 1 || $0 == "]}" { next }
		!/^[{].*[}],?$/ { print "not an event: " $0; exit bad = 1 }
		{ phase = field("ph"); name = field("name"); thread = field("pid") "/" field("tid") }
		phase == "M" {
			sub(/.*"args":/, "")
			named[name == "process_name" ? "1" : thread] = field("name")
			print phase, name, field("name")
			next
		}
		!("1" in named) || !(thread in named) { print "nobody: " $0; exit bad = 1 }
		phase == "X" { print phase, name, field("ts"), field("dur"), name; next }
		phase == "i" { print phase, name, field("ts"), 0, field("partition"); next }
		{ print "an unknown phase: " $0; exit bad = 1 }' "$1"
}

# trace_in_place FILE: what trace_events printed, against the plan. Its moments are
# counted from a start that the file does not tell: the least late window has it. Each
# window of each frame is there, nobody is entered twice in one; a loaded machine serves
# timers late, whole windows at times, so that half of the frames must be good.
trace_in_place() {
	awk -v frames="$trace_frames" -v frame="$trace_frame" -v slack="$trace_slack" '
		function wrong(what) { print what; bad = 1 }
		function off(value, planned) { return value < planned - slack || value > planned + slack }
		BEGIN {
			offset["polite"] = 0; length_of["polite"] = 100
			offset["greedy"] = 120; length_of["greedy"] = 150
		}
		$1 == "M" { next }
		{ at = $3 / 1000 }	# ms
		$1 == "X" {
			k = count[$2]++
			start[$2, k] = at; ran[$2, k] = $4 / 1000
			begun = at - offset[$2] - k * frame
			if (!known || begun < origin) origin = begun
			known = 1
		}
		$1 == "i" { mark[$2, $5, marks[$2, $5]++] = at }
		# within MARK NAME FRAME: how many such marks from a window on until its next.
		function within(what, name, k,    i, at, found) {
			for (i = 0; i < marks[what, name]; i++) {
				at = mark[what, name, i]
				if (at >= start[name, k] && at < start[name, k + 1])
					found++
			}
			return found + 0
		}
		function good(name, k,    late) {
			late = start[name, k] - origin - offset[name] - k * frame
			if (within("enter", name, k) > 1) wrong(name ": entered twice in frame " k)
			return !off(late, 0) && !off(ran[name, k], length_of[name]) &&
				within("enter", name, k) && within("yield", name, k) == (name == "polite") &&
				within("overrun", name, k) == (name == "greedy")
		}
		END {
			for (name in offset) {
				if (count[name] <= frames) wrong(name ": " count[name] + 0 " windows")
				for (k = 0; k < frames; k++) {
					if (good(name, k)) fine[name]++
					else print name ", frame " k ": at " start[name, k] - origin " for " ran[name, k]
				}
				if (fine[name] < frames / 2) wrong(name ": " fine[name] + 0 " good frames")
			}
			exit bad
		}' "$1"
}

# trace_counts NAME MARK COLUMN: as many marks as the report has, in that column from the
# end.
trace_counts() {
	reported=$(awk -v name="$1" -v column="$3" '$1 == name { print $(NF - column) }' \
		"$work/test/console")
	found=$(grep -c "^i $2 .* $1\$" "$work/test/events")
	[ "$found" = "$reported" ] || fail "$1: $found times '$2', $reported in the report"
}

# partition_trace: each window of each frame is in the trace, in its place, and what its
# partition did in it.
partition_trace() {
	need_hvk
	traced_system
	run_system 60 --trace "$work/test/trace" --frames $((trace_frames + 3)) >"$work/test/console"
	status=$?
	cat "$work/test/console"
	[ $status = 0 ] || fail "status $status"
	trace_events "$work/test/trace" >"$work/test/events" || {
		tail -n 5 "$work/test/events" "$work/test/trace"
		fail "it is not what Perfetto reads"
	}
	has "$work/test/events" '^M process_name system$' || fail "the system has no name"
	has "$work/test/events" '^M thread_name CPU 1$' || fail "the CPU has no name"
	trace_in_place "$work/test/events" || {
		cat "$work/test/events"
		fail "the schedule is not what was asked for"
	}
	for name in polite greedy; do
		trace_counts $name enter 6
		trace_counts $name start-up 5
		trace_counts $name overrun 4
		trace_counts $name late 3
		trace_counts $name lost 2
	done
}
