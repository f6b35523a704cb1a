# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What a user of hvk-run sees: exit statuses, messages.

# expect_status STATUS PATTERN COMMAND...: that status, and a message that matches.
expect_status() {
	wanted=$1 pattern=$2
	shift 2
	timeout -s KILL $((60 * patience)) "$@" >"$work/test/message" 2>&1
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

# ends_after SECONDS STATUS SAYS OPTIONS...: one guest, alone; after one SIGTERM it has that time,
# ends hvk-run with that status, and its console has a line that matches.
ends_after() {
	least=$1 wanted=$2 says=$3 console=$work/test/console
	shift 3
	rm -f "$console"	# of the one before: it would show that this one started
	"$hvk_run" --memory 32 "$@" >"$console" 2>&1 </dev/null &
	pid=$!
	pids="${pids:-} $pid"
	console_shows 20 '^idle\|^waiting\|^resetting' "the guest did not start"
	sent=$(clock)
	kill -TERM $pid
	wait $pid
	status=$?
	took=$(($(clock) - sent))
	cat "$console"
	[ $status = "$wanted" ] || fail "'$*': status $status instead of $wanted after SIGTERM"
	# Both clocks are cut off, not rounded.
	[ $took -ge $((least * 100 - 1)) ] || fail "'$*': $took hundredths of a second instead of $least s"
	has "$console" "$says" || fail "'$*' does not say '$says'"
}

# vmm_sigterm: one SIGTERM ends a guest that knows no power key, and one that looks at it and
# goes on; who powers off, or resets, ends as it asked to. Lower bounds alone are held against a clock.
vmm_sigterm() {
	need_hvk
	ends_after 0 143 'the guest is killed' --kernel "$guests/idle.elf" --cpus 2 --grace 0
	ends_after 1 143 'killed: it has not looked at its power key 1 s after SIGTERM' \
		--kernel "$guests/idle.elf" --grace 1
	ends_after 6 143 'killed: it has not powered off 6 s after SIGTERM' \
		--kernel "$guests/powerkey.elf" --append deaf --grace 1
	ends_after 0 0 'the key is down' --kernel "$guests/powerkey.elf" --grace 3600
	ends_after 0 0 'resetting' --kernel "$guests/reset.elf" --grace 3600
}

# --system: --check and --dump need no module.
vmm_system_file() {
	folder=$work/test
	cp "$guests/boot.elf" "$folder/k"
	cat >"$folder/good.toml" <<-'END'
		[[partition]]
		name = "a"
		kernel = "k"
		host-cpus = [0]
		[schedule]
		frame = "10ms"
		window = [{ cpu = 0, partition = "a", offset = "0ms", length = "9.5ms" }]
	END
	sed 's/9.5ms/9.6ms/; s/"k"/"no-such-file"/; s/\[0\]/[99]/' "$folder/good.toml" >"$folder/bad.toml"
	expect_status 0 'good.toml: 1 partition, no mistakes' \
		"$hvk_run" --system "$folder/good.toml" --check
	expect_status 2 'bad.toml:3: kernel .no-such-file.: no such file' \
		"$hvk_run" --system "$folder/bad.toml" --check
	expect_status 2 'bad.toml:4: host CPU 99 is not online, expected one of 0' \
		"$hvk_run" --system "$folder/bad.toml"
	expect_status 2 '--console b: .*good.toml has no partition of that name' \
		"$hvk_run" --system "$folder/good.toml" --console b,pty
	"$hvk_run" --system "$folder/good.toml" --dump >"$folder/dump.toml" || fail "--dump"
	"$hvk_run" --system "$folder/dump.toml" --dump | cmp "$folder/dump.toml" - ||
		fail "a dump's dump is another"
}

# vmm_rt_limit: windows of 96 % of a CPU. What keeps the rest of it from them is told, by its own
# name, and the command that is told switches it off. That of the fair server is not run here: 6.12
# once warned of its own accounting when it was (kernel/sched/deadline.c:292), which fails a lab.
vmm_rt_limit() {
	cp "$guests/idle.elf" "$work/test/idle.elf"
	cat >"$work/test/c1.toml" <<-END
		[[partition]]
		name = "greedy"
		kernel = "idle.elf"
		memory = "1M"
		host-cpus = [0]
		[schedule]
		frame = "10ms"
		window = [{ cpu = 0, partition = "greedy", offset = "0ms", length = "9.6ms" }]
	END
	fair=/sys/kernel/debug/sched/fair_server/cpu0/runtime
	throttling=/proc/sys/kernel/sched_rt_runtime_us
	lost='ms of each 1000 ms, at a stretch; .* off'
	if [ -e $fair ]; then
		knob=$fair other=$throttling says='other threads that want it have 50 ms .*the fair server'
		expect_status 0 "warning: CPU 0 has 96.0 % .* fair server gives 5 % .*lose 50.0 $lost there with echo 0 > $knob" \
			"$hvk_run" --system "$work/test/c1.toml" --check
	else
		knob=$throttling other=$fair says='real-time threads may have 950 ms .*RT throttling'
		expect_status 2 "c1.toml:8: CPU 0 has 96.0 % .* throttles .*lose 10.4 $lost with sysctl kernel.sched_rt_r" \
			"$hvk_run" --system "$work/test/c1.toml" --check
	fi
	has "$work/test/message" "$(basename $other)" && [ $knob != $throttling ] &&
		fail "it names a knob that does nothing here"
	remedy=$(sed -n 's/.* off.* with \(.*\)$/\1/p' "$work/test/message")
	"$hvk_run" --doctor >"$work/test/doctor"
	grep "$says" "$work/test/doctor" || fail "the doctor does not say '$says'"
	if [ $knob = $fair ]; then
		[ "$remedy" = "echo 0 > $fair" ] && [ -w $fair ] || fail "'$remedy' is no remedy"
		return 0
	fi
	before=$(cat $knob)
	echo "running: $remedy"
	sh -c "$remedy"
	"$hvk_run" --system "$work/test/c1.toml" --check >"$work/test/message" 2>&1
	status=$?
	echo "$before" >$knob
	cat "$work/test/message"
	[ $status = 0 ] || fail "status $status after the remedy"
	has "$work/test/message" '96.0 %' && fail "the remedy does nothing"
	return 0
}

# vmm_no_module: what is said before the module is there, alone and in a system.
vmm_no_module() {
	[ ! -e /dev/hvk ] || fail "the module is loaded"
	printf '[[partition]]\nname = "a"\nkernel = "%s"\n' "$(realpath "$guests/boot.elf")" \
		>"$work/test/a.toml"
	remedy='/dev/hvk: No such file or directory; load the module: sudo insmod hvk.ko'
	expect_status 1 "$remedy" "$hvk_run" --kernel "$guests/boot.elf"
	expect_status 1 "$remedy" "$hvk_run" --system "$work/test/a.toml"
	expect_status 0 'a.toml: 1 partition, no mistakes' "$hvk_run" --system "$work/test/a.toml" --check
}

# one_window NAME: a schedule, as vmm_check has lines.
one_window() {
	echo "[schedule]~frame=\"10ms\"~window=[{cpu=0,partition=\"$1\",offset=\"0ms\",length=\"1ms\"}]"
}

# vmm_check: what --check finds by loading all, and the run says with the same words; it does
# not warn of a schedule that is not started.
vmm_check() {
	need_hvk
	image=$(realpath "$guests/boot.elf")
	system=$work/test/system.toml
	window=$(one_window two)
	ram=$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)
	echo "to be read" >"$work/test/text"
	while read -r at_start options mistake keys; do
		[ "$options" = -v ] || [ -c /dev/kvm ] || continue	# a kernel without KVM
		printf '[[partition]]\nname = "one"\nkernel = "%s"\nmemory = "16M"\n' "$image" >"$system"
		printf '[[partition]]\nname = "two"\nhost-cpus = [0]\n' >>"$system"
		echo "$keys" | tr '~' '\n' >>"$system"
		mistake=$(echo "$mistake" | tr _ ' ')
		for check in --check ''; do
			expected=$at_start
			[ -z "$check" ] || expected=2
			# shellcheck disable=SC2086  # --check, or nothing
			expect_status "$expected" "system.toml:$mistake" \
				"$hvk_run" --system "$system" "$options" $check </dev/null
			has "$work/test/message" 'warning:' && fail "it warns"
		done
	done <<-END
		1 -v 6:_partition_.two.:_kernel_.*give_the_guest_more kernel="$image"~memory="64K"~$window
		1 -v 6:_partition_.two.:_kernel_.*text,_not_a_program kernel="text"~$window
		2 -v 9:_partition_.two._has_memory_of_.*900000.:_a_number_without kernel="$image"~memory="900000"
		2 -v 9:_partition_.two._has_windows_and_.*stays_in_RAM kernel="$image"~memory="${ram}M"~$window
		2 --dev=/dev/kvm 10:_channel_.c.:_/dev/kvm_has_no_event kernel="$image"~[[channel]]~name="c"~from="one"~to="two"
		2 --dev=/dev/kvm 9:_.schedule.:_/dev/kvm_has_no_windows kernel="$image"~$window
	END
}

