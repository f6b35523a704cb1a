# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Firmware in flash, and what it keeps there.

# What is in the background reads /dev/null, unless it says itself what it reads.
uboot_guest() { # DEVICE SECONDS [,vars=FILE]
	vm "$1" "$2" --firmware "u-boot.bin${3:-}" --memory 256 <"$work/test/in"
}

# uboot_run SECONDS COMMAND DEVICE [,vars=FILE]: U-Boot reaches its prompt, obeys, and
# powers off.
uboot_run() {
	run_limit=$1 run_command=$2
	shift 2
	console=$work/test/console
	background uboot_guest "$1" $((60 + run_limit)) "${2:-}" >"$console"
	console_shows 40 'Hit any key' "no autoboot message"
	echo >&4
	console_shows 20 '^=> ' "no prompt"
	echo "$run_command; echo seen-\$board_name; poweroff" >&4
	console_shows "$run_limit" '^seen-' "the prompt does not obey"
	wait "$!"
	status=$?
	cat "$console"
	[ $status = 0 ] || fail "status $status after poweroff"
}

uboot_input() {
	[ -r u-boot.bin ] || fail "u-boot.bin is not there"
	mkfifo "$work/test/in"
	exec 4<>"$work/test/in"	# both ends: neither open waits for the other
}

# uboot_prompt DEVICE
uboot_prompt() {
	need "$1"
	uboot_input
	uboot_run 20 true "$1"
}

# uboot_variables DEVICE: what `saveenv` keeps is there in the next run. It erases 256 KiB
# and programs them by 131,072 writes of 16 bits, as it does on QEMU's flash.
uboot_variables() {
	need "$1"
	uboot_input
	uboot_run 300 'printenv hvktest; setenv hvktest kept; saveenv' "$1" ",vars=$work/test/vars"
	has "$console" '"hvktest" not defined' || fail "the variable is there before it was set"
	uboot_run 20 'printenv hvktest' "$1" ",vars=$work/test/vars"
	has "$console" 'Loading Environment from Flash\.\.\. OK' || fail "U-Boot has not found its variables"
	has "$console" '^hvktest=kept' || fail "the variable is not kept"
}

# count_guest DEVICE: firmware that counts its starts in flash, and checks the flash.
count_guest() {
	vm "$1" 60 --firmware "$guests/cfi.bin,vars=$vars" --memory 32 </dev/null |
		tr -d '\r' >"$work/test/console"
	cat "$work/test/console"
}

# firmware_variables DEVICE: what firmware puts into flash is there in the next run, in a
# file that one guest has at a time.
firmware_variables() {
	need "$1"
	vars=$work/test/a,file
	vars=$(echo "$vars" | sed 's/,/,,/')
	for count in 1 2; do
		count_guest "$1"
		judge "$1" cfi "$work/test/console"
		has "$work/test/console" "^count: $count$" || fail "the count is not $count"
	done
	[ "$(wc -c <"$work/test/a,file")" = 67108864 ] || fail "the file is not a bank of flash"

	# Firmware that stands still, killed while it has the file.
	printf '\000\000\000\024' >"$work/test/loop" # b .
	background vm "$1" 60 --firmware "$work/test/loop,vars=$vars" --memory 32 --verbose \
		>"$work/test/loop-console" </dev/null
	wait_until 20 has "$work/test/loop-console" 'variables .*64 MiB' || fail "no load map"
	expect_status 1 'vars=.*a,file: another guest has it; give each guest a file of its own' \
		"$hvk_run" --dev "$1" --firmware "$guests/cfi.bin,vars=$vars"
	kill -s KILL -- "-$!" 2>/dev/null || kill -KILL "$!"
	wait "$!"
	wait_until 10 counts 3 "$1" || fail "the count is not 3 after a kill"

	expect_status 1 'vars=.*/loop: has 4 bytes, .*64 MiB; truncate -s 64M' \
		"$hvk_run" --dev "$1" --firmware "$guests/cfi.bin,vars=$work/test/loop"
	expect_status 1 'vars=/dev/null: is not a file' \
		"$hvk_run" --dev "$1" --firmware "$guests/cfi.bin,vars=/dev/null"
	expect_status 2 "unknown key 'var', expected .*did you mean 'vars'" \
		"$hvk_run" --dev "$1" --firmware "$guests/cfi.bin,var=x"
}

# The guest goes a moment after the process that was timing it.
counts() { # COUNT DEVICE
	count_guest "$2"
	has "$work/test/console" "^count: $1$"
}

edk2_guest() { # DEVICE
	vm "$1" 250 --firmware "edk2/QEMU_EFI.fd,vars=$work/test/vars" --memory 256 <"$work/test/in"
}

# edk2_run DEVICE COMMAND: EDK2 comes to its shell, obeys, and powers off.
edk2_run() {
	console=$work/test/console
	background edk2_guest "$1" >"$console"
	console_shows 150 'any other key' "EDK2 has no shell"
	printf '\r' >&4
	console_shows 30 'Shell>' "no prompt"
	printf '%s\rreset -s\r' "$2" >&4
	wait "$!"
	status=$?
	cat "$console"
	[ $status = 0 ] || fail "status $status after reset -s"
}

# edk2_variables DEVICE: a UEFI variable is there in the next run.
edk2_variables() {
	need "$1"
	[ -r edk2/QEMU_EFI.fd ] || fail "QEMU_EFI.fd is not there"
	variable='hvktest -guid 12345678-1234-1234-1234-123456789abc'
	mkfifo "$work/test/in"
	exec 4<>"$work/test/in"
	edk2_run "$1" "setvar $variable"
	has "$console" '48 4D 56 4B' && fail "the variable is there before it was set"
	edk2_run "$1" "setvar $variable -bs -nv =0x4b564d48"
	edk2_run "$1" "setvar $variable"
	has "$console" '48 4D 56 4B' || fail "the variable is not kept"
}
