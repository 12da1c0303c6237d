# SPDX-License-Identifier: MIT
#
# plugin.h by itself: in both languages, with all warnings that people use.
. "${top_srcdir:-.}/tests/scripts/lib.sh" || exit

cat >"$scratch/plugin.c" <<'END'
#include <sonde/plugin.h>

static struct sonde_plugin_desc description;

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	description.struct_size = sizeof(description);
	if (SONDE_HAS(host, format))
		host->log(host, SONDE_LOG_INFO, 1, "%s", host->version);
	return &description;
}
END
cp "$scratch/plugin.c" "$scratch/plugin.cc"
sed 's/host->version/1/' "$scratch/plugin.c" >"$scratch/misprint.c"

accepts() {
	passes "$@" -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fsyntax-only -I"$top_srcdir/include"
}

report "the header is clean C11" accepts gcc -std=c11 -Wstrict-prototypes "$scratch/plugin.c"
report "the header is clean C17" accepts gcc -std=c17 -Wstrict-prototypes "$scratch/plugin.c"
report "the header is clean C++17" accepts g++ -std=c++17 -x c++ "$scratch/plugin.cc"
report "the header is clean C++20" accepts g++ -std=c++20 -x c++ "$scratch/plugin.cc"
report "a wrong argument of a log line is found when a plugin is compiled" \
	finds 'error=format' gcc -Wall -Werror -fsyntax-only -I"$top_srcdir/include" "$scratch/misprint.c"
finish
