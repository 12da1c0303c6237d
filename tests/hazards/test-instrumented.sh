# SPDX-License-Identifier: MIT
#
# Programs that others have instrumented: with sanitizers, whose runtime must be the first object that is loaded,
# and valgrind.
. "${top_srcdir:-.}/tests/hazards/lib.sh"

# H14: the compiler's runtimes.
for sanitizer in address thread; do
	export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=exitcode=77
	keys="H14 a program built with -fsanitize=$sanitizer:"
	if build "$sanitizer" special.c "-fsanitize=$sanitizer" && "./$sanitizer" calls >/dev/null 2>&1; then
		truthful "$keys" "$sanitizer"
	else
		skip "it cannot be built or run here" "$keys its calls count"
		continue
	fi
	runtime=$(readelf -d "$sanitizer" | sed -n 's/.*\[\(lib[at]san[^]]*\)\]/\1/p')
	printf '#!%s children\n' "$PWD/$sanitizer" >script && chmod +x script
	cat >environment.c <<-'END'
		#include <stdio.h>
		#include <stdlib.h>
		int main(void) { puts(getenv("LD_PRELOAD") ? getenv("LD_PRELOAD") : "none"); return 0; }
	END
	"$CC" -fsanitize="$sanitizer" -o environment environment.c
	act sonde run --report=none -- ./environment
	check "$keys it finds only us in its environment" "$status $(cat out err)" = "0 $library"
	act sonde run --report=none -- sh -c "./environment; LD_PRELOAD= ./environment; env -i ./environment"
	check "$keys so it does as a child" "$status $(uniq out) $(cat err)" = "0 $library "
	path=$(ldd "./$sanitizer" | sed -n "s|.*$runtime => \([^ ]*\).*|\1|p")
	act env LD_PRELOAD="$path" "$sonde" run --report=none -- ./environment
	check "$keys a runtime that the user preloads stays before us" "$status $(cat out err)" = "0 $path:$library"
	act env LD_PRELOAD="$path" "$sonde" run --report=none -o recording.json -- /bin/ls -d /
	check "$keys also where the program needs none" "$status $(cat out err)" = "0 /"
	printf 'session: { follow = "env"; };' >env.cfg
	act sonde run -c env.cfg --report=none -- sh -c ./environment
	check "$keys it gets its runtime where environments are left alone" "$status $(cat out err)" = "0 $library"
done

# A runtime is found among whatever number of libraries; this one is a runtime by its name only.
cat >order.c <<'END'
#define _GNU_SOURCE
#include <link.h>
#include <stdio.h>
#include <string.h>
static int print_one(struct dl_phdr_info *info, size_t size, void *argument)
{
	(void)size;
	(void)argument;
	if (strstr(info->dlpi_name, "libtsan") || strstr(info->dlpi_name, "libsonde-preload"))
		puts(strstr(info->dlpi_name, "lib") + 3);
	return 0;
}
int main(void) { return dl_iterate_phdr(print_one, NULL); }
END
libraries=()
for name in fill{1..40}.so tsan.so.9; do
	"$CC" -shared -Wl,-soname,"lib$name" -o "lib$name" -x c /dev/null
	libraries+=("lib$name")
done
"$CC" -o order order.c -Wl,--no-as-needed "${libraries[@]}"
act sonde run --report=none -- env LD_LIBRARY_PATH="$PWD" ./order
check "H14 a runtime that is linked after forty libraries is loaded before us" \
	"$status $(sed 's/.*libsonde/sonde/; s/\.so.*//' out | tr '\n' ' ')$(cat err)" = "0 tsan sonde-preload "

# What a leak check finds of a program that leaks is what it finds bare.
cat >leaks.c <<'END'
#include <stdlib.h>
#include <string.h>
void *kept;
int main(void)
{
	for (int i = 0; i < 10; i++)
		memset(malloc(100), 1, 100);
	kept = malloc(100);
	return 0;
}
END
leaks() {
	grep -o 'SUMMARY: .*' err
}
if "$CC" -fsanitize=address -g -o leaks leaks.c 2>/dev/null; then
	export ASAN_OPTIONS=detect_leaks=1
	act ./leaks
	bare="$status $(leaks)"
	act sonde run --report=none -- ./leaks
	check "H14 a leak check finds what it finds bare" "$status $(leaks)" = "$bare"
	unset ASAN_OPTIONS
else
	skip "no address sanitizer" "H14 a leak check finds what it finds bare"
fi

if command -v valgrind >/dev/null; then
	build plain special.c
	for case in calls memory children; do
		checked=(valgrind -q --error-exitcode=66 --leak-check=full --trace-children=no ./plain "$case")
		act "${checked[@]}"
		bare="$status $(sed 's/^==[0-9]*==//' err)"
		act sonde run -o recording.json --report=none -- "${checked[@]}"
		check "H14 under valgrind a program makes no error that it does not make bare ($case)" \
			"$status $(sed 's/^==[0-9]*==//' err)" = "$bare"
	done
	act sonde run -o recording.json --report=none -- valgrind -q ./plain calls
	check "H14 under valgrind its calls count" "$(value 'count("fputc"), count("fclose")')" = "(200, 1)"
else
	skip "no valgrind" "H14 under valgrind its calls count"
fi
finish
