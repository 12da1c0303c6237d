#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Stacks lead to the function and line that called, however the program was built and wherever it was.
. "${top_srcdir:-.}/tests/stacks/lib.sh"

way=(inner@inner inlined@inlined middle@middle outer@outer)
for options in "-O0" "-O2 -fomit-frame-pointer" "-O2 -fno-omit-frame-pointer" "-O3 -static-libgcc -no-pie"; do
	# shellcheck disable=SC2086 # several options
	build plain $options
	watch stacks.failures=true -- "$scratch/plain" plain
	came_from "a program that is built with $options" failure open ENOENT 1 "${way[@]}" main@main ...
done

build sites -O2 -fomit-frame-pointer
watch stacks.failures=true -- "$scratch/sites" many
came_from "all failures are at some stack, also where few are taken" failure open ENOENT 5000 "${way[@]}" main@- ...
n_taken=$(grep -o '"taken":[0-9]*' "$recording" | cut -d: -f2)
check "of many failures few stacks are taken" "$n_taken" -lt 500

watch stacks.failures=true -- "$scratch/sites" wrapped
came_from "failures through a function of the program's own, by who called it" failure open ENOENT 9990 \
	wrapped@wrapped one_of_many@one main@- ...
came_from "the few among the many, exactly" failure open ENOENT 10 wrapped@wrapped one_of_few@few main@- ...
check "the ways to a site have their amounts, most first" "$(sonde report --by=site "$recording" |
	sed -nE '/^open/,/_few/s/ +from +([0-9.]+k?) +(one_of_\w+) .*/\1 \2/p')" = "9990 one_of_many
10 one_of_few"

watch memory.exact=true -- "$scratch/sites" directory
check "what libc allocates for a call is the caller's, whatever of ours is in between" "$(sonde report --by=site "$recording" |
	grep -cE '^malloc +live .* hold_directory sites.c:') $(grep -c 'wrappers-' "$recording")" = "1 0"

watch stacks.failures=true -- "$scratch/sites" recursion
came_from "a recursion 10,000 deep" failure open ENOENT 1 inner@inner recurse@bottom recurse@recurse recurse@recurse ...
check "such a stack is cut" "$(grep -c '"call":"open","errno":"ENOENT","cut":true' "$recording")" = 1

watch stacks.failures=true -- "$scratch/sites" threads
came_from "64 threads" failure open ENOENT 6400 "${way[@]}" in_thread@thread ...
came_from "64 threads, a rare failure among them" failure access ENOENT 640 elsewhere@elsewhere in_thread@- ...

watch stacks.failures=true -- "$scratch/sites" small
came_from "a stack of 16 KiB" failure open ENOENT 100 "${way[@]}" in_thread@thread ...
check "a program on a stack of 16 KiB ends as it would" "$status" = 0

watch stacks.failures=true -- "$scratch/sites" handler
came_from "a handler on its own stack, and what it interrupted" failure access ENOENT 1 elsewhere@elsewhere \
	handle@handler ...
check "the way leads out of the handler" "$(sonde report -f folded "$recording" |
	grep -c '^failure;.*main;.*interrupted;.*raise;.*handle;elsewhere;access \[ENOENT\] 1$')" = 1

watch stacks.failures=true -- "$scratch/sites" small-handler
check "on a handler's stack of little room no stack is taken, and nothing below it is written" "$status $(cat "$scratch/out") $(
	grep -c '"call":"access","errno":"ENOENT","cut"' "$recording")" = "0 0 0"

watch stacks.failures=true -- "$scratch/sites" errno
check "errno is as the call left it" "$(cat "$scratch/out")" = ""

watch stacks.failures=true -- "$scratch/sites" killed
came_from "a process that is killed" failure open ENOENT 1 "${way[@]}" main@- ...

watch stacks.failures=true -- "$scratch/sites" forked
came_from "a forked child, and its parent" failure access ENOENT 1 elsewhere@elsewhere fork_one@- ...
came_from "a parent that forked" failure open ENOENT 2 "${way[@]}" fork_one@- ...

watch stacks.slower_than=20ms -- "$scratch/sites" slow
came_from "a slow call" slow usleep - 1 sleep_long@slow main@- ...

watch stacks.every=100 timing.io=1 -- "$scratch/sites" many
came_from "every hundredth call" every open - +2000 "${way[@]}" main@- ...

