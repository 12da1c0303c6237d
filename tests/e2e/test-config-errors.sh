# SPDX-License-Identifier: MIT
#
# What is wrong with a configuration file is said with file, line, setting and the nearest known name.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

# complains SENTENCE TEXT LINE... - of a file with this text, exactly these lines are said.
complains() {
	local sentence=$1 text=$2
	shift 2
	printf "$text" >x.cfg
	act sonde config check -c x.cfg
	printf '%s\n' "$@" >expected
	if test "$status" -eq 1 && cmp -s expected err; then
		pass "$sentence"
	else
		fail "$sentence" "status $status" "$(diff expected err)"
	fi
}

complains "an unknown call" 'intercept: {\n exclude = ["read", "lsek"];\n};' \
	"x.cfg:2: intercept.exclude: unknown call 'lsek'; did you mean 'lseek'?"
complains "an unknown group" 'intercept: { groups = ["io", "scoket"]; };' \
	"x.cfg:1: intercept.groups: unknown group 'scoket'; did you mean 'socket'?"
complains "an unknown setting" '\nsession: { folow = "all"; };' \
	"x.cfg:2: session.folow: unknown setting; did you mean 'session.follow'?"
complains "an unknown section" 'sesion: { };' "x.cfg:1: sesion: unknown setting; did you mean 'session'?"
complains "a setting with nothing near" 'wombat = 1;' "x.cfg:1: wombat: unknown setting"
complains "an unknown word" 'session: { follow = "al"; };' \
	"x.cfg:1: session.follow: unknown word 'al'; did you mean 'all'?"
complains "an unknown errno" 'failures: { expected: { stat = ["ENOET"]; }; };' \
	"x.cfg:1: failures.expected.stat: unknown error 'ENOET'; did you mean 'ENOENT'?"
complains "an unknown call as a key" 'failures: { expected: { sat = []; }; };' \
	"x.cfg:1: failures.expected.sat: unknown call 'sat'; did you mean 'stat'?"
complains "an unknown group or call to time" 'timing: { memry = 1; };' \
	"x.cfg:1: timing.memry: unknown group or call 'memry'; did you mean 'memory'?"
complains "a period below its range" 'timing: { memory = 0; };' \
	"x.cfg:1: timing.memory: 0 is out of range: 1 to 32767"
complains "a period above its range" 'timing: { read = 32768; };' \
	"x.cfg:1: timing.read: 32768 is out of range: 1 to 32767"
complains "an integer that libconfig would take for 64" 'timing: {\n\n memory = 4294967360; };' \
	"x.cfg:3: timing.memory: integer 4294967360 is too large (at most 2147483647)"
complains "a hexadecimal one that it would take for 64" 'timing: { memory = 0x100000040; };' \
	"x.cfg:1: timing.memory: integer 0x100000040 is too large (at most 2147483647)"
complains "an integer of 64 bits" 'timing: { memory = 4294967360L; };' \
	"x.cfg:1: timing.memory: 4294967360 is out of range: 1 to 32767"
complains "an integer of more than 64 bits" 'timing: { memory = 99999999999999999999L; };' \
	"x.cfg:1: timing.memory: integer 99999999999999999999 is too large (at most 2147483647)"
complains "a string for an integer" 'timing: { memory = "64"; };' \
	"x.cfg:1: timing.memory: expected an integer, found a string"
complains "a fraction for an integer" 'timing: { memory = 6.4; };' \
	"x.cfg:1: timing.memory: expected an integer, found a number with a fraction"
complains "an integer for a string" 'session: { labels: { a = 1; }; };' \
	"x.cfg:1: session.labels.a: expected a string, found an integer"
complains "a label's value with a control character" 'session: { labels: { a = "x\\x07"; }; };' \
	"x.cfg:1: session.labels.a: the value of label 'a' has byte 0x07 at 1: it may be UTF-8 without control characters but \\n and \\t only"