# refuses PATTERN ARGUMENTS...: hvk-run says so, with status 1 or 2, and nothing runs.
refuses() {
	wanted=$1
	shift
	timeout -s KILL 30 "$hvk_run" "$@" </dev/null >"$work/test/message" 2>&1
	status=$?
	cat "$work/test/message"
	[ $status = 1 ] || [ $status = 2 ] || fail "'$*' ended with status $status"
	has "$work/test/message" "^hvk-run: .*$wanted" || fail "'$*' does not say '$wanted'"
}

# bad_files FOLDER: files that are no kernel, initrd or tree, or not whole.
bad_files() {
	mkdir "$1" "$1/folder"
	: >"$1/empty"
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\076\0\1\0\0\0' >"$1/elf-x86"
	printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\050\0\1\0\0\0' >"$1/elf-32"
	printf '\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\2\0\267\0\0\0\1' >"$1/elf-big-endian"
	for file in elf-x86 elf-32 elf-big-endian; do
		head -c 4096 /dev/zero >>"$1/$file"
	done
	{ head -c 514 /dev/zero; printf HdrS; head -c 4096 /dev/zero; } >"$1/linux-x86"
	{ head -c 36 /dev/zero; printf '\030\050\157\001'; head -c 4096 /dev/zero; } >"$1/linux-32"
	head -c 10000000 Image-6.1 >"$1/cut"
	{ head -c 24 Image-6.1; printf '\013'; tail -c +26 Image-6.1; } >"$1/linux-big-endian"
	gzip -c "$guests/boot.elf" >"$1/gz"
	head -c 3000 "$1/gz" >"$1/gz-cut"
	{ head -c 2000 "$1/gz"; printf nonsense; tail -c +2009 "$1/gz"; } >"$1/gz-bad"
	truncate -s 20000000 "$1/big"
	gzip -c "$1/big" >"$1/gz-endless"
	{ printf '\050\265\057\375'; head -c 100 /dev/urandom; } >"$1/zst-bad"
	echo nonsense >"$1/no-tree"
	printf '[[partition]]\nname = "a"\nkernel = "k"\n' >"$1/a.toml"
	printf '[[partition]]\nname = "a"\nkernel = "gz"\n' >"$1/good.toml"
	printf '#!/bin/sh\necho hello\n' >"$1/script"
	{ printf 'ANDROID!'; head -c 4096 /dev/zero; } >"$1/android"
	{ printf '\135\0\0\200\0\377\377\377\377\377\377\377\377'; head -c 4096 /dev/urandom; } >"$1/lzma"
	head -c 4096 /dev/zero >"$1/zeroes"
	cp "$image" "$1/a,b.elf"
}

