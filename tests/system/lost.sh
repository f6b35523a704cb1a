# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Nothing is lost: loads and unloads, VMMs that are killed, hosts short of memory, many
# VMs at once. What is held is what /sys/kernel/debug/hvk/state and the kernel's own
# files say.

state=/sys/kernel/debug/hvk/state

# Pages that anybody has pinned; each CPU has counts that it has not told yet.
pinned_pages() {
	[ ! -w /proc/sys/vm/stat_refresh ] || echo 1 >/proc/sys/vm/stat_refresh
	awk '/^nr_foll_pin_acquired / { n += $2 } /^nr_foll_pin_released / { n -= $2 }
		END { print n + 0 }' /proc/vmstat
}

# What a module and its VMs may hold, in a form that can be compared.
held() {
	grep '^hvk ' /proc/modules | cut -d ' ' -f 1-4
	[ ! -e $state ] || cat $state
	echo "pinned $(pinned_pages)"
	sed 's/^ *\([^:]*\):.* \([^ ]*\)$/interrupt \1 \2/' /proc/interrupts
}

# Memory that is free, in KiB, when nothing is kept that could be made again; each CPU
# has a stock of free pages besides. What is in compressed memory (swap_on) takes more
# room when it comes back, whenever that is: it comes back first.
free_memory() {
	if [ "$host" != here ] && grep -q '^/dev/zram0 ' /proc/swaps; then
		swapoff /dev/zram0 && swapon /dev/zram0
	fi
	sync
	echo 3 >/proc/sys/vm/drop_caches
	[ ! -w /proc/sys/vm/compact_memory ] || echo 1 >/proc/sys/vm/compact_memory
	stock=$(awk '/^ *count:/ { n += $2 } END { print n * 4 }' /proc/zoneinfo)
	echo $((stock + $(sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo)))
}

# nothing_lost COMMAND...: what is held before it is held after it, and memory is free
# but for 2 MiB.
nothing_lost() {
	held >"$work/test/before"
	free=$(free_memory)
	"$@"
	now=$free
	memory_back() {
		now=$(free_memory)
		[ $((free - now)) -le 2048 ]
	}
	held_again() {
		held >"$work/test/after"
		cmp -s "$work/test/before" "$work/test/after"
	}
	wait_until 10 held_again || {
		diff "$work/test/before" "$work/test/after"
		fail "not all is as before"
	}
	# The debug host keeps what was freed, to catch who uses it; debug_leaks looks there.
	[ "$host" = debug ] || wait_until 10 memory_back || fail "$((free - now)) KiB are lost"
	echo "free before $free KiB, after $now KiB"
}

repeat() { # COUNT COMMAND...
	turns=$1
	shift
	while [ "$turns" -gt 0 ]; do
		"$@"
		turns=$((turns - 1))
	done
}

load_boot_unload() {
	insmod ./hvk.ko || fail "insmod failed"
	wait_until 5 test -c /dev/hvk || fail "no /dev/hvk"
	quick_guest /dev/hvk >"$work/test/log" || {
		cat "$work/test/log"
		fail "a guest does not run"
	}
	rmmod hvk || fail "rmmod failed"
}

# lost_cycles COUNT: on a host without the module.
lost_cycles() {
	[ ! -e /dev/hvk ] || fail "hvk.ko is loaded"
	repeat 2 load_boot_unload
	nothing_lost repeat "$1" load_boot_unload
}

kill_at_random() {
	"$hvk_run" --dev /dev/hvk --kernel "$guests/smp.elf" --memory 64 --cpus 4 \
		>/dev/null 2>&1 </dev/null &
	idle=$!
	usleep $((RANDOM * 20))
	end_idle
}

# lost_kills COUNT
lost_kills() {
	need_hvk
	repeat 3 kill_at_random
	wait_until 10 unused || fail "the module is still used $(users_of_module) times"
	nothing_lost repeat "$1" kill_at_random
}

# Swap to compressed memory, for the rest of the host's life.
swap_on() { # [SIZE]
	! grep -q zram /proc/swaps || return 0
	for module in zsmalloc lz4_compress lz4hc_compress zram; do
		[ ! -f modules/$module.ko ] || insmod modules/$module.ko
	done
	[ -e /sys/block/zram0/disksize ] || skip "this kernel has no zram"
	echo "${1:-256M}" >/sys/block/zram0/disksize
	mkswap /dev/zram0 && swapon /dev/zram0 || fail "no swap"
}

# api_pressure DEVICE: what a host does that needs memory, under a guest.
api_pressure() {
	need "$1"
	swap_on
	mkdir "$work/test/cgroup"
	mount -t cgroup2 none "$work/test/cgroup" || skip "this kernel has no cgroups"
	mkdir -p "$work/test/cgroup/guest"
	echo +memory >"$work/test/cgroup/cgroup.subtree_control"
	echo 3M >"$work/test/cgroup/guest/memory.max" || skip "cgroups cannot limit memory"
	export HVK_CGROUP="$work/test/cgroup/guest"
	(api_program pressure "$1")
	status=$?
	rmdir "$work/test/cgroup/guest"
	umount "$work/test/cgroup"
	[ $status = 0 ] || exit $status
}

# api_enomem: on the debug host, which can make allocations fail.
api_enomem() {
	need_hvk
	[ -d /sys/kernel/debug/failslab ] || skip "this kernel injects no faults"
	nothing_lost api_program enomem /dev/hvk
}

# Boots and power-offs, and now and then a VMM that is killed, until the time is over.
storm_of_one() { # SECONDS
	storm_end=$(($(clock) + $1 * 100))
	while [ "$(clock)" -lt $storm_end ]; do
		if [ $((RANDOM % 4)) = 0 ]; then
			timeout -s KILL $((RANDOM % 4 + 1)) "$hvk_run" --dev /dev/hvk \
				--kernel "$guests/idle.elf" --memory 64 --cpus 2
		else
			"$hvk_run" --dev /dev/hvk --kernel "$guests/boot.elf" --memory 64 --cpus 2 |
				grep -q '^tests: .* 0 failed' || echo FAILED
		fi
	done </dev/null 2>&1
}

all_are_there() {
	[ "$(sed -n 's/^VMs //p' $state)" -ge 64 ]
}

start_storm() { # SECONDS
	crowd=
	for one in $(seq 64); do
		"$hvk_run" --dev /dev/hvk --kernel "$guests/idle.elf" --memory 64 --cpus 2 \
			>/dev/null 2>&1 </dev/null &
		crowd="$crowd $!"
	done
	pids="${pids:-} $crowd"
	wait_until 120 all_are_there || fail "only $(sed -n 's/^VMs //p' $state) VMs"
	storms=
	for one in $(seq 8); do
		storm_of_one "$1" >"$work/test/storm-$one" &
		storms="$storms $!"
	done
	wait $storms
	kill -KILL $crowd
	wait $crowd 2>/dev/null
	! grep -h . "$work"/test/storm-* | grep FAILED || fail "a guest did not come to its end"
}

# lost_storm SECONDS: 64 VMs of two vCPUs, and others that come and go beside them. The
# host's slabs grow for the first such crowd, by 1.6 MiB, and keep that: it comes before.
lost_storm() {
	need_hvk
	start_storm 1
	nothing_lost start_storm "$1"
	quick_guest /dev/hvk || fail "no guest afterwards"
}
