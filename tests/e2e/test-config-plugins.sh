# SPDX-License-Identifier: MIT
#
# Options of plugins in a configuration: checked, shown, explained and overridden like settings.
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

complains "an unknown option names the nearest" 'plugins: ( { plugin = "jsonlines";\nfile = "out";\nkep = 3; } );' \
	"x.cfg:3: plugins.jsonlines.kep: unknown option; did you mean 'keep'?"
complains "one that every plugin has" 'plugins: ( { plugin = "resources"; intervall = "1s"; } );' \
	"x.cfg:1: plugins.resources.intervall: unknown option; did you mean 'interval'?"
complains "a value out of its range" 'plugins: ( { plugin = "jsonlines"; file = "out"; keep = 0; interval = "1ms"; } );' \
	"x.cfg:1: plugins.jsonlines.keep: 0 is out of range: 1 to 1000" \
	"x.cfg:1: plugins.jsonlines.interval: 1ms is out of range: 100ms to 1d"
complains "a value of another type" 'plugins: ( { plugin = "jsonlines"; file = "out"; rotate_at = 4096; } );' \
	"x.cfg:1: plugins.jsonlines.rotate_at: expected a size such as \"64KiB\" or \"5GiB\", found an integer"
complains "an integer that libconfig would take for another" \
	'plugins: ( { plugin = "jsonlines"; file = "out";\nkeep = 4294967299; } );' \
	"x.cfg:2: plugins[0].keep: integer 4294967299 is too large (at most 2147483647)"
complains "an option that must be given" '\nplugins: ( { plugin = "jsonlines"; } );' \
	"x.cfg:2: plugins.jsonlines.file: must be given"
complains "a plugin that there is not" 'plugins: ( { plugin = "jsonline"; file = "a"; } );' \
	"x.cfg:1: plugins[0]: there is no plugin 'jsonline' in $top_builddir/plugins/.libs; did you mean 'jsonlines'?"
check "of which is not said that all is well" ! -s out
complains "a name that is there twice" \
	'plugins: ( { plugin = "jsonlines"; file = "a"; },\n{ plugin = "jsonlines"; file = "b"; } );' \
	"x.cfg:2: plugins.jsonlines.name: x.cfg:1 has an instance of this name; give one another"
printf 'plugins: ( { plugin = "jsonlines";\nfil = "out"; } );' >inner.cfg
complains "an error in an included file" '@include "inner.cfg"\n' \
	"inner.cfg:2: plugins.jsonlines.fil: unknown option; did you mean 'file'?" \
	"inner.cfg:1: plugins.jsonlines.file: must be given"

printf 'plugins: ( { plugin = "jsonlines"; name = "first"; file = "first.json"; },\n{ plugin = "jsonlines"; name = "second"; file = "second.json"; } );' >two.cfg
SONDE_PLUGINS_SECOND_FILE=other.json act sonde config print -c two.cfg --set plugins.first.keep=7
check "an option of one instance is overridden by a variable" -n \
	"$(grep -F 'file = "other.json"; # SONDE_PLUGINS_SECOND_FILE' out)" -a -n "$(grep -F 'file = "first.json"; # two.cfg:1' out)"
check "or on the command line" -n "$(grep -F 'keep = 7; # command line' out)" -a -n "$(grep -F 'keep = 5; # default' out)"
cp out printed.cfg
act sonde config print -c printed.cfg
check "what is printed reads back as the same" "$(sed 's/ *#.*//' out)" = "$(sed 's/ *#.*//' printed.cfg)"
SONDE_PLUGINS_SECOND_FIL=x act sonde config check -c two.cfg
says "a variable that is like one of an option is warned of" 0 \
	"SONDE_PLUGINS_SECOND_FIL: unknown variable; did you mean 'SONDE_PLUGINS_SECOND_FILE'?"

SONDE_PLUGINS_SECOND_FILE=$scratch/other.json SONDE_PLUGINS_FIRST_FILE=$scratch/third.json \
	act sonde run -c two.cfg --report=none true
check "the plugins of a run have what overrides their options" "$status" -eq 0 -a -s other.json -a -s third.json -a \
	! -e first.json -a ! -e second.json

cat >often.cfg <<'END'
metrics: { interval = "100ms"; };
plugins: ( { plugin = "jsonlines"; file = "often.json"; deadline = "99ms"; },
	{ plugin = "jsonlines"; name = "own"; interval = "3s"; file = "own.json"; deadline = "50ms"; } );
END
act sonde config print -c often.cfg
check "metrics.interval is that of plugins without one of their own" "$(grep -c 'interval = "100ms"' out) $(grep -c 'interval = "3s"' out)" = \
	"2 1"
act sonde run -c often.cfg --report=none -- bash -c 'until test "$(wc -l <often.json)" -ge 3 || test $((SECONDS)) -ge 60; do sleep 0.05; done
	test "$(wc -l <often.json)" -ge 3' 2>/dev/null
check "and they are fed as often as it says" "$status" = 0
complains "a deadline is less than it" 'metrics: { interval = "1s"; };\nplugins: ( { plugin = "jsonlines"; file = "out"; deadline = "2s"; } );' \
	"x.cfg:2: plugins.jsonlines.deadline: 2s is not less than the interval, 1s"

cat >limit.cfg <<'END'
metrics: { max_tag_sets = 2; };
plugins: ( { plugin = "jsonlines"; file = "limited.json"; interval = "100ms"; }, { plugin = "resources"; interval = "100ms"; } );
END
act sonde run -c limit.cfg --report=none -- sh -c 'until grep -q system.cpu.time limited.json; do sleep 0.02; done' 2>/dev/null
check "a name has as many series as metrics.max_tag_sets allows, and one for the rest" \
	"$(tail -1 limited.json | grep -o '"name":"system.cpu.time"[^}]*}' | wc -l) $(tail -1 limited.json |
		grep -o '"name":"system.cpu.time"[^}]*}' | grep -c '"otel.metric.overflow":"true"')" = "3 1"

act sonde config explain plugins.jsonlines.keep
check "an option is explained" "$(sed -n 2p out)" = "    integer: 1 to 1000; default: 5"
act sonde config explain plugins.jsonlines
check "all of a plugin are, those that every plugin has among them" -n "$(grep '^plugins.jsonlines.queue.size$' out)" -a \
	-n "$(grep '^plugins.jsonlines.rotate_at$' out)"
act sonde config explain plugins.jsonlines.kep
says "an unknown one names the nearest" 1 "sonde: config: plugin 'jsonlines' has no option 'kep'; did you mean 'keep'?"
act sonde config explain plugins.jsonline
check "so does an unknown plugin" "$status" -eq 1 -a -n "$(grep "'jsonlines'" err)"
finish