# vmm_bad_input: what a person may get wrong, and what hvk-run says to it.
vmm_bad_input() {
	need_hvk
	[ -r Image-6.1 ] || skip "the lab alone has this kernel"
	bad=$work/test/bad image=$guests/boot.elf
	bad_files "$bad"
	while read -r file pattern; do
		refuses "$pattern" --memory 64 --kernel "$bad/$file" || exit
	done <<-END
		missing		No such file
		empty		is empty
		folder		is a directory
		elf-x86		another machine
		elf-32		32-bit
		elf-big-endian	big-endian
		linux-x86	for x86
		linux-32	32-bit
		linux-big-endian	big-endian
		cut		cut off: the file has 10000000 of
		gz-cut		cut off
		gz-bad		damaged
		zst-bad		zstd data
		no-tree		text, not a program
		a.toml		TOML.*--system
		script		a script; .*initrd
		android		Android boot image; .unpack_bootimg
		lzma		packed with lzma; .*xz -dc
		zeroes		0x0, is no A64 instruction.*format=raw
		a,b.elf		.b.elf. is no key=value; a comma .* written twice
	END
	expect_status 0 passed "$hvk_run" --kernel "$bad/a,,b.elf" --memory 64
	expect_status 1 'the kernel.s command line has 2048 bytes: arm64 Linux keeps 2047' \
		"$hvk_run" --kernel Image-6.1 --append "$(printf '%2048s' x)"
	cat >"$bad/long.toml" <<-END
		[[partition]]
		name = "a"
		kernel = "$(realpath Image-6.1)"
		append = "$(printf '%3000s' x)"
	END
	expect_status 1 'command line has 3000 bytes' "$hvk_run" --system "$bad/long.toml"
	expect_status 2 'command line has 3000 bytes' "$hvk_run" --system "$bad/long.toml" --check
	while read -r pattern arguments; do
		# shellcheck disable=SC2086  # a list of words
		refuses "$(echo "$pattern" | tr _ ' ')" $arguments || exit
	done <<-END
		kernel_needs.*--memory	--kernel Image-6.1 --memory 16
		more_than_the_guest's_RAM.*--memory	--kernel $bad/gz-endless --memory 16
		more_than_the	--kernel $image --memory 16 --initrd $bad/big
		No_such_file		--kernel $image --initrd $bad/missing
		device_tree_blob	--kernel $image --dtb $bad/no-tree
		device_tree_blob	--kernel $image --dtb $bad/empty
		more_than_the		--kernel $image --dtb $bad/big
		memory.*not_a_size	--kernel $image --memory 0
		memory.*not_a_size	--kernel $image --memory 5x
		RAM_and_swap;.*--memory	--kernel $image --memory 900G
		must_be_64K		--kernel $image --memory 99999G
		cpus.*1_to_8		--kernel $image --cpus 0
		cpus.*1_to_8		--kernel $image --cpus 9
		nonsense		--kernel $image --nonsense
		exclude_each_other	--kernel $image --firmware u-boot.bin
		nothing_to_run		--initrd $initrd
		did_you_mean_--kernel_Image-6.1?	Image-6.1
		did_you_mean_--kernel_Image-6.1?	Image-6.1 --initrd $initrd
		did_you_mean_--system_.*a.toml?	$bad/a.toml
		not_TOML_but_an_ELF_file	--system $image
		which_says_itself	--kernel $image,load=0x40080000
		not_an_address		--kernel $image,load=here
		an_ELF_file		--firmware $image
		text			--firmware $bad/no-tree
		give_/dev/hvk_or_/dev/kvm	--kernel $image --dev /dev/nothing
		give_/dev/hvk_or_/dev/kvm	--system $bad/good.toml --dev /dev/nothing
		did_you_mean_.--kernel	--kernal $image
		did_you_mean_.--kernel	-kernel $image
		KVM_ABI			--kernel $image --dev /dev/null
	END
	for output in '>/dev/full' '>&-'; do
		eval '"$hvk_run" --kernel "$image" --memory 64 2>"$work/test/message" '"$output"
		status=$?
		cat "$work/test/message"
		[ $status = 0 ] || fail "status $status with $output"
		has "$work/test/message" 'standard output: .*is lost' || fail "nothing said with $output"
	done
}

