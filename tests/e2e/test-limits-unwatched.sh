# SPDX-License-Identifier: MIT
#
# Programs that cannot be watched run as they do bare, and the recording says which they were and why.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

cat >hello.c <<'END'
#include <stdio.h>

int main(void)
{
	puts("hello");
	return 3;
}
END
"$CC" -o plain hello.c || exit 1
"$CC" -static -o static hello.c || exit 1
ln -s /lib64/ld-linux-x86-64.so.2 ld-other.so.1 2>/dev/null
"$CC" -o other -Wl,--dynamic-linker="$scratch/ld-other.so.1" hello.c || exit 1
printf '#!%s\n' "$scratch/static" >script
# The same program for a machine that is not this one: byte 18 of the file, e_machine.
cp plain foreign
printf '\003\000' | dd of=foreign bs=1 seek=18 conv=notrunc status=none
chmod 755 script foreign
has_narrow=$({ "$CC" -m32 -o narrow hello.c && ./narrow; } 2>/dev/null)

# unwatched PROGRAM REASON HOW...
unwatched() {
	local program=$1 reason=$2 how
	shift 2
	unharmed "$program as the command runs as it does bare" "./$program"
	check "and is reported as $reason" "$(value "reason('$program'), started('$program')")" = "('$reason', 1)"
	for how; do
		unharmed "$program started with $how runs as it does bare" "$subject" start "$how" "./$program"
		check "and is reported as $reason, also by the process that started it" \
			"$(value "reason('$program'), started('$program'), told('$reason')")" = "('$reason', 1, 1)"
	done
}

unwatched static static execve vfork posix_spawn posix_spawnp system popen
unwatched script static execve posix_spawn system
unharmed "static started with fexecve runs as it does bare" "$subject" start fexecve ./static
check "and is reported as static" "$(value '[u["reason"] for u in r["unwatched"]]')" = "['static']"
if test -e ld-other.so.1; then
	unwatched other architecture execve posix_spawn system
else
	skip "no loader to link to on this machine" "a program with another loader"
fi
if test "$has_narrow" = hello; then
	unwatched narrow architecture execve posix_spawn system
else
	skip "no programs of 32 bits here" "a program of 32 bits"
fi

# Bare, the kernel refuses this one; watched it must be refused, too, and nothing was started.
for how in execve vfork posix_spawn; do
	unharmed "a program for another machine is refused by $how as it is bare" "$subject" start "$how" ./foreign
	check "and is not said to have run" "$(value 'r["unwatched"], told("architecture")')" = "([], 0)"
done
act sonde run ./foreign
says "as the command it is refused, too, and no shell takes it for a script" 126 \
	"sonde: run: ./foreign: Exec format error"
printf 'exit 4\n' >nameless && chmod 755 nameless
act sonde run --report=none ./nameless
check "a script that names no interpreter is run by a shell" "$status" -eq 4

unharmed "the dynamic loader, told to run a program, runs it as it does bare" "$(readlink -f /lib64/ld-linux-x86-64.so.2)" ./plain
check "and is not said to be unwatched" "$(value 'r["unwatched"], len(r["processes"])')" = "([], 1)"
"$CC" -static-pie -o static-pie hello.c && unwatched static-pie static execve

unharmed "a program that is not there is not started" "$subject" start execve ./none
check "and is not noted" "$(value 'r["unwatched"]')" = "[]"
unharmed "programs are counted" sh -c './static; ./static; ./static; ./script; exit 0'
check "by name and reason" "$(value 'started("/static"), started("/script")')" = "(3, 1)"
act sonde run -o recording.json -- "$sonde" run --report=none -- /bin/true
check "what another session records is said" "$(value 'started("/true"), reason("/true")')" = "(1, 'session')"
check "in the report, too" -n "$(grep '^not watched: /bin/true, 1 time (recorded in another session)$' err)"
act sonde run -o recording.json -- env SONDE_SESSION=/none /bin/true
check "and what none does, for want of it" "$(value 'started("/true"), reason("/true")')" = "(1, 'unreachable')"
act sonde run -o recording.json -- sh -c 'ln -s "$SONDE_SESSION" spelled; SONDE_SESSION=$PWD/spelled /bin/true; :'
check "a session by another name is the same" "$(value 'r["unwatched"], any("/true" in p["executable"] for p in r["processes"])')" = \
	"([], True)"
