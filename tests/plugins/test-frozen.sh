# SPDX-License-Identifier: MIT
#
# A plugin that was written against an older header goes on working.
. "${top_srcdir:-.}/tests/plugins/lib.sh"

for frozen in "$top_srcdir"/tests/plugins/frozen/*; do
	version=$(basename "$frozen")
	mkdir "$version"
	chmod go-w "$version"
	gcc -std=c11 -D_GNU_SOURCE -fPIC -shared -fvisibility=hidden -I"$frozen" -DZOO='"well"' \
		-o "$version/well.so" "$top_srcdir/tests/plugins/zoo.c" 2>err
	check "a plugin is built against plugin.h $version" -f "$version/well.so"
	chmod go-w "$version/well.so"
	configure "plugin = \"$PWD/$version/well.so\"; name = \"old\"; file = \"figures-$version\";"
	act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c :
	check "and loaded, and gets figures" "$(of_plugin old state)$(of_plugin old taken)" = stopped1
	check "which are the run's" "$(head -1 "figures-$version")" = "1 2 $(calls_in recording.json)"
done
finish
