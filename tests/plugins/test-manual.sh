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

sed -n '/^```c$/,/^```$/p' "$top_srcdir/docs/plugins.md" | grep -v '^```' >total.c
# shellcheck disable=SC2046 # several words
gcc -Wall -Wextra -Werror -std=c11 -fPIC -shared -fvisibility=hidden $(pkg-config --cflags sonde-plugin) \
	total.c -o total.so 2>err
check "the example is built with one line" -f total.so -a ! -s err
chmod go-w . total.so
act sonde plugins check total.so
check "it passes its check" "$status" = 0 -a -z "$(grep -v '^PASS' out)" -a -s out
echo 'plugins: ( { plugin = "'"$PWD"'/total.so"; file = "calls"; } );' >total.cfg
act sonde run -c total.cfg -o recording.json --report=none -- ls
check "and does what it is for" "$(cat calls)" = "$(calls_in recording.json)"
finish
