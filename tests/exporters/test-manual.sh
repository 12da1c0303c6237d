#!/bin/bash
# SPDX-License-Identifier: MIT
#
# docs/exporters.md: its examples are configurations, and its tables have all options.
. "$top_srcdir/tests/exporters/lib.sh"

manual=$top_srcdir/docs/exporters.md
# Each example begins with "plugins:" and goes up to the line that ends it.
awk '/^    plugins: /{ n++; inside = 1 } inside { print > ("example" n ".cfg") } /\);$/{ inside = 0 }' "$manual"
check "there is an example for each exporter" "$(ls example*.cfg | wc -l)" = "$(grep -c '^## ' "$manual")"
for example in example*.cfg; do
	plugin=$(sed -n 's/.*plugin = "\([a-z]*\)".*/\1/p;T;q' "$example")
	if ! test -e "$top_builddir/plugins/.libs/$plugin.so"; then
		continue
	fi
	act sonde config check -c "$example"
	check "the example of $plugin is a configuration" "$status" = 0
	sonde plugins help "$plugin" | sed -n 's/^\([a-z][a-z_.]*\)$/\1/p' >options
	check "$plugin has options" -s options
	while read -r option; do
		awk -v name="$plugin" '/^## /{ here = $2 == name } here' "$manual" | grep -q '^|.*`'"$option"'`'
		check "$option of $plugin is explained" $? = 0
	done <options
done
finish
