# SPDX-License-Identifier: MIT
#
# Programs that are linked, bound and searched in ways that have led other tools astray.
. "${top_srcdir:-.}/tests/hazards/lib.sh"

# H5: who finds whom.
build own-read own-read.c -rdynamic -ldl && truthful "H5 a program that exports read and dup:" own-read
cat >wrap.c <<'END'
#include <dlfcn.h>
#include <unistd.h>
off_t lseek(int fd, off_t offset, int whence)
{
	off_t (*next)(int, off_t, int) = dlsym(RTLD_NEXT, "lseek");
	return next(fd, offset, whence);
}
END
"$CC" -D_GNU_SOURCE -shared -fPIC -o libwrap.so wrap.c
build wrapped special.c -Wl,--no-as-needed -Wl,-rpath,"$PWD" ./libwrap.so &&
	truthful "H5 a program linked with a library that wraps lseek:" wrapped

# A library behind us that is called by the plain name, and calls by the inner one.
cat >inward.c <<'END'
#include <unistd.h>
ssize_t __read(int fd, void *buf, size_t size);
off_t __lseek(int fd, off_t offset, int whence);
ssize_t read(int fd, void *buf, size_t size) { return __read(fd, buf, size); }
off_t lseek(int fd, off_t offset, int whence) { return __lseek(fd, offset, whence); }
END
cat >calls-inward.c <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	char text[4] = "";
	int fd = open("inward.c", O_RDONLY);
	ssize_t size = read(fd, text, 3);

	printf("%zd %s %ld\n", size, text, (long)lseek(fd, 0, SEEK_CUR));
	return 0;
}
END
"$CC" -shared -fPIC -o libinward.so inward.c &&
	"$CC" -o calls-inward calls-inward.c -Wl,--no-as-needed -Wl,-rpath,"$PWD" ./libinward.so
unharmed "H5 a library that wraps calls by libc's inner names for them goes round no circle" ./calls-inward
check "H5 and its calls were made" "$(cat out)" = "3 #in 3"

# H6: versions.
build old old-versions.c && truthful "H6 a program linked with an old libc:" old

# H7: bound when loaded.
truthful "H7 with LD_BIND_NOW=1:" wrapped LD_BIND_NOW=1
build now special.c -fno-plt -Wl,-z,now -Wl,-z,relro -DMALLOC_IS_SEEN=1 &&
	truthful "H7 a program without a PLT, bound when it is loaded:" now
LD_BIND_NOW=1 "$top_builddir/truth-driver" "$sonde" "$top_builddir/hazard-subject" >trials
check "H7 with LD_BIND_NOW=1 every hazard is as harmless as without" -z "$(grep -A 6 '^not ok' trials)"

# H16: where a library is looked for depends on who asks.
mkdir -p a/private
echo 'int answer(void) { return 42; }' >inner.c
cat >outer.c <<'END'
#include <dlfcn.h>
int ask(void)
{
	void *inner = dlopen("libinner.so", RTLD_NOW);
	int (*answer)(void) = inner ? (int (*)(void))dlsym(inner, "answer") : 0;
	return answer ? answer() : 0;
}
END
cat >asks.c <<'END'
#include <dlfcn.h>
#include <stdio.h>
int main(void)
{
	void *outer = dlopen("libouter.so", RTLD_NOW);
	int (*ask)(void) = outer ? (int (*)(void))dlsym(outer, "ask") : 0;
	printf("%d, and the program itself %s\n", ask ? ask() : 0, dlopen("libinner.so", RTLD_NOW) ? "may" : "may not");
	return 0;
}
END
# shellcheck disable=SC2016 # $ORIGIN is the loader's
"$CC" -shared -fPIC -o a/private/libinner.so inner.c && "$CC" -shared -fPIC -o a/libouter.so outer.c \
	-Wl,--enable-new-dtags,-rpath,'$ORIGIN/private' && "$CC" -o asks asks.c -Wl,--enable-new-dtags,-rpath,'$ORIGIN/a'
unharmed "H16 a library finds its own plugins by its RUNPATH" ./asks
check "H16 and it was there to be found" "$(cat out)" = "42, and the program itself may not"

# H17: a library that audits the loader, in a namespace of its own.
cat >audit.c <<'END'
#include <link.h>
unsigned int la_version(unsigned int version) { return version; }
END
"$CC" -D_GNU_SOURCE -shared -fPIC -o audit.so audit.c
truthful "H17 with LD_AUDIT:" wrapped LD_AUDIT="$PWD/audit.so"

# H18: a program that needs no libc, and has none of its own.
cat >bare.c <<'END'
static long call(long n, long a, long b, long c)
{
	long result;
	__asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}
void _start(void)
{
	call(1, 1, (long)"no libc\n", 8);
	call(231, 5, 0, 0);
}
END
if test "$(uname -m)" = x86_64; then
	"$CC" -nostdlib -nodefaultlibs -fPIE -pie -fno-stack-protector -Wl,--dynamic-linker=/lib64/ld-linux-x86-64.so.2 -o bare bare.c
	unharmed "H18 a dynamic program without libc runs as it does bare" ./bare
	check "H18 and ran" "$status $(cat out)" = "5 no libc"
fi

# H21: a program for another libc.
if command -v musl-gcc >/dev/null; then
	printf '#include <stdio.h>\nint main(void) { return puts("musl") < 0; }\n' >musl.c
	musl-gcc -o musl musl.c
	unharmed "H21 a program for musl runs as it does bare" ./musl
	check "H21 and is reported" "$(value 'reason("/musl")')" = architecture
	unharmed "H21 also as a child" sh -c './musl; ./musl; exit 3'
	check "H21 and is reported then, too" "$(value 'reason("/musl"), started("/musl")')" = "('architecture', 2)"
else
	skip "no musl-gcc" "H21 a program for musl runs as it does bare"
fi

# H40: a clock that lies.
cat >clock.c <<'END'
#include <sys/time.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *now)
{
	(void)id;
	now->tv_sec = 1000000000;
	now->tv_nsec = 0;
	return 0;
}
END
"$CC" -shared -fPIC -o clock.so clock.c
cat >sleeps.c <<'END'
#include <stdio.h>
#include <time.h>
int main(void)
{
	struct timespec now, some = {0, 50000000};
	clock_gettime(CLOCK_MONOTONIC, &now);
	nanosleep(&some, NULL);
	printf("%ld\n", (long)now.tv_sec);
	return 0;
}
END
"$CC" -o sleeps sleeps.c
for list in "$PWD/clock.so" "$PWD/clock.so:$library"; do
	act preloading "$list" "$sonde" run -o recording.json --report=none -- ./sleeps
	check "H40 a clock that is faked for the program is not ours" "$status $(cat out) $(value \
		'[c["seconds"]["sum"] >= 0.05 and c["seconds"]["sum"] < 30 for c in r["calls"] if c["call"] == "nanosleep"]')" = \
		"0 1000000000 [True]"
done
finish
