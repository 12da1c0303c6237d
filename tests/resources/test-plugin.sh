# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir and top_builddir come from the makefile
#
# The resources plugin, loaded as a host does it, beside the tools that people ask for the same figures. Figures of a
# machine move while they are asked for: they have to lie near each other, those of a process that waits are equal.
. "$top_srcdir/tests/scripts/lib.sh" || exit

plugin=$top_builddir/plugins/.libs/resources.so
show=$top_builddir/tests/resources/show
megabyte=1048576

# value NAME [TAG=VALUE...] - of the series in the answer with these tags.
value() {
	local lines name=$1 tag
	shift
	lines=$(grep -- "^$name{" "$scratch/series")
	for tag in "$@"; do
		lines=$(grep -F -- "${tag%%=*}=\"${tag#*=}\"" <<<"$lines")
	done
	test "$(wc -l <<<"$lines")" -eq 1 && echo "${lines##* }"
}

# collect ARGUMENT... - runs the plugin.
collect() {
	"$show" "$plugin" "$@" >"$scratch/series" 2>"$scratch/answer"
}

# near VALUE EXPECTED TOLERANCE
near() {
	echo "got $1, expected $2, give or take $3" >"$scratch/answer"
	test -n "$1" && test -n "$2" &&
		awk -v got="$1" -v expected="$2" -v tolerance="$3" 'BEGIN {
			difference = got - expected
			exit !(difference <= tolerance && -difference <= tolerance)
		}'
}

# equal VALUE EXPECTED
equal() {
	near "$1" "$2" 0
}

only_one_symbol() {
	nm -D --defined-only "$plugin" >"$scratch/answer"
	test "$(awk '{ print $3 }' "$scratch/answer")" = sonde_plugin_v1
}

links_only_libc() {
	readelf -d "$plugin" >"$scratch/answer"
	! grep NEEDED "$scratch/answer" | grep -v -e 'libc\.so' -e 'libm\.so' -e 'ld-linux'
}

report "the plugin exports one symbol" only_one_symbol
report "the plugin needs nothing but libc" links_only_libc

# A process with three threads, some descriptors and a limit, which waits at the end of a pipe.
cat >"$scratch/subject.py" <<'END'
import os, resource, sys, threading
resource.setrlimit(resource.RLIMIT_NOFILE, (123, 200))
stop = threading.Event()
threads = [threading.Thread(target=stop.wait) for _ in range(2)]
for thread in threads:
    thread.start()
kept = [os.dup(0) for _ in range(7)]
memory = bytearray(20 << 20)
for i in range(0, len(memory), 4096):
    memory[i] = 1
with open(sys.argv[1], "wb") as file:
    file.write(os.urandom(1 << 20))
    file.flush()
    os.fsync(file.fileno())
sum(i * i for i in range(1000000))
print("ready", flush=True)
sys.stdin.read()
stop.set()
END
mkfifo "$scratch/to" "$scratch/from"
python3 "$scratch/subject.py" "$scratch/written" <"$scratch/to" >"$scratch/from" &
subject=$!
exec 8>"$scratch/to" 9<"$scratch/from"
read -r _ <&9

memory_is_that_of_free() {
	local total used free buffers shared available
	collect kinds=memory || return
	read -r _ total used free shared _ available < <(free -b | grep '^Mem:')
	buffers=$(awk '$1 == "Buffers:" { print $2 * 1024 }' /proc/meminfo)
	near "$(value system.memory.usage system.memory.state=used)" "$used" $((256 * megabyte)) &&
		near "$(value system.memory.usage system.memory.state=free)" "$free" $((512 * megabyte)) &&
		near "$(value system.memory.usage system.memory.state=buffers)" "$buffers" $((64 * megabyte)) &&
		near "$(value system.memory.linux.available)" "$available" $((256 * megabyte)) &&
		near "$(value system.memory.linux.shared)" "$shared" $((256 * megabyte)) &&
		near "$(awk -v limit="$(value system.memory.limit)" -v total="$total" \
			'BEGIN { print limit <= total }')" 1 0
}

swap_is_that_of_free() {
	collect kinds=memory || return
	near "$(value system.paging.usage system.paging.state=used)" \
		"$(free -b | awk '/^Swap:/ { print $3 }')" $((64 * megabyte))
}