# vmm_page_size DEVICE: a kernel for pages that the lab's CPU, a Cortex-A72, has not.
vmm_page_size() {
	need "$1"
	[ -r Image-6.1 ] || skip "the lab alone has this kernel"
	{ head -c 24 Image-6.1; printf '\014'; tail -c +26 Image-6.1; } >"$work/test/16k"
	expect_status 1 '16k: built for pages of 16 KiB: .*a kernel with pages of 4 or 64 KiB' \
		"$hvk_run" --dev "$1" --kernel "$work/test/16k"
	cat >"$work/test/16k.toml" <<-END
		[[partition]]
		name = "a"
		kernel = "16k"
	END
	expect_status 0 'no mistakes' "$hvk_run" --system "$work/test/16k.toml" --check
	expect_status 1 'built for pages of 16 KiB' \
		"$hvk_run" --dev "$1" --system "$work/test/16k.toml"
}

# make_users DEVICE: with the group and the mode of the udev rule. hvk-run as a member of the
# group is $work/test/member, as somebody else $work/test/stranger. The lab has no udev, and
# no users.
make_users() {
	rule=$(grep '^KERNEL=="hvk"' packaging/60-hvk.rules) || fail "there is no udev rule"
	group=$(echo "$rule" | sed -n 's/.*GROUP="\([^"]*\)".*/\1/p')
	mode=$(echo "$rule" | sed -n 's/.*MODE="\([^"]*\)".*/\1/p')
	grep -q '^member:' /etc/passwd || {
		printf '%s:x:100%d:100%d::/tmp:/bin/sh\n' member 1 1 stranger 2 2 >>/etc/passwd
		echo "$group:x:150:member" >>/etc/group
	}
	chgrp "$group" "$1" || fail "the rule's group is none: $rule"
	chmod "$mode" "$1" || fail "the rule's mode is none: $rule"
	ls -l "$1"
	for user in member stranger; do
		printf '#!/bin/sh\nexec su -c '\''id; exec "$@"'\'' -- %s sh %s "$@"\n' $user "$hvk_run" \
			>"$work/test/$user"
		chmod 0755 "$work/test/$user"
	done
}

end_users() { # DEVICE
	chgrp 0 "$1"
	chmod 0600 "$1"
}

# vmm_group DEVICE KERNEL: a member of the group runs guests, and somebody else is told
# why not.
vmm_group() {
	need "$1"
	make_users "$1"
	expect_status 1 'member of the group' "$work/test/stranger" --dev "$1" --kernel "$guests/boot.elf"
	expect_status 0 'passed' "$work/test/member" --dev "$1" --kernel "$guests/boot.elf" --memory 64
	grep -q 'uid=1001.* groups=.*150' "$work/test/message" || fail "this was not the member"
	hvk_run=$work/test/member
	boot_file "$1" "$(kernel_image "$2")" 2
	end_users "$1"
}
