# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir and CC come from the makefile
#
# Small libraries, each with one thing wrong, and one with none.
. "$top_srcdir/tests/scripts/lib.sh" || exit

cat >"$scratch/good.c" <<'END'
#include <unistd.h>
static __thread char *thread_local;
ssize_t read(int fd, void *buf, size_t count)
{
	thread_local = buf;
	return fd == (int)count ? -1 : write(fd, thread_local, count);
}
void sonde_engine_v1(void)
{
}
END
echo read >"$scratch/good.list"
printf '{ global: read; sonde_engine_v1; local: *; };\n' >"$scratch/good.map"
link_flags="-Wl,-z,now -Wl,-z,nodelete -Wl,-z,relro"

# build SOURCE MAP FLAG... - makes $scratch/library.so.
build() {
	local source=$1 map=$2
	shift 2
	# shellcheck disable=SC2086
	$CC -O0 -fPIC -shared -ftls-model=initial-exec -o "$scratch/library.so" "$scratch/$source" \
		-Wl,--version-script="$scratch/$map" "$@"
}

check() {
	"$top_srcdir/scripts/check-exports" "$scratch/library.so" "$scratch/${1:-good.list}"
}

# shellcheck disable=SC2086
build good.c good.map $link_flags
report "a library that does as it should passes" passes check

{ cat "$scratch/good.c"; echo 'void real_fopen(void) { }'; } >"$scratch/stray.c"
sed 's/read;/read; real_fopen;/' "$scratch/good.map" >"$scratch/stray.map"
printf 'read\nreal_fopen\n' >"$scratch/stray.list"
# shellcheck disable=SC2086
build stray.c stray.map $link_flags
report "a symbol that is not in the table is found" finds 'not ok - exports nothing beyond' check
report "a symbol that libc lacks is found" finds 'not ok - exports nothing that libc lacks' check stray.list

# shellcheck disable=SC2086
build good.c good.map $link_flags
report "a row without its symbol is found" finds 'not ok - exports every symbol' check stray.list

# Of glibc 2.36.
{ cat "$scratch/good.c"; echo 'unsigned int arc4random(void);'
	echo 'void own_name(void) { arc4random(); }'; } >"$scratch/newer.c"
# shellcheck disable=SC2086
if build newer.c good.map $link_flags -Wl,-z,defs 2>/dev/null; then
	report "a name that older releases of libc lack is found" finds 'not ok - needs nothing that came after' check
fi

printf 'read@GLIBC_2.0\nread@@GLIBC_2.1\n' >"$scratch/versions.list"
report "a version without its symbol is found" finds 'not ok - exports every symbol' check versions.list
printf 'GLIBC_2.0 { local: older_*; };\nGLIBC_2.1 { };\n' >"$scratch/versions.map"
{ cat "$scratch/good.c"; echo 'int older_read(void) { return 0; }'
	echo '__asm__(".symver older_read, read@GLIBC_2.0\n.symver read, read@@@GLIBC_2.1");'; } >"$scratch/versions.c"
# shellcheck disable=SC2086
build versions.c versions.map $link_flags
report "a library that exports two versions of a symbol passes" passes check versions.list

{ cat "$scratch/good.c"; echo 'void newer(void) { }'; echo '__asm__(".symver newer, newer@GLIBC_2.1");'; } \
	>"$scratch/newer.c"
printf 'read\nnewer@GLIBC_2.1\n' >"$scratch/newer.list"
# shellcheck disable=SC2086
build newer.c versions.map $link_flags
report "a symbol of a newer libc may be exported under its version alone" passes check newer.list

# shellcheck disable=SC2086
build versions.c versions.map $link_flags
report "a version that is not in the table is found" finds 'not ok - exports nothing beyond' check

# shellcheck disable=SC2086
build good.c good.map $link_flags -Wl,--no-as-needed -lm
report "another library that is needed is found" finds 'not ok - needs libc and no other' check

{ cat "$scratch/good.c"; echo 'double root(double); double (*keep)(double) = root;'; } >"$scratch/foreign.c"
# shellcheck disable=SC2086
build foreign.c good.map $link_flags
report "a symbol that libc does not have is found" finds 'not ok - takes every symbol' check

sed 's/char \*thread_local/char *thread_local, more[60]/; s/thread_local = buf/more[fd] = 1, &/' "$scratch/good.c" \
	>"$scratch/large.c"
# shellcheck disable=SC2086
build large.c good.map $link_flags
report "more than 64 bytes of thread-local memory are found" finds 'not ok - has at most 64' check

# shellcheck disable=SC2086
build good.c good.map $link_flags -ftls-model=global-dynamic
report "thread-local memory that is asked for is found" finds 'not ok - never asks' check
report "thread-local memory that is not initial-exec is found" finds 'not ok - its thread-local' check

{ cat "$scratch/good.c"; echo 'const char *const keep[32] = { [0 ... 31] = "text" };'; } >"$scratch/table.c"
# shellcheck disable=SC2086
build table.c good.map $link_flags
report "a table of addresses is found" finds 'not ok - has no tables of addresses' check

build good.c good.map -Wl,-z,lazy -Wl,-z,relro -Wl,-z,nodelete
report "late binding is found" finds 'not ok - is bound when' check
build good.c good.map -Wl,-z,now -Wl,-z,relro
report "a library that could be unloaded is found" finds 'not ok - is never unloaded' check
build good.c good.map -Wl,-z,now -Wl,-z,nodelete -Wl,-z,norelro
report "tables that stay writable are found" finds 'not ok - its tables are' check
# shellcheck disable=SC2086
build good.c good.map $link_flags -Wl,-z,execstack
report "an executable stack is found" finds 'not ok - asks for no executable' check
finish
