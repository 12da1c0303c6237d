# SPDX-License-Identifier: MIT
#
# The example of docs/plugins.md does what the page says, against installed files.
. "${top_srcdir:-.}/tests/plugins/lib.sh"
root=$scratch/root

# What a user of the header has: it, and what pkg-config says.
mkdir -p "$root"
make -s -C "$top_builddir" install-dist_sondeincludeHEADERS install-nodist_pkgconfigDATA DESTDIR="$root" >install.log 2>&1
prefix=$(sed -n 's/^prefix=//p' "$top_builddir/include/sonde-plugin.pc")
export PKG_CONFIG_PATH=$root$prefix/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
check "the header and what pkg-config reads are installed" -f "$root$prefix/include/sonde/plugin.h" -a \
	-n "$(pkg-config --variable=plugindir sonde-plugin)"
check "pkg-config tells the ABI, and no library" "$(pkg-config --variable=abi_major sonde-plugin)$(
	pkg-config --libs sonde-plugin | tr -d ' ')" = 1

# build EXAMPLE - with the page's one line, here with warnings as errors
build() {
	# shellcheck disable=SC2046 # several words
	gcc -Wall -Wextra -Werror -std=c11 -fPIC -shared -fvisibility=hidden $(pkg-config --cflags sonde-plugin) \
		"$top_srcdir/plugins/examples/$1.c" -o "$1.so" 2>err
	check "the example $1 is built with one line" -f "$1.so" -a ! -s err
	chmod go-w . "$1.so"
	act sonde plugins check "$1.so"
	check "it passes its check" "$status" = 0 -a -z "$(grep -v '^PASS' out)" -a -s out
}

check "the page's example is the one that is tried" "$(sed -n '/^```c$/,/^```$/p' "$top_srcdir/docs/plugins.md" |
	grep -v '^```' | cmp - <(tail -n +3 "$top_srcdir/plugins/examples/total.c") 2>&1)" = ""
build total
echo 'plugins: ( { plugin = "'"$PWD"'/total.so"; file = "calls"; } );' >total.cfg
act sonde run -c total.cfg -o recording.json --report=none -- ls
check "and does what it is for" "$(cat calls)" = "$(calls_in recording.json)"

build spool
mkdir spool && touch spool/one spool/two spool/three
configure 'plugin = "'"$PWD"'/spool.so"; folder = "spool"; name = "own";' 'plugin = "jsonlines"; file = "lines";'
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'until grep -q spool.files lines; do :; done'
check "what it counts arrives with an exporter" "$(python3 -c '
import json
series = [s for line in open("lines") for s in json.loads(line)["series"] if s["name"] == "spool.files"]
print(series[-1]["value"], series[-1]["tags"]["folder"])')" = "3.0 spool"
finish
