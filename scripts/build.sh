# SPDX-License-Identifier: MIT
#
# build.sh - shared by scripts/sonde and scripts/test: from a fresh clone to a build in build/.
#
# Nothing here writes to stdout or reads stdin. All answer with 0 when they are done; when they are not, they
# have said why on stderr.

root=$(dirname "$(dirname "$(readlink -f "$0")")")

say() {
	echo "$(basename "$0"): $*" >&2
}

packages_of() {
	local section
	for section in "$@"; do
		sed -n "s/^$section[[:space:]]*//p" "$root/scripts/packages"
	done
}

missing_packages() {
	local installed package
	installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
	for package in $(packages_of "$@"); do
		grep -qx -- "$package" <<<"$installed" || echo "$package"
	done
}

# apt_get ARGUMENT... - as root, if we may; 2 if not.
apt_get() {
	local as_root=()
	if test "$(id -u)" -ne 0; then
		sudo -n true 2>/dev/null </dev/null || return 2
		as_root=(sudo -n)
	fi
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qy "$@" >&2 </dev/null
}

# install_packages SECTION... - installs what is missing of these sections. On a system without dpkg we know no
# names: configure will say what it lacks.
install_packages() {
	local stamp=$root/build/packages-$*
	test ! "$stamp" -nt "$root/scripts/packages" || return 0
	if command -v dpkg-query >/dev/null; then
		local missing
		mapfile -t missing < <(missing_packages "$@")
		if test "${#missing[@]}" -gt 0; then
			say "installing ${missing[*]}"
			if ! apt_get install --no-install-recommends "${missing[@]}" &&
				! { apt_get update && apt_get install --no-install-recommends "${missing[@]}"; }; then
				say "these Debian packages are needed and could not be installed; please type"
				echo "    sudo apt-get install ${missing[*]}" >&2
				return 1
			fi
		fi
	fi
	mkdir -p "$root/build"
	touch "$stamp"
}

# Whether the makefile's sources have changed since automake last saw them.
is_bootstrap_needed() {
	cd "$root" || return
	test ! -e configure || test ! -e Makefile.in ||
		test -n "$(find configure.ac Makefile.am include plugins src tests bench \
			\( -name configure.ac -o -name Makefile.am -o -name '*.mk' \) -newer Makefile.in -print -quit 2>/dev/null)"
}

is_configure_needed() {
	local flag
	test -e "$root/build/Makefile" || return 0
	for flag in "$@"; do
		grep -q -- "'$flag'" "$root/build/config.log" || return 0
	done
	return 1
}

# run_logged COMMAND... - its output is of interest only when it fails.
run_logged() {
	"$@" >>"$root/build/build.log" 2>&1 </dev/null && return
	say "failed: $*"
	tail -n 30 "$root/build/build.log" >&2
	say "the whole log is in $root/build/build.log"
	return 1
}

# build_locked CONFIGURE_FLAG... - brings build/ up to date.
build_locked() {
	: >"$root/build/build.log"
	if is_bootstrap_needed; then
		say "building in $root/build (this once, it takes a minute)"
		run_logged autoreconf -fi "$root" || return
		rm -f "$root/build/Makefile"
	fi
	cd "$root/build" || return
	if is_configure_needed "$@"; then
		run_logged ../configure "$@" || return
	fi
	run_logged make -s -j"$(nproc)" all
}

# Whether everything was built after the last change, as far as one can see who may not build.
is_built() {
	test -x "$root/build/sonde" && test -e "$root/build/built" &&
		test -z "$(find "$root/configure.ac" "$root/Makefile.am" "$root/include" "$root/plugins" "$root/src" \
			-type f -newer "$root/build/built" -print -quit 2>/dev/null)"
}

# is_of_others - whether somebody else has built here: what is there is taken as it is then.
is_of_others() {
	test -e "$root/build/lock" && test ! -w "$root/build/lock"
}

# take_build - what others have built; 1 if that is old.
take_build() {
	is_built && return
	say "$root/build is older than its sources, and not ours to build: run this once as $(stat -c %U "$root/build")"
	return 1
}

# build_tree CONFIGURE_FLAG... - the same, one at a time. What the caller was given by a make of its own is
# not for ours.
build_tree() {
	mkdir -p "$root/build"
	(
		flock 9
		unset MAKEFLAGS MFLAGS MAKELEVEL CDPATH
		touch "$root/build/built-t"
		build_locked "$@" 9>&- && mv "$root/build/built-t" "$root/build/built"
	) 9>"$root/build/lock"
}
