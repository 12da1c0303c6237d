# SPDX-License-Identifier: MIT
#
# sonde.h by itself, and beside plugin.h: in both languages, with all warnings that people use.
. "${top_srcdir:-.}/tests/scripts/lib.sh" || exit

cat >"$scratch/program.c" <<'END'
#include <sonde/sonde.h>

int main(void)
{
	struct sonde *sonde;
	struct sonde_tag branch = {"branch", "main"};

	if (sonde_initialize_metrics(NULL, &sonde, NULL) != 0)
		return 1;
	return sonde_record_counter(sonde, "git.commits.created", 1, &branch, 1);
}
END
{
	echo '#include <sonde/plugin.h>'
	cat "$scratch/program.c"
} >"$scratch/both.c"
{
	cat "$scratch/program.c"
	echo '#include <sonde/plugin.h>'
} >"$scratch/both-the-other-way.c"

accepts() {
	passes "$@" -Wall -Wextra -Wpedantic -pedantic -Wshadow -Wconversion -Werror -fsyntax-only -I"$top_srcdir/include"
}

links() {
	passes gcc "$scratch/program.c" -I"$top_srcdir/include" -L"$top_builddir/.libs" -lsonde -o "$scratch/program" &&
		passes env LD_LIBRARY_PATH="$top_builddir/.libs" SONDE_DIRECTORY="$scratch" "$scratch/program"
}

report "the header is clean C11" accepts gcc -std=c11 -Wstrict-prototypes "$scratch/program.c"
report "the header is clean C17" accepts gcc -std=c17 -Wstrict-prototypes "$scratch/program.c"
report "the header is clean C++17" accepts g++ -std=c++17 -x c++ "$scratch/program.c"
report "the header is clean C++20" accepts g++ -std=c++20 -x c++ "$scratch/program.c"
report "it may come after plugin.h" accepts gcc -std=c11 "$scratch/both.c"
report "it may come before plugin.h" accepts gcc -std=c11 "$scratch/both-the-other-way.c"
report "both are clean C++17 together" accepts g++ -std=c++17 -x c++ "$scratch/both.c"
report "a program is built with the header and the library alone" links
finish
