# SPDX-License-Identifier: MIT
#
# Environment variables and the command line override a configuration file; both are checked as it is.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
: >empty.cfg

# overrides SENTENCE LINE VARIABLE=VALUE... - with these variables, this line is printed.
overrides() {
	local sentence=$1 line=$2
	shift 2
	act env "$@" "$sonde" config print -c empty.cfg
	if test "$status" -eq 0 && test ! -s err && grep -qF -- "$line" out; then
		pass "$sentence"
	else
		fail "$sentence" "status $status" "expected: $line" "$(cat err out)"
	fi
}

# complains SENTENCE STATUS LINE VARIABLE=VALUE... - with these variables, exactly this line is said.
complains() {
	local sentence=$1 expected=$2 line=$3
	shift 3
	act env "$@" "$sonde" config check -c empty.cfg
	if test "$status" -eq "$expected" && test "$(cat err)" = "$line"; then
		pass "$sentence"
	else
		fail "$sentence" "status $status" "expected: $line" "$(cat err)"
	fi
}

overrides "a word" 'follow = "none"; # SONDE_SESSION_FOLLOW' SONDE_SESSION_FOLLOW=none
overrides "a string" 'directory = "/var/tmp"; # SONDE_SESSION_DIRECTORY' SONDE_SESSION_DIRECTORY=/var/tmp
overrides "an integer for a call" 'read = 9; # SONDE_TIMING_READ' SONDE_TIMING_READ=9
overrides "an integer for a group" 'memory = 1; # SONDE_TIMING_MEMORY' SONDE_TIMING_MEMORY=1
overrides "a boolean" 'account = true; # SONDE_MEMORY_ACCOUNT' SONDE_MEMORY_ACCOUNT=1
overrides "a list" 'groups = ["io", "path"]; # SONDE_INTERCEPT_GROUPS' SONDE_INTERCEPT_GROUPS=io,path
overrides "an empty list" 'groups = []; # SONDE_INTERCEPT_GROUPS' SONDE_INTERCEPT_GROUPS=
overrides "a call's expected failures" 'epoll_wait = ["EINTR"]; # SONDE_FAILURES_EXPECTED_EPOLL_WAIT' \
	SONDE_FAILURES_EXPECTED_EPOLL_WAIT=EINTR
overrides "a label" 'git_branch = "x"; # SONDE_SESSION_LABELS_GIT_BRANCH' SONDE_SESSION_LABELS_GIT_BRANCH=x

complains "a value out of range names the variable" 1 \
	"SONDE_TIMING_MEMORY: timing.memory: 0 is out of range: 1 to 32767" SONDE_TIMING_MEMORY=0
complains "so does one that does not fit into an integer" 1 \
	"SONDE_TIMING_MEMORY: timing.memory: 99999999999999999999 is out of range: 1 to 32767" \
	SONDE_TIMING_MEMORY=99999999999999999999
complains "what would wrap to a good one is out of range" 1 \
	"SONDE_TIMING_MEMORY: timing.memory: 4294967360 is out of range: 1 to 32767" SONDE_TIMING_MEMORY=4294967360
complains "what is no integer" 1 "SONDE_TIMING_MEMORY: timing.memory: expected an integer, found '1x'" \
	SONDE_TIMING_MEMORY=1x
complains "what is no boolean" 1 "SONDE_MEMORY_ACCOUNT: memory.account: expected true or false, found 'maybe'" \
	SONDE_MEMORY_ACCOUNT=maybe
complains "an unknown word in a list" 1 \
	"SONDE_INTERCEPT_GROUPS: intercept.groups: unknown group 'scoket'; did you mean 'socket'?" \
	SONDE_INTERCEPT_GROUPS=io,scoket
complains "an unknown variable is warned of, with the nearest" 0 \
	"SONDE_TIMNG_MEMORY: unknown variable; did you mean 'SONDE_TIMING_MEMORY'?" SONDE_TIMNG_MEMORY=1
complains "also one for an unknown call" 0 \
	"SONDE_TIMING_RAED: unknown variable; did you mean 'SONDE_TIMING_READ'?" SONDE_TIMING_RAED=1
complains "also one that is like a variable of another use" 0 \
	"SONDE_CONFG: unknown variable; did you mean 'SONDE_CONFIG'?" SONDE_CONFG=x
complains "one that is like nothing" 0 "SONDE_WOMBAT: unknown variable" SONDE_WOMBAT=1
complains "variables of other programs are nobody's business" 0 "" SONDERABLE=1 SONDE=1
complains "variables of another use are no settings" 0 "" SONDE_SESSION=x SONDE_DIRECTORY=x SONDE_PRELOAD=x SONDE_PLUGIN_PATH=x

act sonde config check -c empty.cfg --set timing.memory=0
says "the command line is checked as well" 1 "command line: timing.memory: 0 is out of range: 1 to 32767"
act sonde config check -c empty.cfg -s memory.acount=1
says "with the nearest setting" 1 "command line: memory.acount: unknown setting; did you mean 'memory.account'?"
act sonde config check -c empty.cfg -s timing.memory
says "what is no KEY=VALUE is said to be none" 1 "command line: 'timing.memory' is not KEY=VALUE"

count() {
	sed -n "s/.*{\"call\":\"$1\",.*\"count\":\([0-9]*\),.*/\1/p" recording.json | head -1
}
act env SONDE_INTERCEPT_GROUPS=io "$sonde" run -s intercept.exclude=close -o recording.json --report=none "$subject" fork 3
check "sonde run counts what a variable says" "$(count read)" -eq 3
check "and not what the command line excludes" -z "$(count close)$(count open)"
act env SONDE_TIMING_IO=0 "$sonde" run touch started
says "it refuses a bad variable before the command starts" 125 \
	"sonde: run: SONDE_TIMING_IO: timing.io: 0 is out of range: 1 to 32767"
check "nothing was started" ! -e started
act env SONDE_WOMBAT=1 "$sonde" run --report=none true
says "it warns of an unknown one, and runs" 0 "sonde: run: SONDE_WOMBAT: unknown variable"
check "once" "$(grep -c WOMBAT err)" -eq 1

# With more rights than who started it, sonde listens to no variable. Only root can make such a sonde here, and only
# where the filesystem lets it be one.
make_setuid() {
	test "$(id -u)" -eq 0 && cp "$sonde" setuid && cp "$(command -v id)" id && chown 65534 setuid id &&
		chmod 4755 setuid id && chmod 755 . && test "$(./id -u)" -eq 65534
}
if make_setuid; then
	printf 'timing: { io = 0; };' >bad.cfg
	act env SONDE_TIMING_IO=0 SONDE_CONFIG=bad.cfg SONDE_WOMBAT=1 ./setuid config print
	check "a set-uid sonde listens to no environment variable" "$status" -eq 0
	check "and does not talk of one" ! -s err
	act env SONDE_TIMING_IO=0 ./setuid config check -c bad.cfg
	says "a file that is named it reads" 1 "bad.cfg:1: timing.io: 0 is out of range: 1 to 32767"
fi
finish
