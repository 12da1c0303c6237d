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

# Where the session is, is the configuration's to say; the program's children find it there.
mkdir elsewhere
echo 'session: { directory = "'"$PWD"'/elsewhere"; }; intercept: { exclude = ["access"]; };' >sonde.cfg
bare sh -c "'$subject' obey <orders; '$subject' obey <orders"
check "a session is made in the directory that the configuration names" "$status" = 0 -a ! -s err -a \
	"$(SONDE_DIRECTORY=elsewhere counted posix_memalign) $(SONDE_DIRECTORY=elsewhere counted access)" = "12 0"
check "and nothing is left in another" -z "$(ls sessions/*)"
echo 'session: { directory = "elsewhere"; };' >sonde.cfg
rm -rf elsewhere/*
mkdir inner
bare sh -c "cd inner && '$subject' obey <../orders"
check "a relative one is below the folder that the program was started in" \
	"$(SONDE_DIRECTORY=elsewhere counted access)" = 10
configure 'plugin = "jsonlines"; file = "out.jsonl";'
echo 'session: { directory = "elsewhere"; };' >>sonde.cfg
bare sh -c "'$subject' obey <orders"
ended 1
check "plugins have its figures" "$(lines posix_memalign) $(lines sources)" = "6 1"
check "and it is removed at its end" "$(find elsewhere sessions -name session)" = \
	"$(find elsewhere -name session)" -a "$(find elsewhere -type f | wc -l)" = 1
anew
rm -rf elsewhere/*
for where in /nowhere "$PWD/orders"; do
	echo 'session: { directory = "'"$where"'"; };' >sonde.cfg
	bare "$subject" obey <orders
	check "one that cannot be had ($(basename "$where")) is told in one line, and the program runs unwatched" \
		"$status $(wc -l <err)" = "0 1" -a -n "$(grep "session.directory: $where: .*; the program runs unwatched" err)" -a \
		-z "$(ls sessions/*)"
done
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

# In a set-uid program, into which the loader lets only what lies among the system's libraries: one of them is exchanged,
# where nobody else sees it. There is no command beside it, and whoever looks for one says so.
stand_in=$(ldconfig -p 2>/dev/null | awk '$1 == "libutil.so.1" { print $NF; exit }')
cat >secure.sh <<'END'
mount --bind "$1" "$2" && shift 2 && exec env LD_PRELOAD=libutil.so.1 "$@"
END
chmod u+s copy/libsonde-preload.so
cp "$subject" privileged && chown nobody privileged && chmod u+s privileged
if test -n "$stand_in" && unshare -m sh secure.sh "$PWD/copy/libsonde-preload.so" "$stand_in" true 2>/dev/null; then
	chmod 755 . && rm -rf sessions/*
	SONDE_CONFIG=$scratch/sonde.cfg act unshare -m sh secure.sh "$PWD/copy/libsonde-preload.so" "$stand_in" \
		"$subject" obey <orders
	check "a library among the system's looks for a host" -n "$(grep 'is of no effect' err)"
	SONDE_CONFIG=$scratch/sonde.cfg act unshare -m sh secure.sh "$PWD/copy/libsonde-preload.so" "$stand_in" \
		"$PWD/privileged" obey <orders
	check "but not in a set-uid program" "$status $(tr '\n' ' ' <out)$(grep 'is of no effect' err)" = "0 done done "
else
	echo "ok - a library among the system's looks for a host # skipped: not allowed here"
fi
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
