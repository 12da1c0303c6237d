// SPDX-License-Identifier: MIT
/*
 * Symbols: names and versions, libraries that come late, calls of many shapes.
 */
#include "config.h"

#include "hazard.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <regex.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <wchar.h>

/* -- H2: thread-local memory ------------------------------------------------------------------------ */

static int (*plugin_thread_memory)(void);

static void *use_thread_memory(void *unused)
{
	(void)unused;
	seek(20);
	return (void *)(intptr_t)(plugin_thread_memory() + (plugin_thread_memory() != 400));
}

static void *load_plugin(int flags)
{
	void *plugin = dlopen(beside_program(".libs/libhazard-plugin.so"), flags);

	if (!plugin)
		hazard_fail(dlerror());
	return plugin;
}

static int run_late_thread_memory(char **arguments)
{
	pthread_attr_t attributes;
	void *result;

	(void)arguments;
	plugin_thread_memory = (int (*)(void))dlsym(load_plugin(RTLD_NOW), "plugin_thread_memory");
	pthread_attr_init(&attributes);
	REQUIRE(pthread_attr_setstacksize(&attributes, (size_t)sysconf(_SC_THREAD_STACK_MIN)) == 0);
	for (int i = 0; i < 50; i++) {
		pthread_t thread;

		REQUIRE(pthread_create(&thread, &attributes, use_thread_memory, NULL) == 0);
		REQUIRE(pthread_join(thread, &result) == 0 && !result);
	}
	truth_count("lseek", 50 * 20);
	return 0;
}

/* -- H4: what main() finds -------------------------------------------------------------------------- */

static int run_first_errno(char **arguments)
{
	(void)arguments;
	REQUIRE(truth_first_errno == 0);
	seek(3);
	truth_count("lseek", 3);
	return 0;
}

/* -- H4: threads that go on while the process ends -------------------------------------------------- */

enum { RACERS = 6 };

struct race {
	int n_ready;
	uint64_t n_begun[RACERS];
};

static struct race *race;

static void *run_on(void *n_begun)
{
	__atomic_fetch_add(&race->n_ready, 1, __ATOMIC_RELEASE);
	for (;;) {
		__atomic_fetch_add((uint64_t *)n_begun, 1, __ATOMIC_RELAXED);
		lseek(-1, 0, SEEK_SET);
		free(malloc(100));
	}
	return NULL;
}

static void seek_at_exit(void)
{
	seek(100);
}

static void end_among_runners(void)
{
	pthread_t thread;

	atexit(seek_at_exit);
	for (int i = 0; i < RACERS; i++) {
		REQUIRE(pthread_create(&thread, NULL, run_on, &race->n_begun[i]) == 0);
		REQUIRE(pthread_detach(thread) == 0);
	}
	await(&race->n_ready, RACERS);
	exit(0);
}

/* What a thread had begun is its last call or the one after it. */
static int run_exit_race(char **arguments)
{
	(void)arguments;
	race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int round = 0; round < 30; round++) {
		*race = (struct race){0};
		pid_t pid = fork();

		if (pid == 0)
			end_among_runners();
		REQUIRE(status_of(pid) == 0);
		for (int i = 0; i < RACERS; i++)
			truth_between("lseek", race->n_begun[i] - 1, race->n_begun[i]);
		truth_between("lseek", 100, 100);
	}
	truth_count("exit", 30);
	return 0;
}

/* -- H8: names --------------------------------------------------------------------------------------- */

