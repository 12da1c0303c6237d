# SPDX-License-Identifier: MIT
#
# The generator refuses rows that it cannot understand, and says which.
#
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh"

calls=$top_srcdir/src/calls

# generate EMITTER - what an emitter makes of bad.calls, whose name is relative as in messages.
generate() (
	cd "$scratch" && ${AWK:-awk} -f "$calls/parse.awk" -f "$calls/$1.awk" bad.calls
)

# refuses MESSAGE LINE... - a table of these lines, in which \t is a tab, is refused with this message.
refuses() {
	local message=$1
	shift
	printf '%b\n' "$@" >"$scratch/bad.calls"
	finds "^bad.calls:$message" generate emit-ids
}

emits_nothing() {
	test -z "$(generate emit-ids 2>/dev/null)"
}

emits_hash() {
	printf 'group io\nint %s(int fd)\nint %s(int fd)\n' "$1" "$2" >"$scratch/bad.calls"
	generate emit-ids | grep CALLS_HASH
}

report "an unknown fact is named with its line" \
	refuses "3: unknown fact 'flais'" "group io" "int f(int fd)" "\tflais result < 0"
report "nothing is emitted from a table with an error" emits_nothing
report "a fact needs a prototype" \
	refuses "2: fact 'fails' belongs to no prototype" "group io" "\tfails result < 0"
report "a symbol has one row" \
	refuses "3: symbol 'f' stands already at bad.calls:2" "group io" "int f(int fd)" "int f(int fd)"
report "an alias has one row" refuses "5: symbol 'h' stands already at bad.calls:3" \
	"group io" "int f(int fd)" "\talias h" "int g(int fd)" "\talias h"
report "a skipped symbol has no row" \
	refuses "3: symbol 'f' stands already" "group io" "int f(int fd)" "skip f for a reason"
report "a skip has a reason" refuses "1: skip wants" "skip dlopen"
report "an unknown directive is refused" refuses "1: cannot read 'gruop io'" "gruop io"
report "a prototype must be whole" refuses "2: cannot read 'int f(int fd'" "group io" "int f(int fd"
report "a prototype needs a type" refuses "2: cannot read 'f(int fd)'" "group io" "f(int fd)"
report "a parameter needs a name" \
	refuses "2: f: parameter 2, 'unsigned int', has no name" "group io" "int f(int fd, unsigned int)"
report "a parameter may not be called as what wrappers use" \
	refuses "2: f: parameter 1 has a name" "group io" "int f(int result)"
report "a row needs a group" refuses "1: 'f' stands before any group" "int f(int fd)"
report "a call's name has at most 31 characters" refuses "2: call name" \
	"group io" "int a_name_of_thirty_two_characters_(int fd)"
report "a group's name has at most 14 characters" refuses "1: group name" "group fifteen_letters"
report "an object must be a parameter" \
	refuses "3: fd: 'fdd' is not a parameter of f" "group io" "int f(int fd)" "\tfd fdd"
report "a direction is in or out" \
	refuses "3: direction: 'up' is not possible" "group io" "int f(int fd)" "\tdirection up"
report "an error is in a known place, or told by an expression in parentheses" \
	refuses "3: error: 'h_errno' is not possible" "group io" "int f(int fd)" "\terror h_errno"
report "a function without a result cannot fail by it" \
	refuses "3: fails: f has no result" "group io" "void f(int fd)" "\tfails result < 0"
report "a call is told apart by one of its parameters" \
	refuses "3: kinds: 'fdd' is not a parameter of f" "group io" "int f(int fd)" "\tkinds descriptor fdd"
report "a call is told apart by what a descriptor is" \
	refuses "3: kinds: 'colour fd' is not possible" "group io" "int f(int fd)" "\tkinds colour fd"
report "what is opened has a known kind" \
	refuses "3: opens: 'tin result' is no kind" "group io" "int f(int fd)" "\topens tin result"
report "what is closed is one descriptor or a range" \
	refuses "3: closes: 'fd fd' is no descriptor" "group io" "int f(int fd)" "\tcloses fd fd"
report "a call waits for something known" \
	refuses "3: waits: 'godot' is not possible" "group io" "int f(int fd)" "\twaits godot"
report "a lock is tried by another symbol, with a sign that it is held" \
	refuses "3: try wants a symbol, and when" "group io" "int f(int fd)" "\ttry g"
report "a fact is given once" refuses "4: fact 'fails' is given twice" \
	"group io" "int f(int fd)" "\tfails result < 0" "\tfails result < 0"
report "a custom row has no generated alias" \
	refuses "3: alias g: f is custom" "group io" "int f(int fd)" "\talias g" "\tcustom"
report "a version says what it is older than" refuses "3: version wants" \
	"group io" "int f(int fd)" "\tversion x86_64 GLIBC_2.2.5"
report "a version is one of glibc" refuses "3: version: 'GLIBC' is not a version" \
	"group io" "int f(int fd)" "\tversion x86_64 GLIBC before GLIBC_2.3"
report "a row has one version for each machine" refuses "4: version: f has one for x86_64 already" "group io" \
	"int f(int fd)" "\tversion x86_64 GLIBC_2.0 before GLIBC_2.3" "\tversion x86_64 GLIBC_2.1 before GLIBC_2.3"
report "since names a version of glibc" \
	refuses "3: since wants glibc 2.N" "group io" "int f(int fd)" "\tsince 2.38"
report "only a variadic function is variadic" \
	refuses "3: variadic: f is not" "group io" "int f(int fd)" "\tvariadic"
report "the hash knows the order of the calls" test "$(emits_hash f g)" != "$(emits_hash g f)"
finish
