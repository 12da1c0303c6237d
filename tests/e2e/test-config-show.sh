# SPDX-License-Identifier: MIT
#
# Where the configuration is found, what it does, and how it is shown.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
mkdir -p config/sonde

act sonde config check
check "without a file there is nothing to complain of" "$status" -eq 0
printf 'session: { labels: { from = "home"; }; };' >config/sonde/sonde.cfg
printf 'session: { labels: { from = "variable"; }; };' >variable.cfg
printf 'session: { labels: { from = "option"; }; };' >option.cfg
printf 'session: { labels: { from = "here"; }; };' >sonde.cfg
from() {
	sed -n 's/.*from = "\(.*\)".*/\1/p'
}
check "the user's file is found" "$(sonde config print | from)" = home
check "SONDE_CONFIG goes before it" "$(SONDE_CONFIG=variable.cfg sonde config print | from)" = variable
check "-c goes before that" "$(SONDE_CONFIG=variable.cfg sonde config print -c option.cfg | from)" = option
rm config/sonde/sonde.cfg
if test ! -e /etc/sonde/sonde.cfg; then
	mkdir sonde
	cp sonde.cfg sonde/sonde.cfg
	check "the current directory is not searched" -z "$(sonde config print | from)"
	check "nor is it by a relative XDG_CONFIG_HOME" -z "$(XDG_CONFIG_HOME=. sonde config print | from)"
	check "nor by a relative or missing HOME" -z "$(unset XDG_CONFIG_HOME; HOME=. sonde config print | from
		unset HOME; sonde config print | from)"
	check "sonde run reads none there" -z "$(sonde run -o here.json --report=none true; grep here here.json)"
fi
check "a file in HOME is found without XDG_CONFIG_HOME" "$(
	mkdir -p .config/sonde && cp option.cfg .config/sonde/sonde.cfg
	unset XDG_CONFIG_HOME
	HOME=$scratch sonde config print | from
)" = option

cat >all.cfg <<'END'
session: { follow = "env"; directory = "/tmp"; grace = "2s"; leave = true; labels: { branch = "a \"b\" \\c"; }; };
intercept: { groups = ["io", "path"]; exclude = ["lseek", "stat"]; };
timing: { memory = 1; poll = 7; read = 5000; };
memory: { account = true; exact = true; };
stacks: { failures = true; slower_than = "10ms"; every = 1000; allocated = "512KiB"; depth = 20; debuginfod = true; };
files: { privacy = "hashed"; most = 7; };
peers: { privacy = "off"; most = 8; };
metrics: { max_tag_sets = 5; max_path_tag_sets = 4; };
recordings: { keep = 7; age = "12h"; };
failures: { expected: { read = ["EAGAIN", "EAI_AGAIN"]; stat = []; }; };
collection_interval = 60;
retention_days = 30;
export_endpoints = [];
END
sonde config print -c all.cfg >first.cfg
sonde config print -c first.cfg >second.cfg
check "what is printed reads back as the same" "$(sed 's/ *#.*//' second.cfg)" = "$(sed 's/ *#.*//' first.cfg)"
check "every setting of the file is printed" "$(sed 's/ *#.*//' first.cfg | tr -d '\t\n')" = \
	'session: {follow = "env";directory = "/tmp";grace = "2s";leave = true;labels: {branch = "a \"b\" \\c";};};intercept: {groups = ["io", "path"];exclude = ["lseek", "stat"];};timing: {memory = 1;poll = 7;read = 5000;};memory: {account = true;exact = true;};stacks: {failures = true;slower_than = "10ms";every = 1000;allocated = "512KiB";depth = 20;debuginfod = true;};files: {privacy = "hashed";most = 7;};peers: {privacy = "off";most = 8;};metrics: {interval = "10s";retention_days = 30;max_tag_sets = 5;max_path_tag_sets = 4;};recordings: {keep = 7;age = "12h";};failures: {expected: {read = ["EAGAIN", "EAI_AGAIN"];stat = [];};};collection_interval = 60.0;retention_days = 30;export_endpoints = [];'
: >empty.cfg
sonde config print -c empty.cfg >none.cfg
check "what is not set is printed with its default" "$(grep -c ' # default$' none.cfg)" -eq 26
sonde config print -c none.cfg >again.cfg
check "which reads back as the same, too" "$(sed 's/ *#.*//' again.cfg)" = "$(sed 's/ *#.*//' none.cfg)"

printf '@include "inner.cfg"\nmemory: { account = true; };\n' >outer.cfg
printf '\ntiming: { read = 5; write = 6; };\n' >inner.cfg
SONDE_TIMING_READ=7 SONDE_INTERCEPT_EXCLUDE='lseek, stat' sonde config print -c outer.cfg --set memory.account=false \
	--set session.labels.a=b >origins.cfg
origin() {
	check "$1" -n "$(grep -F -- "$2" origins.cfg)"
}
origin "a value's origin is shown: its file and line" 'write = 6; # inner.cfg:2'
origin "the environment variable that overrides it" 'read = 7; # SONDE_TIMING_READ'
origin "the command line, which overrides both" 'account = false; # command line'
origin "a list comes from a variable" 'exclude = ["lseek", "stat"]; # SONDE_INTERCEPT_EXCLUDE'
origin "a key of one's own from the command line" 'a = "b"; # command line'
origin "or that there is none" 'follow = "all"; # default'

sonde config explain --format=markdown | while read -r line; do
	grep -qxF -- "$line" "$top_srcdir/docs/configuration.md" || echo "$line"
done >missing
check "the manual has the table of settings as it is" ! -s missing
act sonde config explain
check "explain tells of every setting, and of the options of all plugins" "$(grep -c '; default: ' out)" -eq 36
act sonde config explain timing.read
check "of one" "$(grep -c '; default: ' out)" -eq 1
check "with the variable that overrides it" -n "$(grep -F 'environment: SONDE_TIMING_READ' out)"
act sonde config explain session
check "of a group" "$(grep -c '; default: ' out)" -eq 5
act sonde config explain timng
says "an unknown one names the nearest" 1 "sonde: config: unknown setting 'timng'; did you mean 'timing'?"
act sonde config explain timing.raed
says "so does an unknown call" 1 "sonde: config: unknown setting 'timing.raed'; did you mean 'timing.read'?"
act sonde config chek
says "an unknown action names the nearest" 2 "sonde: config: unknown action 'chek'; did you mean 'check'?"

count() {
	sed -n "s/.*{\"call\":\"$1\",.*\"count\":\([0-9]*\),.*/\1/p" recording.json | head -1
}
printf 'intercept: { groups = ["io"]; exclude = ["close"]; };' >off.cfg
act sonde run -c off.cfg -o recording.json --report=none "$subject" fork 3
check "a group that is on is counted" "$(count read)" -eq 3
check "a call that is excluded is not" -z "$(count close)"
check "nor is a group that is off" -z "$(count open)"
printf 'failures: { expected: { open = ["EACCES"]; }; };' >class.cfg
act sonde run -c class.cfg -o recording.json --report=none cat /no/such/file
check "a failure's class is as configured" -n \
	"$(grep '"call":"open"' recording.json | grep '"errno":"ENOENT","class":"error"')"
act sonde run -c option.cfg --label from=line --label other=x -o recording.json --report=none true
check "labels come from the file and the command line, which wins" -n \
	"$(grep '"labels":{"from":"line","other":"x"}' recording.json)"
finish
