# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
#
# scripts/sonde in a tree of its own, where autoreconf, configure, dpkg-query, apt-get, sudo and id are stand-ins that
# write down when they are called, and where the built sonde says what it was given.
. "$top_srcdir/tests/scripts/lib.sh" || exit

tree=$scratch/tree
log=$scratch/log
export log tree

# stand_in NAME - a program of that name, from stdin, first in PATH.
stand_in() {
	mkdir -p "$scratch/bin"
	{ echo '#!/bin/bash'; cat; } >"$scratch/bin/$1"
	chmod +x "$scratch/bin/$1"
}

stand_in autoreconf <<'END'
echo autoreconf >>"$log"
echo 'a line that nobody wants to see'
touch "$tree/Makefile.in"
cp "$tree/configure.stand-in" "$tree/configure"
END
stand_in dpkg-query <<'END'
sed 's/^/installed /' "$tree/installed"
END
stand_in apt-get <<'END'
echo "apt-get $*" >>"$log"
test ! -e "$tree/no-network" || exit 100
test "$2" != install || printf '%s\n' "${@:4}" >>"$tree/installed"
END
stand_in id <<'END'
cat "$tree/uid"
END
stand_in sudo <<'END'
test -e "$tree/may-sudo" || exit 1
echo "sudo $*" >>"$log"
while [[ $1 == -* ]]; do shift; done
exec "$@"
END
PATH=$scratch/bin:$PATH

make_tree() {
	rm -rf "$tree" "$log"
	mkdir -p "$tree/scripts" "$tree/src"
	cp "$top_srcdir/scripts/sonde" "$top_srcdir/scripts/build.sh" "$tree/scripts/"
	chmod +x "$tree/scripts/sonde"
	printf 'build  gcc\nbuild  make\ntest   python3\n' >"$tree/scripts/packages"
	printf 'gcc\nmake\n' >"$tree/installed"
	echo 0 >"$tree/uid"
	touch "$tree/configure.ac" "$tree/Makefile.am" "$tree/src/local.mk" "$log"
	cat >"$tree/src/program" <<-'END'
		#!/bin/bash
		echo "in $PWD: $*"
		cat
		exit 7
	END
	cat >"$tree/configure.stand-in" <<-'END'
		#!/bin/bash
		echo "configure $*" >>"$log"
		printf 'all: sonde\nsonde: ../src/program\n\t@echo make >>"$$log"; echo noise; cp ../src/program $@-t; chmod +x $@-t; mv $@-t $@\n' >Makefile
		echo "$0 '$*'" >config.log
	END
	chmod +x "$tree/configure.stand-in"
}

# runs EXPECTED ARGUMENT... - from another directory and with something on stdin; EXPECTED is stdout.
runs() {
	local expected=$1
	shift
	(cd "$scratch/bin" && echo "from stdin" | "$tree/scripts/sonde" "$@" 2>"$scratch/answer" | cmp - <(printf '%s' "$expected"))
}

# logged LINE... - just this was called.
logged() {
	printf '%s\n' "$@" | cmp "$log" - >"$scratch/answer" 2>&1 || { cat "$log" >>"$scratch/answer"; false; }
}

echoed="in $scratch/bin: run -- x
from stdin
"
make_tree
report "a fresh clone is built, and stdout and stdin are the command's" runs "$echoed" run -- x
report "bootstrap, configure and make are called once each" logged autoreconf "configure " make
report "a second time it runs what it has" runs "$echoed" run -- x
report "and calls nothing" logged autoreconf "configure " make
report "when nothing is built, nothing is said" test ! -s "$scratch/answer"
touch -d "1 hour ago" "$tree/build/sonde"; : >"$log"
report "a newer source is built" runs "$echoed" run -- x
report "by make alone" logged make
"$tree/scripts/sonde" </dev/null >"$scratch/answer" 2>&1
report "the exit status is the command's" test $? -eq 7
ln -s "$tree/scripts/sonde" "$scratch/bin/linked"
report "a symbolic link to it works" passes sh -c 'linked </dev/null | grep -q "^in "'

make_tree
for i in 1 2 3 4; do "$tree/scripts/sonde" "$i" </dev/null >"$scratch/out.$i" 2>/dev/null & done
wait
report "several at once all run" test "$(cat "$scratch"/out.* | wc -l)" -eq 4
report "and only one of them builds" logged autoreconf "configure " make

make_tree
echo gcc >"$tree/installed"
report "root installs what is missing" runs "$echoed" run -- x
report "of the packages to run and build, nothing else" logged "apt-get -qy install --no-install-recommends make" \
	autoreconf "configure " make

make_tree
: >"$tree/installed"
echo 1000 >"$tree/uid"
touch "$tree/may-sudo"
report "somebody who may call sudo without a password installs by it" runs "$echoed" run -- x

make_tree
: >"$tree/installed"
echo 1000 >"$tree/uid"
report "somebody who may not is told what to type" finds '^    sudo apt-get install gcc make$' "$tree/scripts/sonde"
"$tree/scripts/sonde" >"$scratch/answer" 2>/dev/null
report "with exit status 125" test $? -eq 125
report "and nothing on stdout" test ! -s "$scratch/answer"

make_tree
echo 'exit 1' >>"$tree/configure.stand-in"
report "a build that fails shows its end and names its log" finds "the whole log is in $tree/build/build.log" \
	"$tree/scripts/sonde"
# Somebody else, for whom root's rights do not count.
as_other() {
	if test "$(/usr/bin/id -u)" -eq 0; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}
make_tree
chmod 755 "$scratch"
"$tree/scripts/sonde" </dev/null >/dev/null 2>&1
chmod a-w "$tree/build/lock"
: >"$log"
as_other "$tree/scripts/sonde" run </dev/null >"$scratch/answer" 2>&1
report "in a tree of somebody else's it runs what is built" test "$? $(cat "$scratch/answer")" = "7 in $PWD: run"
touch -d "1 hour" "$tree/src/program"
report "if that is up to date" finds "is older than its sources, and not ours to build: run this once as " \
	as_other "$tree/scripts/sonde" run
report "else nothing is called" test ! -s "$log"
finish