space_is_that_of_df() {
	local size used available share
	collect kinds=filesystem paths="$scratch" || return
	read -r size used available share < <(df -B1 --output=size,used,avail,pcent "$scratch" | tail -n 1)
	equal "$(value system.filesystem.limit)" "$size" &&
		near "$(value system.filesystem.usage system.filesystem.state=used)" "$used" $((256 * megabyte)) &&
		near "$(value system.filesystem.usage system.filesystem.state=free)" "$available" $((256 * megabyte)) &&
		near "$(awk -v share="$(value system.filesystem.utilization)" 'BEGIN { print share * 100 }')" "${share%\%}" 2
}

# has_tag_of_df TAG COLUMN - where df knows nothing, as in a chroot that is no mount, there is no such tag.
has_tag_of_df() {
	local name
	name=$(df --output="$2" "$scratch" | tail -n 1)
	if test "$name" = -; then
		! grep -q "$1=" "$scratch/series"
	else
		grep -qF "$1=\"$name\"" "$scratch/series"
	fi
}

space_is_of_the_device_that_df_names() {
	collect kinds=filesystem paths="$scratch" || return
	has_tag_of_df system.device source && has_tag_of_df system.filesystem.type fstype
}

a_missing_path_is_said_and_others_are_there() {
	collect kinds=filesystem paths="/no/such/path,$scratch" || return
	grep -q '/no/such/path: No such file' "$scratch/answer" && test -n "$(value system.filesystem.limit)"
}

# ticks COLUMN - of processors, by the first line of /proc/stat.
ticks() {
	awk -v column="$1" '/^cpu / { print $column }' /proc/stat
}

processors_are_those_of_proc() {
	local before after hertz
	hertz=$(getconf CLK_TCK)
	before=$(ticks 5)
	collect kinds=cpu || return
	after=$(ticks 5)
	near "$(value system.cpu.time cpu.mode=idle | awk -v hertz="$hertz" '{ printf "%.0f", $1 * hertz }')" \
		$(((before + after) / 2)) $((after - before + 1)) &&
		equal "$(value system.cpu.logical.count)" "$(grep -c '^cpu[0-9]' /proc/stat)"
}

shares_of_processors_add_up() {
	collect kinds=cpu -- sh -c 'i=0; while [ $i -lt 50000 ]; do i=$((i + 1)); done' || return
	near "$(awk '/^system.cpu.utilization/ { sum += $NF } END { print sum }' "$scratch/series")" 1 0.000001
}

uptime_is_that_of_proc() {
	collect kinds=cpu || return
	near "$(value system.uptime)" "$(cut -d' ' -f1 /proc/uptime)" 5
}

load_is_that_of_proc() {
	collect kinds=load || return
	near "$(value system.cpu.load_average.15m)" "$(cut -d' ' -f3 /proc/loadavg)" 0.5
}

# Counters lie between a reading before and one after.
between() {
	echo "got $1, expected $2 to $3" >"$scratch/answer"
	test -n "$1" && test "$1" -ge "$2" && test "$1" -le "$3"
}

# interface COLUMN - of lo, counted from its name.
interface() {
	sed 's/:/ /' /proc/net/dev | awk -v column="$1" '$1 == "lo" { print $column }'
}

network_is_that_of_proc() {
	local bytes packets
	bytes=$(interface 2)
	packets=$(interface 11)
	collect kinds=network interfaces=lo interfaces_except=, || return
	between "$(value system.network.io network.io.direction=receive)" "$bytes" "$(interface 2)" &&
		between "$(value system.network.packet.count network.io.direction=transmit)" "$packets" "$(interface 11)"
}

interfaces_can_be_left_out() {
	collect kinds=network || return
	! grep '"lo"' "$scratch/series" >>"$scratch/answer"
}

disks_are_those_of_proc() {
	local disk
	collect kinds=disk || return
	for disk in /sys/block/*; do
		disk=${disk##*/}
		awk -v disk="$disk" '$3 == disk && $4 + $8 { found = 1 } END { exit !found }' /proc/diskstats || continue
		between "$(value system.disk.operations "system.device=$disk" disk.io.direction=read)" 0 \
			"$(awk -v disk="$disk" '$3 == disk { print $4 }' /proc/diskstats)" || return
	done
}

# ps_says COLUMN - about the subject.
ps_says() {
	ps -o "$1=" -p $subject | tr -d ' '
}