act sonde run -o recording.json -- sh -c 'exec ./static'
check "a process that went on unwatched is counted there, and said to be" -n \
	"$(grep '^0 processes and 1 not watched, 0 threads; ' err)"
act sonde run -o recording.json -- sh -c './static; ./static'
check "the report says so, too" -n "$(grep 'not watched: ./static, 2 times (statically linked)' err)"
unharmed "children of a static program are watched again" "$subject" start vfork "$(
	cat >parent.c <<'END'
#include <unistd.h>

int main(int argc, char **argv)
{
	return argc > 5 ? 9 : execv(argv[0][0] == '/' ? "/bin/ls" : "/bin/ls", (char *[]){"ls", "/", NULL});
}
END
	"$CC" -static -o parent parent.c && echo ./parent
)"
check "and counted" "$(value 'reason("parent"), count("readdir") > 0')" = "('static', True)"

if is_root; then
	as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	mkdir -m 755 bin && cp "$sonde" "$subject" "$library" plain bin/ && cp plain bin/set-uid && chmod 4755 bin/set-uid
	cp plain bin/set-gid && chmod 2755 bin/set-gid
	mkdir -m 777 nobody
	real_sonde=$sonde
	sonde=$scratch/bin/nobody
	cat >bin/nobody <<END
#!/bin/sh
export SONDE_PRELOAD=$scratch/bin/libsonde-preload.so XDG_STATE_HOME=$scratch/nobody HOME=$scratch/nobody
exec ${as_nobody[*]} $scratch/bin/sonde "\$@"
END
	chmod 755 bin/*
	chmod 4755 bin/set-uid
	chmod 2755 bin/set-gid
	subject=$scratch/bin/limits-subject
	for program in set-uid set-gid; do
		for how in "" "$subject start execve" "$subject start posix_spawn" "$subject start system"; do
			# shellcheck disable=SC2086 # words
			act sonde run -o nobody/recording.json --report=none -- $how "$scratch/bin/$program"
			check "a $program program runs as it does bare (${how##* })" \
				"$status $(cat out err)" = "3 hello"
			check "and is reported as setuid" \
				"$(value "reason('$program'), started('$program')" nobody/recording.json)" = "('setuid', 1)"
		done
	done
	sonde=$real_sonde
	subject=$top_builddir/tests/e2e/limits-subject

	unharmed "a root program's children with another effective user run as they do bare" \
		"$python" -c 'import os; os.setegid(65534); os.seteuid(65534); os.execv("/bin/echo", ["echo", "x"])'
	check "and are reported as setuid" "$(value 'reason("/bin/echo")')" = setuid
	unharmed "children of another user run as they do bare" "${as_nobody[@]}" id -u
	check "and are reported as unreachable" "$(value 'reason("/id")')" = unreachable
	mkdir -m 700 secret && cp "$library" secret/
	export SONDE_PRELOAD=$scratch/secret/libsonde-preload.so
	unharmed "children that may not read our library get no word from the loader" \
		"${as_nobody[@]}" sh -c 'ls -d /; ls -d /'
	check "and are reported as unreachable" "$(value 'reason("/sh")')" = unreachable
	unset SONDE_PRELOAD
	mkdir root && cp static root/
	mkdir -p "root$(dirname "$(readlink -f /lib64/ld-linux-x86-64.so.2)")" root/lib64
	for file in $(ldd plain | grep -o '/[^ ]*'); do cp --parents -L "$file" root/; done
	cp plain root/
	unharmed "below another root directory a program runs without a word from the loader" chroot root /plain
	check "and is reported as unreachable" "$(value 'reason("/plain")')" = unreachable
else
	skip "not root" "set-uid programs" "another user's programs" "programs below another root directory"
fi
finish