complains "one that is too long" "session: { labels: { a = \"$(printf %0256d 0)\"; }; };" \
	"x.cfg:1: session.labels.a: the value of label 'a' has 256 bytes, at most 255 are possible"
complains "a key of other characters" 'session: { labels: { a*b = "x"; }; };' \
	"x.cfg:1: session.labels.a*b: the key of a label has letters, digits and any of _ . - only"
complains "a string for a list" 'intercept: { exclude = "lseek"; };' \
	"x.cfg:1: intercept.exclude: expected a list of strings, found a string"
complains "a list for a group" 'timing = [1, 2];' "x.cfg:1: timing: expected a group, found a list"
complains "an integer in a list of strings" 'intercept: { exclude = ("lseek", 3); };' \
	"x.cfg:1: intercept.exclude: expected a string, found an integer"
complains "a setting that is there twice" 'timing: {\n io = 1;\n io = 2; };' \
	"x.cfg:3: timing.io: is there twice; the first one is at x.cfg:2"
complains "a group that is there twice" 'timing: { };\nsession: { };\ntiming = { };' \
	"x.cfg:3: timing: is there twice; the first one is at x.cfg:1"
complains "all that are there twice, and only these" \
	'timing: { io: 1, read: 2; };\nstacks: { every = 1; every = 2; };\n
plugins: ( { plugin = "a"; queue: { size = 1; }; }, { plugin = "b"; queue: { size = 1; size = 2; }; plugin = "c"; } );' \
	"x.cfg:2: stacks.every: is there twice; the first one is at x.cfg:2" \
	"x.cfg:4: plugins[1].queue.size: is there twice; the first one is at x.cfg:4" \
	"x.cfg:4: plugins[1].plugin: is there twice; the first one is at x.cfg:4"
complains "a syntax error" 'timing: {\n io = ;\n};' "x.cfg:2: syntax error"
complains "a comment without an end" 'timing: { };\n/* and so on' "x.cfg:2: this comment has no end"
complains "a string without an end" 'session: { directory = "/tmp; };' "x.cfg:1: this string has no end"
complains "a missing included file" '\n@include "none.cfg"\n' \
	"x.cfg:2: cannot include 'none.cfg': No such file or directory"
mkdir folder
complains "an included directory" '@include "folder"\n' "x.cfg:1: cannot include 'folder': is a directory"
complains "a file that includes itself" '@include "x.cfg"\n' \
	"x.cfg:1: cannot include 'x.cfg': too many files include each other"
complains "an absolute include" '@include "/etc/passwd"\n' \
	"x.cfg:1: cannot include '/etc/passwd': give its name relative to the folder of the first file"
printf 'timing: {\n raed = 1;\n};\n' >folder/inner.cfg
complains "an error in an included file" '@include "folder/inner.cfg"\n' \
	"folder/inner.cfg:2: timing.raed: unknown group or call 'raed'; did you mean 'read'?"
printf '\n io = 5000000000;\n read = 3;\n' >folder/twice.cfg
complains "what an included file has again, and its integer that is too large" \
	'timing: {\n read = 1;\n@include "folder/twice.cfg"\n};' \
	"folder/twice.cfg:2: timing.io: integer 5000000000 is too large (at most 2147483647)" \
	"folder/twice.cfg:3: timing.read: is there twice; the first one is at x.cfg:2"
complains "all errors of a file" 'timing: { io = 0; };\nsesion: { };\nintercept: { exclude = ["lsek"]; };' \
	"x.cfg:1: timing.io: 0 is out of range: 1 to 32767" \
	"x.cfg:2: sesion: unknown setting; did you mean 'session'?" \
	"x.cfg:3: intercept.exclude: unknown call 'lsek'; did you mean 'lseek'?"
complains "numbers in comments, names and strings are no numbers" \
	'# 99999999999\n/* 99999999999 */ // 99999999999\nx99999999999 = "99999999999";' \
	"x.cfg:3: x99999999999: unknown setting"

