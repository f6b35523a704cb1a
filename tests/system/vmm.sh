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

# --system: --check and --dump need neither the module nor the images' content.
vmm_system_file() {
	folder=$work/test
	: >"$folder/k"
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
	[ "$(cat /proc/sys/kernel/sched_rt_runtime_us)" = 950000 ] &&
		expect_status 2 'bad.toml:7: CPU 0 has 96.0 % of 10ms in windows, expected at most 95 %' \
			"$hvk_run" --system "$folder/bad.toml" --dump
	expect_status 2 '--console b: .*good.toml has no partition of that name' \
		"$hvk_run" --system "$folder/good.toml" --console b,pty
	"$hvk_run" --system "$folder/good.toml" --dump >"$folder/dump.toml" || fail "--dump"
	"$hvk_run" --system "$folder/dump.toml" --dump | cmp "$folder/dump.toml" - ||
		fail "a dump's dump is another"
}

# vmm_group DEVICE KERNEL: with the group and the mode of the udev rule a member of the
# group runs guests, and somebody else is told why not. The lab has no udev, and no users.
vmm_group() {
	need "$1"
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
	expect_status 1 'member of the group' "$work/test/stranger" --dev "$1" --kernel "$guests/boot.elf"
	expect_status 0 'passed' "$work/test/member" --dev "$1" --kernel "$guests/boot.elf" --memory 64
	grep -q 'uid=1001.* groups=.*150' "$work/test/message" || fail "this was not the member"
	hvk_run=$work/test/member
	boot_file "$1" "$(kernel_image "$2")" 2
	chgrp 0 "$1"
	chmod 0600 "$1"
}
