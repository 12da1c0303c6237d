# SPDX-License-Identifier: MIT
#
# Programs with an allocator of their own: in the program, in a library that it is linked with, and preloaded.
. "${top_srcdir:-.}/tests/hazards/lib.sh"

# H1: memory that is asked for while symbols are looked up.
keys="H1 H13 a program that defines malloc, which looks symbols up:"
build own special.c "$here/own-malloc.c" -DMALLOC_IS_SEEN=0 && truthful "$keys" own
build plain special.c
build counted special.c -DMALLOC_IS_SEEN=1
"$CC" -shared -fPIC -w -D_GNU_SOURCE -I"$top_builddir" -o own-malloc.so "$here/own-malloc.c"
truthful "H1 H13 a malloc that looks symbols up, preloaded by the user:" counted LD_PRELOAD="$PWD/own-malloc.so"
act preloading "$PWD/own-malloc.so:$library" "$sonde" run --report=none -o recording.json -- ./plain memory
check "H1 such a malloc preloaded before us works, and calls count" \
	"$status $(cat err) $(value 'count("lseek")')" = "0  80"

# H13: allocators that people use.
for allocator in jemalloc.so.2 tcmalloc_minimal.so.4 mimalloc.so.2.0; do
	path=$("$CC" -print-file-name="lib$allocator")
	keys="H13 a program with ${allocator%%.*}"
	if test ! -e "$path"; then
		skip "there is no lib$allocator" "$keys linked: its memory is its allocator's"
		continue
	fi
	build linked special.c -DMALLOC_IS_SEEN=1 -Wl,--no-as-needed "$path"
	truthful "$keys linked:" linked
	truthful "$keys preloaded:" counted LD_PRELOAD="$path"
	act preloading "$path:$library" "$sonde" run --report=none -o recording.json -- ./plain memory
	check "$keys preloaded before us works, and calls count" \
		"$status $(cat err) $(value 'count("lseek")')" = "0  80"
done
finish