act sonde config check -c none.cfg
says "a missing file" 1 "none.cfg: No such file or directory"
act sonde config check -c folder
says "a directory" 1 "folder: is a directory"
head -c 1048577 /dev/zero | tr '\0' ' ' >large.cfg
act sonde config check -c large.cfg
says "a file above 1 MiB" 1 "large.cfg: larger than 1 MiB"
head -c 1048576 /dev/zero | tr '\0' ' ' >large.cfg
act sonde config check -c large.cfg
check "one of 1 MiB is read" "$status" -eq 0
printf 'a\0b' >zero.cfg
act sonde config check -c zero.cfg
says "a zero byte" 1 "zero.cfg: not a text: it has a zero byte"
mkfifo fifo.cfg
act sonde config check -c fifo.cfg
says "a file that would be waited for" 1 "fifo.cfg: not a regular file"
if test "$(id -u)" -ne 0; then
	: >secret.cfg
	chmod 0 secret.cfg
	act sonde config check -c secret.cfg
	says "an unreadable file" 1 "secret.cfg: Permission denied"
fi

: >open.cfg
chmod 666 open.cfg
act sonde config check -c open.cfg
says "a file that everybody may write to" 1 "open.cfg: anybody may write to it; try chmod o-w"
complains "one that is included" '\n@include "open.cfg"\n' \
	"x.cfg:2: cannot include 'open.cfg': anybody may write to it; try chmod o-w"
chmod 664 open.cfg
act sonde config check -c open.cfg
check "one that a group may write to is read" "$status" -eq 0
if test "$(id -u)" -eq 0; then
	mkdir -p config/sonde
	: >config/sonde/sonde.cfg
	chown 65534 config/sonde/sonde.cfg
	act sonde config check
	says "one of another user" 1 "$XDG_CONFIG_HOME/sonde/sonde.cfg: belongs to another user; it is used if you name it with -c or SONDE_CONFIG"
	SONDE_CONFIG=config/sonde/sonde.cfg act sonde config check
	check "unless it was named" "$status" -eq 0
	rm config/sonde/sonde.cfg
fi

printf 'timing: { io = 0; };' >x.cfg
act sonde run -c x.cfg touch started
says "sonde run refuses a bad file before the command starts" 125 \
	"sonde: run: x.cfg:1: timing.io: 0 is out of range: 1 to 32767"
check "nothing was started" ! -e started
SONDE_CONFIG=x.cfg act sonde run touch started
says "also one that SONDE_CONFIG names" 125 \
	"sonde: run: x.cfg:1: timing.io: 0 is out of range: 1 to 32767"
act sonde config check x.cfg
says "a file that is named without -c is refused with a word on -c" 2 \
	"sonde: config: unexpected 'x.cfg': a file is named with -c"

# bound COMMAND... - as somebody for whom files may be closed.
bound() {
	if test "$(id -u)" -eq 0; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}
if test "$(id -u)" -ne 0 || command -v setpriv >/dev/null; then
	chmod 755 "$scratch" && cp "$sonde" bound-sonde && chmod 755 bound-sonde
	mkdir -p home/.config/sonde && echo 'session: { nonsense = 1; };' >home/.config/sonde/sonde.cfg
	chmod 755 home home/.config home/.config/sonde && chmod 000 home/.config/sonde/sonde.cfg
	act bound env -u XDG_CONFIG_HOME HOME="$scratch/home" "$scratch/bound-sonde" config check
	check "a default file that is there and cannot be read is an error" "$status" -ne 0 -a \
		-n "$(grep 'sonde.cfg: Permission denied' err)"
	chmod 000 home
	act bound env -u XDG_CONFIG_HOME HOME="$scratch/home" "$scratch/bound-sonde" config check
	check "one below a folder that may not be searched is as one that is not there" "$status" -eq 0 -a ! -s err
	chmod 755 home
fi
finish
