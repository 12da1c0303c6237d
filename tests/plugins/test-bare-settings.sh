# SPDX-License-Identifier: MIT
#
# LD_PRELOAD alone, with a configuration: its settings hold from the first call on, and mistakes in it are no trouble of the
# program's.
. "${top_srcdir:-.}/tests/plugins/bare-lib.sh"
echo 'access 10
posix_memalign 6' >orders

echo 'intercept: { exclude = ["access"]; };' >sonde.cfg
bare "$subject" obey <orders
check "a call that is excluded is not counted, others are" "$status $(counted access) $(counted posix_memalign)" = "0 0 6"
check "without plugins nobody hosts" -z "$(hosts)"
rm -rf sessions/*
echo 'intercept: { groups = ["path"]; }; timing: { posix_memalign = 1; };' >sonde.cfg
bare "$subject" obey <orders
check "groups are those that it names" "$(counted access) $(counted posix_memalign) $(counted malloc)" = "10 0 0"
rm -rf sessions/*
SONDE_INTERCEPT_GROUPS=memory bare "$subject" obey <orders
check "variables override it" "$(counted access) $(counted posix_memalign)" = "0 6"
rm -rf sessions/*
echo 'session: { follow = "none"; };' >sonde.cfg
bare sh -c "'$subject' obey <orders"
check "what it follows, too" "$(counted access)" = 0
rm -rf sessions/*

# unwatched SENTENCE LINE - the program has run, and this one line was all that was said.
unwatched() {
	bare "$subject" obey <orders
	check "$1" "$status $(tr '\n' ' ' <out)$(cat err)" = "0 done done $2"
	check "... and nothing is left" -z "$(ls sessions/*)$(hosts)"
}
echo 'timing: { memory = 0; }; intercept: { exclude = ["lsek"]; };' >sonde.cfg
unwatched "of a file with mistakes the first is said, and the program runs unwatched" \
	"sonde: $scratch/sonde.cfg:1: timing.memory: 0 is out of range: 1 to 32767; the program runs unwatched"
rm -f sonde.cfg
unwatched "a file that is not there is said" \
	"sonde: $scratch/sonde.cfg: No such file or directory; the program runs unwatched"
echo 'timing: {};' >sonde.cfg
chmod 666 sonde.cfg
unwatched "a file that everybody may write to is not read" \
	"sonde: $(SONDE_CONFIG=$scratch/sonde.cfg "$sonde" config check 2>&1); the program runs unwatched"
chmod 644 sonde.cfg

rm -rf sessions/*
mkdir copy
cp "$library" copy/
act env LD_PRELOAD="$scratch/copy/libsonde-preload.so" SONDE_CONFIG=sonde.cfg "$subject" obey <orders
check "without the command that hosts, it is said, and the program runs" \
	"$status $(tail -1 err)" = "0 sonde: the configuration that SONDE_CONFIG names is of no effect; the program runs unwatched"
bare sh -c 'ulimit -n 4; exec "$@"' sh "$subject" obey <orders
check "a program that may have few descriptors runs" "$status $(tr '\n' ' ' <out)" = "0 done done "
rm -rf sessions/*

# Plugins that cannot work.
zoo=$top_builddir/tests/plugins/zoo
for animal in hang-load crash-load wrong-abi hang-create hang-export crash-export; do
	anew
	rm -f good
	SONDE_PLUGIN_PATH=$zoo
	configure "plugin = \"$animal\"; name = \"culprit\";" "plugin = \"well\"; name = \"good\"; file = \"good\";" \
		"plugin = \"$SONDE_PLUGIN_PATH/../../../plugins/.libs/jsonlines.so\"; name = \"lines\"; file = \"out.jsonl\";"
	bare "$subject" obey <orders
	check "$animal: the program runs" "$status $(tr '\n' ' ' <out)" = "0 done done "
	ended 1
	check "$animal: another plugin has everything" "$(lines access) $(tail -1 good)" = "10 stopped"
done
finish
