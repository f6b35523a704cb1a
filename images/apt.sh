# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# apt.sh - a private apt: its own sources, lists and cache under build/apt.
# Sourced by the other scripts of this folder. Nothing in /etc/apt changes; the
# mirror, the keyring and whatever the machine has in apt.conf.d (a proxy, say)
# are the machine's own, and apt checks every signature and hash as it always does.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${HVK_BUILD:-$top/build}
apt_dir=$build/apt
suite=bookworm

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# The size of files or folders, for people.
size_of() { du -ch "$@" | tail -n 1 | cut -f 1; }

# on_debian: true where packages can be fetched and installed by these scripts.
on_debian() {
	[ -r /etc/os-release ] && command -v apt-get >/dev/null &&
		(. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ])
}

# The machine's own sources, a line each: label, archive, file that names it.
machine_sources() {
	apt-get indextargets --format '$(LABEL)|$(REPO_URI)|$(SOURCESENTRY)' \
		'Identifier: Packages' 'Origin: Debian' 'Component: main' | sort -u
}

# keyring_of ENTRY: the keyring that the sources file ENTRY (path:line) names, if
# it names a file; without one apt falls back to the machine's trusted keys.
keyring_of() {
	sed -n 's/^Signed-By: *\(\/.*[^ ]\) *$/\1/p; s/.*[[ ]signed-by=\(\/[^] ]*\).*/\1/p' \
		"${1%:*}" | head -n 1
}

# write_sources: build/apt/sources.list from the machine's own sources.
write_sources() {
	local found label uri entry keyring
	found=$(machine_sources)
	if [ -z "$found" ]; then
		# A machine whose apt has never fetched its lists (a container image).
		as_root apt-get -q update
		found=$(machine_sources)
	fi
	[ -n "$found" ] || die "apt knows no Debian archive here: add one to /etc/apt and run 'apt-get update'"
	while IFS='|' read -r label uri entry; do
		keyring=$(keyring_of "$entry")
		keyring=${keyring:+" [signed-by=$keyring]"}
		case $label in
		Debian)
			for s in "$suite" "$suite-updates" "$suite-backports"; do
				say "deb$keyring $uri $s main"
			done ;;
		Debian-Security) say "deb$keyring $uri $suite-security main" ;;
		esac
	done <<<"$found" | sort -u | replace "$apt_dir/sources.list"
}

# replace FILE: its content from standard input, at once: another of these scripts, which fetches
# meanwhile, sees the old content or the new, never a part.
replace() {
	local new=$1.$BASHPID
	cat >"$new"
	mv "$new" "$1"
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null; then sudo "$@"
	else die "needs root for '$*': run as root, or install sudo"
	fi
}

# apt_init: makes the private configuration, and fetches its lists if they are
# older than a day.
apt_init() {
	export APT_CONFIG=$apt_dir/apt.conf
	mkdir -p "$apt_dir"/{lists,archives}/partial
	[ -f "$apt_dir/status" ] || : >"$apt_dir/status"
	replace "$APT_CONFIG" <<-END
		Dir::Etc::sourcelist "$apt_dir/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::State::lists "$apt_dir/lists";
		Dir::Cache "$apt_dir";
		Dir::Cache::archives "$apt_dir/archives";
		APT::Architectures { "amd64"; "arm64"; };
		APT::Sandbox::User "";
		Acquire::Languages "none";
	END
	[ -z "$(find "$apt_dir/updated" -mtime -1 2>/dev/null)" ] || return 0
	(unset APT_CONFIG; write_sources)
	say "fetching the package lists of $suite for amd64 and arm64"
	apt-get -qq update || die "the package lists could not be fetched"
	touch "$apt_dir/updated"
}

# apt_get ARCH ARGS...: apt-get for a machine of that architecture on which
# nothing is installed. Each architecture keeps its own parsed form of the lists, also
# where the machine's configuration has turned that off (container images do).
apt_get() {
	local arch=$1
	shift
	apt-get -y -o APT::Architecture="$arch" -o Dir::State::status="$apt_dir/status" \
		-o Dir::Cache::pkgcache="pkgcache-$arch.bin" \
		-o Dir::Cache::srcpkgcache="srcpkgcache-$arch.bin" --no-install-recommends "$@"
}

# tell_fetched: of what apt-get says, how much there is to fetch, each package that
# comes, with its size, and each that is set up.
tell_fetched() {
	sed -un 's/^Need to get .*/  &/p
		s/^Get:[^ ]* [^ ]* [^ ]* [^ ]* \([^ ]*\) [^ ]* \([^ ]*\) \[\(.*\)\]$/  \1 \2, \3/p
		s/^Setting up \(.*\) \.\.\.\r*$/  installed \1/p'
}

# fetch_debs DIR ARCH PACKAGE...: downloads packages, without what they depend on,
# into DIR, unless they are there.
fetch_debs() {
	local dir=$1 arch=$2
	shift 2
	mkdir -p "$dir"
	(cd "$dir" && apt_get "$arch" -q download "$@") | tell_fetched
}

# unpack DEB DIR [MEMBER...]: a package's files (all, or those named) into DIR,
# whose /lib and the like may be links into /usr.
unpack() {
	local deb=$1 dir=$2
	shift 2
	dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --wildcards -C "$dir" "$@"
}

# unpack_first DEB DIR MEMBER...: as unpack, but stops at the last of the members
# instead of reading a large package to its end.
unpack_first() {
	local deb=$1 dir=$2 member
	shift 2
	(set +o pipefail; dpkg-deb --fsys-tarfile "$deb" 2>/dev/null |
		tar -x --occurrence=1 -C "$dir" "$@")
	for member in "$@"; do
		[ -f "$dir/$member" ] || die "${deb##*/} is damaged: delete it and try again"
	done
}