/* The program's own functions, exported, with names that a library like ours might use within itself. */
#define NAMESAKE(name)                                                                            \
	void name(void);                                                                          \
	void name(void)                                                                           \
	{                                                                                         \
		hazard_fail("a function of the program was taken for " #name "\n");               \
	}

NAMESAKE(recorder_start)
NAMESAKE(recorder_begin_process)
NAMESAKE(recorder_after_fork)
NAMESAKE(region_make)
NAMESAKE(region_adopt)
NAMESAKE(resolve_symbol)
NAMESAKE(session_map_file)
NAMESAKE(session_make_directory)
NAMESAKE(departure)
NAMESAKE(departure_prepare)
NAMESAKE(environment_change)
NAMESAKE(executable_inspect)
NAMESAKE(clock_calibrate)
NAMESAKE(probe_begin)
NAMESAKE(real_read)
NAMESAKE(real_fopen)
NAMESAKE(backtrace)

static int run_namesakes(char **arguments)
{
	pid_t pid = fork();

	(void)arguments;
	if (pid == 0) {
		seek(30);
		_exit(system("exit 3"));
	}
	REQUIRE(WIFEXITED(status_of(pid)));
	truth_count("lseek", 30);
	truth_count("system", 1);
	return 0;
}

/* -- H10: two layers --------------------------------------------------------------------------------- */

static int run_two_layers(char **arguments)
{
	static char buf[4096];
	FILE *file = fopen("/dev/zero", "r");

	(void)arguments;
	for (int i = 0; i < 500; i++)
		REQUIRE(fread(buf, 1, sizeof(buf), file) == sizeof(buf));
	for (int i = 0; i < 300; i++)
		REQUIRE(fgetc(file) == 0);
	fclose(file);
	truth_count("fopen", 1);
	truth_count("fread", 500);
	truth_bytes("fread", 500 * sizeof(buf));
	truth_count("fgetc", 300);
	truth_count("fclose", 1);
	/* What libc does for them below is not counted a second time. */
	truth_count("open", 0);
	truth_count("read", 0);
	truth_count("close", 0);
	return 0;
}

/* -- H11: calls without a wrapper -------------------------------------------------------------------- */

static int run_raw_calls(char **arguments)
{
	static const char *const words[] = {"six", "arguments"};
	char buf[100];

	(void)arguments;
	long address = syscall(SYS_mmap, NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			       -1, 0L);

	REQUIRE(address != -1);
	strcpy((char *)address + 4096, words[1]);
	REQUIRE(syscall(SYS_munmap, address, 8192) == 0);
	REQUIRE(syscall(SYS_openat, AT_FDCWD, "/there/is/no/such/file", O_RDONLY) == -1);
	REQUIRE(errno == ENOENT);
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/dev/zero", O_RDONLY);

	for (int i = 0; i < 100; i++)
		REQUIRE(syscall(SYS_read, fd, buf, sizeof(buf)) == sizeof(buf));
	REQUIRE(syscall(100000) == -1 && errno == ENOSYS);
	truth_count("syscall", 105);
	truth_count("read", 0);
	return 0;
}

/* -- H12: variadic functions ------------------------------------------------------------------------- */

/* More of each kind than there are registers for them. */
static void print_many(void)
{
	char expected[256], found[256];
	int ends[2];

	snprintf(expected, sizeof(expected), "%d %f %s %Lf %c %ld %.1f %.2f %.3f %.4f %.5f %.6f %.7f %d", 1,
		 2.5, "three", 4.25L, '5', 6L, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14);
	REQUIRE(pipe(ends) == 0);
	REQUIRE(dprintf(ends[1], "%d %f %s %Lf %c %ld %.1f %.2f %.3f %.4f %.5f %.6f %.7f %d", 1, 2.5,
			"three", 4.25L, '5', 6L, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0,
			14) == (int)strlen(expected));
	REQUIRE(raw_syscall(SYS_read, ends[0], (long)found, sizeof(found), 0, 0, 0) ==
		(long)strlen(expected));
	REQUIRE(memcmp(expected, found, strlen(expected)) == 0);
}

static void open_with_mode(void)
{
	char directory[] = "/tmp/sonde-hazard-XXXXXX";
	struct stat status;

	umask(0);
	REQUIRE(mkdtemp(directory) && chdir(directory) == 0);
	int fd = open("made", O_CREAT | O_RDWR, 0641);

	REQUIRE(raw_fstat(fd, &status) == 0 && (status.st_mode & 07777) == 0641);
	fd = openat(AT_FDCWD, ".", O_TMPFILE | O_RDWR, 0604);
	REQUIRE(fd < 0 || (raw_fstat(fd, &status) == 0 && (status.st_mode & 07777) == 0604));
	/* No third argument was given, and none may be made up. */
	REQUIRE(open("made", O_RDONLY) >= 0);
	REQUIRE(unlink("made") == 0 && rmdir(directory) == 0);
}

static void control_descriptors(void)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int n_bytes = -1, ends[2];

	REQUIRE(pipe(ends) == 0 && raw_write(ends[1], "12345", 5) == 5);
	REQUIRE(ioctl(ends[0], FIONREAD, &n_bytes) == 0 && n_bytes == 5);
	REQUIRE(fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[0], F_GETFD) == FD_CLOEXEC);
	REQUIRE(fcntl(ends[0], F_DUPFD, 100) == 100);
	REQUIRE(fcntl(ends[0], F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK);
}

