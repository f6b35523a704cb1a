# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Systems in FIT images, which fit-images made: fit/{plain,signed}.itb.

# fit_status STATUS PATTERN IMAGE OPTIONS...
fit_status() {
	fit_wanted=$1 fit_pattern=$2
	shift 2
	expect_status "$fit_wanted" "$fit_pattern" "$hvk_run" "$@"
	[ "$fit_wanted" = 0 ] || ! has "$work/test/message" 'tests: ' || fail "the guest ran"
}

fit_boots() {
	need_hvk
	fit_status 0 'plain.itb: 2 parts with good SHA-256, no signature was asked' fit/plain.itb
	has "$work/test/message" 'tests: [0-9]* passed' || fail "the guest did not run"
	fit_status 0 'signed.itb: 2 parts with good SHA-256, signed by fit/dev.pem' \
		fit/signed.itb --key fit/dev.pem
	has "$work/test/message" 'tests: [0-9]* passed' || fail "the guest did not run"
	expect_status 0 'signed.itb: 1 partition, no mistakes' "$hvk_run" fit/signed.itb --check
}

fit_refused() {
	need_hvk
	bad=$work/test/bad.itb
	# The kernel is the last part, its data the end of the file.
	cp fit/plain.itb "$bad"
	printf '\252\125' |
		dd of="$bad" bs=1 seek=$(($(wc -c <"$bad") - 64)) conv=notrunc 2>/dev/null
	fit_status 1 'bad.itb: its part "boot.elf" is damaged or was changed' "$bad"
	head -c 10000 fit/plain.itb >"$bad"
	fit_status 1 'bad.itb: its part "boot.elf" has .* it is cut off' "$bad"
	fit_status 1 'signed.itb: the signature of .* is not the key' \
		fit/signed.itb --key fit/other.pem
	fit_status 1 'plain.itb: the signature of .* was never made' fit/plain.itb --key fit/dev.pem
	fit_status 2 'boot.elf: not a FIT image but an ELF file; did you mean --kernel fit/boot.elf?' fit/boot.elf
}

# fit_source: what the images were made from is what hvk-run writes, but for the line
# on its licence.
fit_source() {
	"$hvk_run" --system fit/boot.toml --make-its >"$work/test/boot.its" ||
		fail "status $? of --make-its"
	tail -n +2 fit/boot.its | cmp - "$work/test/boot.its" || {
		cat "$work/test/boot.its"
		fail "the source is another"
	}
}