# is_about SENTENCE LOW HIGH - so many calls are what the stacks of turns stand for.
is_about() {
	local n
	n=$(sonde report -f folded "$recording" | awk '/^every;/ && /;(open|access)/ { n += $NF } END { printf "%.0f", n }')
	check "$1: $n" "$2" -le "$n" -a "$n" -le "$3"
}
for settings in "stacks.every=100 timing.open=64" "stacks.every=100 timing.open=99" "stacks.every=10 timing.open=64"; do
	# shellcheck disable=SC2086 # two settings
	watch $settings -- "$scratch/sites" many 100000
	is_about "turns stand for as many calls as there were, with $settings" 80000 120000
done
watch stacks.every=1000 timing.open=1 timing.access=1 -- "$scratch/sites" threads
is_about "so they do where each thread makes few calls" 0 30000

# Libraries that come and go
for name in first second; do
	$CC -g -O2 -fPIC -shared -DLIBRARY_FUNCTION="in_$name" -o "$scratch/$name.so" "$here/library.c" || exit 1
done
watch stacks.failures=true -- "$scratch/sites" libraries "$scratch/first.so" "$scratch/second.so" "$scratch/first.so"
came_from "a library that was unloaded" failure rmdir ENOENT 2 in_first@- plugin_call@- use_library@library ...
came_from "another one at the same place" failure rmdir ENOENT 1 in_second@- plugin_call@- use_library@library ...
for name in first second; do
	$CC -g -O2 -fPIC -shared -Wl,--build-id=none -DLIBRARY_FUNCTION="in_$name" -o "$scratch/plain_$name.so" "$here/library.c"
done
touch -d @1000000000 "$scratch"/plain_*.so
watch stacks.failures=true -- "$scratch/sites" libraries "$scratch/plain_first.so" "$scratch/plain_second.so"
came_from "another one at the same place, without a build id" failure rmdir ENOENT 1 in_second@- plugin_call@- use_library@library ...
(cd "$scratch" && watch stacks.failures=true -- ./sites libraries ./first.so)
came_from "a library that was loaded by a relative path" failure rmdir ENOENT 1 in_first@- plugin_call@- use_library@library ...
(cd "$scratch" && watch stacks.failures=true -- ./sites leave ./first.so)
came_from "so it is where the working directory is another by then" failure rmdir ENOENT 1 in_first@- plugin_call@- leave@leave ...

# What debug information can be like
built() {
	came_from "a program with $1" failure open ENOENT 1 "${way[@]}" main@main ...
}
for options in -gsplit-dwarf "-gdwarf-4 -gsplit-dwarf" -gz=zlib -flto "-gdwarf-4 -fdebug-types-section"; do
	# shellcheck disable=SC2086 # two options
	build plain -O2 $options
	watch stacks.failures=true -- "$scratch/plain" plain
	built "$options"
done
build plain -O2
objcopy --remove-section=.debug_aranges "$scratch/plain"
watch stacks.failures=true -- "$scratch/plain" plain
built "no table of units by address, as clang's are"

# Names from elsewhere, or from nowhere
objcopy --only-keep-debug "$scratch/sites" "$scratch/sites.debug"
(cd "$scratch" && strip -o linked sites && objcopy --add-gnu-debuglink=sites.debug linked)
watch stacks.failures=true -- "$scratch/linked" plain
came_from "a stripped program with a debug file beside it" failure open ENOENT 1 "${way[@]}" main@main ...
strip -o "$scratch/stripped" "$scratch/sites"
watch stacks.failures=true -- "$scratch/stripped" plain
came_from "a stripped program has module and offset" failure open ENOENT 1 stripped+@- stripped+@- ...
watch stacks.failures=true -- sh -c "cp '$scratch/sites' '$scratch/gone'; '$scratch/gone' plain; cp '$scratch/plain' '$scratch/gone.new'
	mv '$scratch/gone.new' '$scratch/gone'"
came_from "a file that is another one by now gives no names" failure open ENOENT 1 gone+@- gone+@- ...

# What is not asked for
watch -- "$scratch/sites" many
check "without being asked for, no stack is taken" "$(grep -c '"stacks": \[\]' "$recording")" = 1
watch stacks.failures=true stacks.depth=2 -- "$scratch/sites" plain
came_from "a stack is as deep as is asked for" failure open ENOENT 1 "${way[@]:0:3}"

finish
