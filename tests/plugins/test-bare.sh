# SPDX-License-Identifier: MIT
#
# LD_PRELOAD alone, with a configuration that names plugins: the figures get to them, and the program has nothing of it.
. "${top_srcdir:-.}/tests/plugins/bare-lib.sh"

configure 'plugin = "jsonlines"; file = "out.jsonl";'
sed -i 's/^);$/, { plugin = "resources"; interval = "500ms"; } );/' sonde.cfg
echo 'session: { labels: { branch = "main"; }; };' >>sonde.cfg

cat >truncates.py <<'END'
"""truncates.py N... - calls truncate() in vain, so often in each of so many threads."""
import os, sys, threading

def call(n):
    for _ in range(n):
        try:
            os.truncate("/no/such/file", 0)
        except OSError:
            pass

threads = [threading.Thread(target=call, args=(int(n),)) for n in sys.argv[1:]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("done")
END

echo 'access 10
fork 5
fork 7' >orders
bare "$subject" obey <orders
check "the program says what it always says" "$status $(tr '\n' ' ' <out)$(cat err)" = "0 done done done "
ended 1
check "its calls and those of its children are the exporter's" "$(lines access) $(lines final)" = "22 1"
check "they have its labels" "$(lines label)" = main
check "how the plugin fared is there as well" -n "$(lines names | grep sonde.plugin.snapshots)"
check "nothing is left of the session" -z "$(ls sessions/*)"

anew
bare "$python" truncates.py 1000 1000 1000 1000 1000 1000 1000 1000
ended 1
check "threads of a Python program are counted exactly" "$status $(cat out) $(lines truncate)" = "0 done 8000"

# What the program could see of us.
cat >sights.py <<'END'
import os, signal
try:
    print("a child:", os.waitpid(-1, os.WNOHANG))
except ChildProcessError:
    print("no child")
print("threads:", len(os.listdir("/proc/self/task")))
print("descriptors:", len(os.listdir("/proc/self/fd")))
print("pending:", len(signal.sigpending()))
print("SIGCHLD:", signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL)
print("environment:", *sorted(name for name in os.environ if name.startswith("SONDE")))
print("objects:", sum("sonde" in line and "libsonde-preload" not in line and "/session" not in line
                      for line in open("/proc/self/maps")))
END
cat >blocks.py <<'END'
"""blocks.py [subreaper] COMMAND... - executes it with SIGCHLD blocked."""
import ctypes, os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
command = sys.argv[1:]
if command[0] == "subreaper":
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    del command[0]
os.execvp(command[0], command)
END
n_descriptors=$("$python" sights.py | sed -n 's/descriptors: //p')
expected="no child threads: 1 descriptors: $n_descriptors pending: 0 SIGCHLD: True \
environment: SONDE_CONFIG SONDE_DIRECTORY SONDE_PLUGIN_PATH SONDE_SESSION objects: 0"
for kind in program subreaper; do
	anew
	act "$python" blocks.py $(test $kind = program || echo $kind) \
		env LD_PRELOAD="$library" SONDE_CONFIG=sonde.cfg "$python" sights.py
	check "a $kind has no child, thread, descriptor, signal or object of ours" "$(tr '\n' ' ' <out)$(cat err)" = \
		"$expected "
	ended 1
	check "all the same its figures are there" "$(lines final)" = 1
done
anew
act "$python" blocks.py subreaper env LD_PRELOAD="$library" SONDE_CONFIG=sonde.cfg \
	"$python" -c "import os; os.fork() or os._exit(0)
try:
    while os.wait(): pass
except ChildProcessError: print('ended')"
check "one that takes orphans in and waits for all of its children does not wait for the host" "$(cat out)" = ended
ended 1

anew
bare sh -c "'$subject' obey <orders; exec '$subject' obey <orders"
ended 1
check "what is executed goes on in the same session" "$(lines access) $(lines sources)" = "44 1"

anew
bare sh -c "'$subject' obey <orders >/dev/null; kill -KILL \$\$"
ended 1
check "a program that is killed has all of its figures there" "$status $(lines access)" = "137 22"

anew
LD_PRELOAD=$library SONDE_CONFIG=sonde.cfg "$python" truncates.py 50 50 >/dev/null &
bare "$subject" obey <orders
wait $!
ended 2
check "two programs have two sessions" "$(lines sources) $(lines access), $(lines truncate)" = "2 0 22, 0 100"

# One that becomes a daemon: nobody may keep its parent's output open.
cat >daemon.py <<'END'
import os, sys
ready, go = sys.argv[1:]
if os.fork():
    os.wait()
    sys.exit()
os.setsid()
if os.fork():
    os._exit(0)
os.closerange(0, 1024)
os.open("/dev/null", os.O_RDWR)
with open(ready, "w") as file:
    file.write("ready")
open(go).read()
for _ in range(30):
    try:
        os.truncate("/no/such/file", 0)
    except OSError:
        pass
END
anew
mkfifo ready go
bare "$python" daemon.py ready go
check "a daemon's parent ends" "$status" = 0
cat ready >/dev/null
until_there eval 'lines names | grep -q process.memory.usage'
check "a monitor has the daemon's process" -n "$(lines names | grep process.memory.usage)"
check "and the daemon goes on" "$(lines final)" = 0
echo >go
ended 1
check "a daemon that has closed all of its descriptors is counted to its end" "$(lines truncate)" = 30
anew
output=$(LD_PRELOAD=$library SONDE_CONFIG=sonde.cfg sh -c 'echo said; for host in /proc/[0-9]*; do
	{ tr "\0" " " <$host/cmdline; } 2>/dev/null; done | grep -c "sonde agent --detached --session $SONDE_SESSION" >&2' 2>n)
check "who reads a program's output reads to its end while the host lives" "$output $(test "$(cat n)" -gt 0 && echo hosted)" = "said hosted"
ended 1

# Everything in a pid namespace ends with its first process.
if unshare -pf true 2>/dev/null; then
	anew
	SONDE_CONFIG=$scratch/sonde.cfg act unshare -pf env LD_PRELOAD="$library" "$subject" obey <orders
	check "the first process of a container says what it always says" "$status $(tr '\n' ' ' <out)$(cat err)" = "0 done done done "
	check "when it has ended its final figures are there" "$(lines access) $(lines final)" = "22 1"
	check "and nothing is left of its session" -z "$(ls sessions/*)"
else
	echo "ok - the first process of a container # skipped: no namespaces here"
fi

# The host is not the program's fate.
anew
mkfifo orders-pipe
LD_PRELOAD=$library SONDE_CONFIG=sonde.cfg "$subject" obey <orders-pipe >answers &
program=$!
exec 8>orders-pipe
echo 'access 3' >&8
until_there has 3 access
for host in $(hosts); do kill -KILL "$host"; done
echo 'access 4' >&8
until_there eval 'test $(wc -l <answers) = 2'
exec 8>&-
wait "$program"
check "a program whose host is killed goes on" "$?" = 0
check "and its figures lie in the session" \
	"$(counted access)" = 7
rm -rf sessions/*

# A server asks while it runs.
anew
cp sonde.cfg lines.cfg
configure 'plugin = "prometheus"; listen = "127.0.0.1:0"; address_file = "address";'
LD_PRELOAD=$library SONDE_CONFIG=sonde.cfg "$subject" obey <orders-pipe >answers &
program=$!
exec 8>orders-pipe
echo 'access 31' >&8
until_there test -s address
scraped() {
	"$python" -I -c 'import re, sys, urllib.request
text = urllib.request.urlopen("http://" + open("address").read().strip() + "/metrics", timeout=20).read().decode()
print(sum(int(float(n)) for n in re.findall("^libc_calls_total{[^}]*call=\"access\"[^}]*} ([0-9.e+]*)", text, re.M)))' 2>/dev/null
}
until_there eval 'test "$(scraped)" = 31'
check "Prometheus gets what a program under LD_PRELOAD has called" "$(scraped)" = 31
exec 8>&-
wait "$program"
until_there no_hosts
check "its server ends with the program" -z "$(scraped)"
mv lines.cfg sonde.cfg

# Those that host otherwise.
anew
SONDE_CONFIG=$scratch/sonde.cfg "$sonde" run -o recording.json --report=none -- "$subject" obey <orders >out
check "under sonde run nobody else hosts" "$(lines access) $(lines sources) $(lines final)" = "22 1 1"
finish