static int run_variadic(char **arguments)
{
	(void)arguments;
	print_many();
	open_with_mode();
	control_descriptors();
	truth_count("dprintf", 1);
	truth_count("open", 2);
	truth_count("openat", 1);
	truth_count("ioctl", 1);
	truth_count("fcntl", 4);
	return 0;
}

/* -- H15, H16, H17: loaded at run time --------------------------------------------------------------- */

/* Runs the plugin's functions, memory going both ways between it and the program. */
static void use_plugin(void *plugin, int n_seeks)
{
	int (*plugin_seek)(int) = (int (*)(int))dlsym(plugin, "plugin_seek");
	char *(*plugin_copy)(const char *) = (char *(*)(const char *))dlsym(plugin, "plugin_copy");

	REQUIRE(plugin_seek(n_seeks) == n_seeks);
	for (int i = 0; i < 100; i++) {
		char *copy = plugin_copy("of the plugin's");

		REQUIRE(strcmp(copy, "of the plugin's") == 0);
		free(copy);
	}
}

/* Its plugin looks in itself and in its own libraries first, and finds libc before us. */
static int run_deep_binding(char **arguments)
{
	(void)arguments;
	void *plugin = load_plugin(RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);

	use_plugin(plugin, 500);
	seek(44);
	REQUIRE(dlclose(plugin) == 0);
	use_plugin(load_plugin(RTLD_NOW), 7);
	truth_count("lseek", 44 + 7);
	return 0;
}

/* A second libc, whose calls nobody sees. */
static int run_other_namespace(char **arguments)
{
	(void)arguments;
	void *plugin = dlmopen(LM_ID_NEWLM, beside_program(".libs/libhazard-plugin.so"), RTLD_NOW);

	REQUIRE(plugin);
	int (*plugin_seek)(int) = (int (*)(int))dlsym(plugin, "plugin_seek");

	REQUIRE(plugin_seek(500) == 500);
	seek(21);
	REQUIRE(dlclose(plugin) == 0);
	seek(4);
	truth_count("lseek", 25);
	return 0;
}

static int find_preload(struct dl_phdr_info *info, size_t size, void *ret_path)
{
	(void)size;
	if (!strstr(info->dlpi_name, "libsonde-preload"))
		return 0;
	*(const char **)ret_path = info->dlpi_name;
	return 1;
}

/* Closes everything that is loaded more often than it was opened, ours as well. */
static int run_unload(char **arguments)
{
	const char *preload = NULL;

	(void)arguments;
	dl_iterate_phdr(find_preload, &preload);
	for (int i = 0; preload && i < 3; i++) {
		void *handle = dlopen(preload, RTLD_NOW | RTLD_NOLOAD);

		REQUIRE(handle);
		for (int j = 0; j < 5; j++)
			dlclose(handle);
	}
	for (int i = 0; i < 50; i++) {
		void *plugin = load_plugin(RTLD_LAZY);

		use_plugin(plugin, 3);
		REQUIRE(dlclose(plugin) == 0);
	}
	seek(8);
	truth_count("lseek", 158);
	return 0;
}

const struct truth_case hazard_symbol_cases[] = {
	{"late-thread-memory",
	 "H2 a library loaded late gets its initial-exec memory, on the smallest stacks too",
	 run_late_thread_memory, 0},
	{"first-errno", "H4 main() finds errno as nobody had touched it", run_first_errno, 0},
	{"exit-race", "H4 detached threads that race with exit() lose no call and do not crash",
	 run_exit_race, 0},
	{"namesakes", "H8 a program may export functions named like ours", run_namesakes, 0},
	{"two-layers", "H10 what libc calls within itself is not counted twice", run_two_layers, 0},
	{"raw-calls", "H11 calls through syscall() keep all six arguments, their result and errno",
	 run_raw_calls, 0},
	{"variadic", "H12 variadic calls keep every argument, in registers and on the stack",
	 run_variadic, 0},
	{"deep-binding", "H15 a plugin loaded with RTLD_DEEPBIND works, and the program's calls count",
	 run_deep_binding, 0},
	{"other-namespace", "H17 a library in another namespace works, and the program's calls count",
	 run_other_namespace, 0},
	{"unload", "H17 who closes our object once too often finds it still there", run_unload, 0},
	{0},
};
