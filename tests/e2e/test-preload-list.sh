# SPDX-License-Identifier: MIT
#
# LD_PRELOAD is shared with the user's own libraries: theirs stay, in their order and form, and ours is there once.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

# Two libraries that both answer getppid(), which nobody else intercepts: the first in the list wins.
for n in 1 2; do
	echo "int getppid(void) { return $n; }" >lib.c
	"$CC" -shared -fPIC -o "$n.so" lib.c || exit 1
done
cat >who.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	const char *list = getenv("LD_PRELOAD");

	printf("%d\n%s\n", getppid() <= 2 ? (int)getppid() : 0, list ? list : "(none)");
	return 0;
}
END
"$CC" -o who who.c || exit 1

# kept SENTENCE LIST FIRST - the user's list is what a watched program, its child and its grandchild have behind us.
kept() {
	local sentence=$1 list=$2 first=$3 wrong=
	act env LD_PRELOAD="$list" ./who
	test "$(head -1 out)" = "$first" || wrong="bare: $(head -1 out)"
	for command in ./who "sh -c ./who" "$subject start posix_spawn ./who" "$subject start system ./who"; do
		# shellcheck disable=SC2086 # words
		act env LD_PRELOAD="$list" "$sonde" run --report=none -o recording.json -- $command
		test "$(cat out)" = "$first
$library:$list" -a ! -s err || wrong="$wrong; $command: $(cat out err)"
	done
	if test -z "$wrong"; then pass "$sentence"; else fail "$sentence" "$wrong"; fi
}

kept "a list with colons" "$scratch/1.so:$scratch/2.so" 1
kept "the other order" "$scratch/2.so:$scratch/1.so" 2
kept "a list with spaces" "$scratch/2.so $scratch/1.so" 2
kept "colons and spaces" "$scratch/1.so $scratch/2.so:libm.so.6" 1
kept "empty elements" ":$scratch/1.so::$scratch/2.so:" 1
kept "spaces at the ends" " $scratch/2.so  $scratch/1.so " 2
kept "relative paths" "./1.so:./2.so" 1
kept "names that are searched for" "libm.so.6 libdl.so.2" 0

unharmed "a child that replaces LD_PRELOAD gets what it says" env LD_PRELOAD=./2.so sh -c './who | head -1'
check "and is watched" "$(value 'count("printf", "__printf_chk"), r["unwatched"]')" = "(1, [])"
unharmed "a child that clears it, too" env -u LD_PRELOAD sh -c './who | head -1'
check "and is watched as well" "$(value 'count("printf", "__printf_chk"), r["unwatched"]')" = "(1, [])"
act sonde run --report=none -- env LD_PRELOAD="./1.so ./2.so" ./who
check "ours comes before what it says" "$(cat out)" = "1
$library:./1.so ./2.so"
act sonde run --report=none -- env LD_PRELOAD="./1.so:$library ./2.so" ./who
check "and stays where it is, if it is there" "$(cat out)" = "1
./1.so:$library ./2.so"
unharmed "what the loader says of a missing library of the user's is what it says bare" \
	env LD_PRELOAD=./none.so sh -c "./who | head -1"

mkdir copy other && cp "$library" copy/ && cp "$library" other/
twice() {
	local sentence=$1 list=$2
	act preloading "$list" "$sonde" run --report=none -o recording.json -- "$subject" children 4
	check "$sentence" "$status $(cat err) $(value 'count("lseek"), count("fork")')" = "0  (4, 4)"
}
twice "with two copies of us every call counts once" "$scratch/copy/libsonde-preload.so"
twice "also with three" "$scratch/copy/libsonde-preload.so:$scratch/other/libsonde-preload.so"
twice "also with ours last" "$scratch/copy/libsonde-preload.so:$library"
twice "also with a link to ours" "$(ln -s "$library" link.so && echo "$scratch/link.so")"
cp "$library" renamed.so && cp "$library" another.so
twice "also with a copy under another name" "$scratch/renamed.so"
twice "also with two of them" "$scratch/renamed.so:$scratch/another.so"
twice "also with one before ours" "$scratch/renamed.so:$library"
twice "also with a library of the user's between" "$scratch/renamed.so:$scratch/1.so:$library"

brought() {
	act sonde run --report=none -o recording.json -- env LD_PRELOAD="$2" "$subject" start vfork "$subject" children 4
	check "$1" "$(value 'count("lseek"), count("fork"), len(r["processes"])')" = "(4, 4, 7)"
}
brought "also when a child brings the second copy" "$scratch/copy/libsonde-preload.so"
brought "also when that has another name" "$scratch/renamed.so"

# Nobody has made a session: the first copy does, and the second one none.
mkdir place
SONDE_DIRECTORY=$scratch/place LD_PRELOAD=$scratch/renamed.so:$scratch/another.so "$subject" children 4
check "two copies alone make one session" "$(echo place/sonde-*/* | wc -w)" = 1
XDG_STATE_HOME=$scratch/alone SONDE_DIRECTORY=$scratch/place act sonde sessions --collect
act sonde merge -o recording.json "$(find alone -name '*.json.gz')"
check "in which every call counts once" "$(value 'count("lseek"), count("fork"), len(r["processes"])')" = "(4, 4, 5)"

cat >named.c <<'END'
#include <unistd.h>

void sonde_engine_v1(void)
{
}

int main(void)
{
	lseek(0, 0, SEEK_CUR);
	return 0;
}
END
"$CC" -rdynamic -o named named.c || exit 1
unharmed "a program that has a function with a name of ours is no copy of us" ./named
check "and is watched as any other" "$(value 'count("lseek")')" = 1
finish