a_process_has_the_memory_that_ps_says() {
	collect kinds=process pid=$subject || return
	near "$(value process.memory.usage)" $(($(ps_says rss) * 1024)) $((4 * megabyte)) &&
		equal "$(value process.memory.virtual)" $(($(ps_says vsz) * 1024)) &&
		near "$(value process.memory.proportional)" \
			"$(awk '/^Pss:/ { print $2 * 1024 }' /proc/$subject/smaps_rollup)" $((8 * megabyte))
}

a_process_has_the_threads_that_ps_says() {
	collect kinds=process pid=$subject || return
	equal "$(value process.thread.count)" "$(ps_says nlwp)" && equal "$(value process.thread.count)" 3
}

a_process_has_the_faults_that_ps_says() {
	collect kinds=process pid=$subject || return
	equal "$(value process.paging.faults system.paging.fault.type=minor)" "$(ps_says min_flt)" &&
		equal "$(value process.paging.faults system.paging.fault.type=major)" "$(ps_says maj_flt)"
}

a_process_has_the_descriptors_that_it_has() {
	collect kinds=process pid=$subject || return
	equal "$(value process.unix.file_descriptor.count)" "$(find /proc/$subject/fd -type l | wc -l)" &&
		equal "$(value process.unix.file_descriptor.limit)" 123
}

a_process_has_the_time_that_ps_says() {
	collect kinds=process pid=$subject || return
	near "$(awk '/^process.cpu.time/ { sum += $NF } END { print sum }' "$scratch/series")" "$(ps_says cputimes)" 1 &&
		near "$(value process.uptime)" "$(ps_says etimes)" 1.5
}

a_process_has_the_switches_of_all_its_threads() {
	collect kinds=process pid=$subject || return
	equal "$(value process.context_switches process.context_switch.type=voluntary)" \
		"$(awk '/^voluntary/ { sum += $2 } END { print sum }' /proc/$subject/task/*/status)"
}

a_process_has_what_it_wrote() {
	collect kinds=process pid=$subject || return
	equal "$(value process.disk.io disk.io.direction=write)" \
		"$(awk '/^write_bytes/ { print $2 }' /proc/$subject/io)"
}

utilization_comes_with_the_second_collection() {
	collect kinds=process pid=$$ -- true || return
	grep -q '^process.cpu.utilization{' "$scratch/series"
}

a_process_that_has_ended_has_nothing() {
	true &
	wait $!
	collect kinds=process pid=$! && test ! -s "$scratch/series"
}

options_that_make_no_sense_are_refused() {
	finds 'no resources "weather"' "$show" "$plugin" kinds=weather &&
		finds 'does not begin with /' "$show" "$plugin" paths=home
}

an_empty_tree_has_no_figures() {
	mkdir -p "$scratch/empty"
	collect "root=$scratch/empty" paths=/ pid=1 && ! grep -v '^system.filesystem' "$scratch/series"
}

report "memory is what free says" memory_is_that_of_free
report "swap is what free says" swap_is_that_of_free
report "space of a filesystem is what df says" space_is_that_of_df
report "its device and type are those that df names" space_is_of_the_device_that_df_names
report "a path that is not there is said, and others are there" a_missing_path_is_said_and_others_are_there
report "time of processors is that of /proc/stat" processors_are_those_of_proc
report "shares of processors add up to 1" shares_of_processors_add_up
report "uptime is that of /proc/uptime" uptime_is_that_of_proc
report "load is that of /proc/loadavg" load_is_that_of_proc
report "network counters are those of /proc/net/dev" network_is_that_of_proc
report "the loopback interface is left out unless asked for" interfaces_can_be_left_out
report "disk counters are those of /proc/diskstats" disks_are_those_of_proc
report "a process has the memory that ps says" a_process_has_the_memory_that_ps_says
report "a process has the threads that ps says" a_process_has_the_threads_that_ps_says
report "a process has the page faults that ps says" a_process_has_the_faults_that_ps_says
report "a process has the descriptors that it has, and its limit" a_process_has_the_descriptors_that_it_has
report "a process has the time that ps says" a_process_has_the_time_that_ps_says
report "a process has the context switches of all its threads" a_process_has_the_switches_of_all_its_threads
report "a process has what it wrote to storage" a_process_has_what_it_wrote
report "utilization of a process comes with the second collection" utilization_comes_with_the_second_collection
report "a process that has ended has no figures" a_process_that_has_ended_has_nothing
report "options that make no sense are refused with what would" options_that_make_no_sense_are_refused
report "below a root without files there are no figures" an_empty_tree_has_no_figures

exec 8>&- 9<&-
wait $subject
finish
