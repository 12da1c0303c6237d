// SPDX-License-Identifier: MIT
/*
 * Threads: cancelled, on small stacks, in their last destructors; and what a process may still do that we have
 * taken nothing away from.
 */
#include "config.h"

#include "hazard.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

static char *true_arguments[] = {"true", NULL};

/* -- H30: no thread of ours ------------------------------------------------------------------------- */

static int count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int n_entries = 0;

	REQUIRE(tasks);
	while (readdir(tasks))
		n_entries++;
	closedir(tasks);
	return n_entries - 2;
}

static int run_one_thread(char **arguments)
{
	(void)arguments;
	seek(5);
	REQUIRE(count_threads() == 1);
	/* Only a process of one thread may do this. */
	REQUIRE(unshare(CLONE_SIGHAND | CLONE_VM) == 0);
	pid_t pid = fork();

	if (pid == 0)
		_exit(count_threads());
	REQUIRE(status_of(pid) == 1 << 8);
	truth_count("lseek", 5);
	truth_count("opendir", 2);
	truth_count("readdir", 2 * 4);
	return 0;
}

/* -- H32: cancellation -------------------------------------------------------------------------------- */

/* Where a thread waits until it is cancelled, and never gets away otherwise. */
static struct {
	int ends[2];
	int sockets[2];
	sem_t semaphore;
	pthread_mutex_t lock;
	pthread_cond_t condition;
	int n_cleaned;
} trap = {.lock = PTHREAD_MUTEX_INITIALIZER, .condition = PTHREAD_COND_INITIALIZER};

static void wait_in_read(void)
{
	char byte;

	read(trap.ends[0], &byte, 1);
}

static void wait_in_poll(void)
{
	poll(NULL, 0, -1);
}

static void wait_in_semaphore(void)
{
	sem_wait(&trap.semaphore);
}

static void unlock(void *lock)
{
	pthread_mutex_unlock(lock);
}

static void wait_in_condition(void)
{
	pthread_mutex_lock(&trap.lock);
	pthread_cleanup_push(unlock, &trap.lock);
	for (;;)
		pthread_cond_wait(&trap.condition, &trap.lock);
	pthread_cleanup_pop(1);
}

static void wait_in_sleep(void)
{
	nanosleep(&(struct timespec){.tv_sec = 1000}, NULL);
}

static void wait_in_recv(void)
{
	char byte;

	recv(trap.sockets[0], &byte, 1, 0);
}

static void clean_up(void *call)
{
	(void)call;
	trap.n_cleaned++;
	seek(2);
}

typedef void wait_for_ever(void);

static void *be_trapped(void *wait)
{
	pthread_cleanup_push(clean_up, NULL);
	((wait_for_ever *)wait)();
	pthread_cleanup_pop(0);
	return NULL;
}

/* Whether the thread is asleep, as the kernel says: then it is in the call where it is to be cancelled. */
static bool is_asleep(pid_t tid)
{
	char path[64], status[512];
	struct text text = text_init(path, sizeof(path));

	text_add(&text, "/proc/self/task/");
	text_add_number(&text, (uint64_t)tid);
	text_add(&text, "/stat");
	int fd = raw_open(path, O_RDONLY, 0);
	long len = raw_pread(fd, status, sizeof(status) - 1, 0);

	raw_close(fd);
	if (len <= 0)
		return false;
	status[len] = '\0';
	return strstr(status, ") S ") != NULL;
}

static pid_t trapped_tid;

static void *tell_and_be_trapped(void *wait)
{
	__atomic_store_n(&trapped_tid, raw_gettid(), __ATOMIC_RELEASE);
	return be_trapped(wait);
}

static void cancel_while_in(wait_for_ever *wait)
{
	pthread_t thread;
	void *result;

	trapped_tid = 0;
	REQUIRE(pthread_create(&thread, NULL, tell_and_be_trapped, (void *)wait) == 0);
	await(&trapped_tid, 1);
	while (!is_asleep(trapped_tid))
		give_way();
	REQUIRE(pthread_cancel(thread) == 0);
	REQUIRE(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
}

static int run_cancel_waiting(char **arguments)
{
	static wait_for_ever *const waits[] = {wait_in_read,      wait_in_poll,  wait_in_semaphore,
					       wait_in_condition, wait_in_sleep, wait_in_recv};
	enum { WAITS = sizeof(waits) / sizeof(waits[0]), ROUNDS = 10 };

	(void)arguments;
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, trap.sockets) == 0);
	REQUIRE(pipe(trap.ends) == 0 && sem_init(&trap.semaphore, 0, 0) == 0);
	for (int i = 0; i < WAITS * ROUNDS; i++)
		cancel_while_in(waits[i % WAITS]);
	REQUIRE(trap.n_cleaned == WAITS * ROUNDS);
	/* The handler gave the lock back, and calls go on as before. */
	REQUIRE(pthread_mutex_trylock(&trap.lock) == 0);
	truth_count("read", ROUNDS);
	truth_count("poll", ROUNDS);
	truth_count("sem_wait", ROUNDS);
	truth_count("nanosleep", ROUNDS);
	truth_count("recv", ROUNDS);
	truth_count("pthread_cancel", WAITS * ROUNDS);
	truth_count("lseek", 2 * WAITS * ROUNDS);
	return 0;
}

static uint64_t n_begun;

static void *seek_until_cancelled(void *unused)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	for (;;) {
		__atomic_fetch_add(&n_begun, 1, __ATOMIC_RELEASE);
		lseek(-1, 0, SEEK_SET);
	}
	return unused;
}

/* Cancelled at any instruction of any call: that one call may or may not have been counted. */
static int run_cancel_anywhere(char **arguments)
{
	enum { ROUNDS = 200 };

	(void)arguments;
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t before = n_begun;
		pthread_t thread;
		void *result;

		REQUIRE(pthread_create(&thread, NULL, seek_until_cancelled, NULL) == 0);
		while (__atomic_load_n(&n_begun, __ATOMIC_ACQUIRE) < before + 20 + (uint64_t)i)
			give_way();
		REQUIRE(pthread_cancel(thread) == 0);
		REQUIRE(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
	}
	truth_between("lseek", n_begun - ROUNDS, n_begun);
	seek(50);
	truth_between("lseek", 50, 50);
	truth_count("pthread_cancel", ROUNDS);
	return 0;
}

/* -- H34: small stacks ---------------------------------------------------------------------------------- */

static void use_files(void)
{
	char line[64];
	FILE *file = fopen("/proc/self/stat", "r");

	REQUIRE(file && fgets(line, sizeof(line), file));
	fclose(file);
	int fd = open("/dev/null", O_WRONLY);

	REQUIRE(fd >= 0 && dprintf(fd, "%d %s %g\n", 1, "two", 3.5) > 0);
	close(fd);
	free(realloc(malloc(100), 5000));
}

static void use_children(void)
{
	pid_t pid;
	FILE *pipe = popen("exit 3", "r");

	REQUIRE(pipe && pclose(pipe) == 3 << 8);
	REQUIRE(system("exit 4") == 4 << 8);
	REQUIRE(posix_spawn(&pid, "/bin/true", NULL, NULL, true_arguments, environ) == 0);
	REQUIRE(status_of(pid) == 0);
	pid = fork();
	if (pid == 0) {
		seek(1);
		execlp("true", "true", NULL);
		_exit(1);
	}
	REQUIRE(status_of(pid) == 0);
	pid = vfork();
	if (pid == 0) {
		execve("/bin/true", true_arguments, NULL);
		_exit(1);
	}
	REQUIRE(status_of(pid) == 0);
}

static void *use_everything(void *unused)
{
	use_files();
	use_children();
	seek(10);
	return unused;
}

static int run_smallest_stacks(char **arguments)
{
	pthread_attr_t attributes;

	(void)arguments;
	pthread_attr_init(&attributes);
	REQUIRE(pthread_attr_setstacksize(&attributes, (size_t)sysconf(_SC_THREAD_STACK_MIN)) == 0);
	for (int i = 0; i < 10; i++) {
		pthread_t thread;

		REQUIRE(pthread_create(&thread, &attributes, use_everything, NULL) == 0);
		REQUIRE(pthread_join(thread, NULL) == 0);
	}
	truth_count("lseek", 110);
	truth_count("popen", 10);
	truth_count("system", 10);
	truth_count("posix_spawn", 10);
	truth_count("vfork", 10);
	truth_count("execve", 10);
	truth_count("execlp", 10);
	truth_count("dprintf", 10);
	return 0;
}

/* -- H35: destructors -------------------------------------------------------------------------------------- */

static pthread_key_t key;

/* Comes back until libc loses patience, and then once more uses what belongs to the thread. */
static void destroy(void *value)
{
	uintptr_t *n_rounds = value;
	char byte;

	read(-1, &byte, 1);
	seek(1);
	if (++*n_rounds < PTHREAD_DESTRUCTOR_ITERATIONS)
		pthread_setspecific(key, n_rounds);
	else
		free(n_rounds);
	free(malloc(10));
}

static void *leave_to_destructor(void *unused)
{
	uintptr_t *n_rounds = malloc(sizeof(*n_rounds));

	*n_rounds = 0;
	pthread_setspecific(key, n_rounds);
	return unused;
}

static int run_last_destructors(char **arguments)
{
	enum { THREADS = 300, ROUNDS = PTHREAD_DESTRUCTOR_ITERATIONS };

	(void)arguments;
	REQUIRE(pthread_key_create(&key, destroy) == 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_t thread;

		REQUIRE(pthread_create(&thread, NULL, leave_to_destructor, NULL) == 0);
		REQUIRE(pthread_join(thread, NULL) == 0);
	}
	truth_count("read", THREADS * ROUNDS);
	truth_error("read", "EBADF", THREADS * ROUNDS);
	truth_count("lseek", THREADS * ROUNDS);
	truth_count("malloc", THREADS * (ROUNDS + 1));
	return 0;
}

/* The program uses up all keys: there is none left for us, and we need none. */
static int run_no_key_left(char **arguments)
{
	pthread_key_t last;

	(void)arguments;
	while (pthread_key_create(&last, NULL) == 0)
		;
	for (int i = 0; i < 20; i++) {
		pthread_t thread;

		REQUIRE(pthread_create(&thread, NULL, leave_to_destructor, NULL) == 0);
		REQUIRE(pthread_join(thread, NULL) == 0);
	}
	truth_count("malloc", 20);
	truth_count("pthread_create", 20);
	return 0;
}

/* -- H37: the loader's lock ------------------------------------------------------------------------------- */

static int is_loading_over;

static void *load_and_unload(void *unused)
{
	char path[4096];

	strcpy(path, beside_program(".libs/libhazard-plugin.so"));
	while (!__atomic_load_n(&is_loading_over, __ATOMIC_ACQUIRE)) {
		void *plugin = dlopen(path, RTLD_NOW);

		REQUIRE(plugin && dlclose(plugin) == 0);
	}
	return unused;
}

/* Runs with the loader's lock held. The calls are the first of their kind: they are resolved here. */
static int call_under_lock(struct dl_phdr_info *info, size_t size, void *n_calls)
{
	struct stat status;

	(void)info;
	(void)size;
	seek(1);
	free(malloc(100));
	REQUIRE(stat("/", &status) == 0 && access("/", F_OK) == 0 && dup(-1) == -1);
	++*(uint64_t *)n_calls;
	return 0;
}

static int run_under_loader_lock(char **arguments)
{
	uint64_t n_calls = 0;
	pthread_t loader;

	(void)arguments;
	REQUIRE(pthread_create(&loader, NULL, load_and_unload, NULL) == 0);
	for (int i = 0; i < 200; i++) {
		dl_iterate_phdr(call_under_lock, &n_calls);
		if (i % 20)
			continue;
		pid_t pid = fork();

		if (pid == 0) {
			seek(2);
			_exit(0);
		}
		REQUIRE(status_of(pid) == 0);
	}
	__atomic_store_n(&is_loading_over, 1, __ATOMIC_RELEASE);
	REQUIRE(pthread_join(loader, NULL) == 0);
	truth_count("lseek", n_calls + 20);
	truth_count("stat", n_calls);
	truth_count("dup", n_calls);
	truth_error("dup", "EBADF", n_calls);
	return 0;
}

const struct truth_case hazard_thread_cases[] = {
	{"one-thread", "H30 a program of one thread has one thread", run_one_thread, 0},
	{"cancel-waiting", "H32 a thread is cancelled in every wait, and its handlers run",
	 run_cancel_waiting, 0},
	{"cancel-anywhere", "H32 threads cancelled at any instruction leave counting intact",
	 run_cancel_anywhere, 0},
	{"smallest-stacks", "H34 calls of every kind find room on the smallest stacks",
	 run_smallest_stacks, 0},
	{"last-destructors", "H35 calls in a thread's last destructors count", run_last_destructors, 0},
	{"no-key-left", "H35 a program may use all thread-specific keys", run_no_key_left, 0},
	{"under-loader-lock", "H37 first calls under the loader's lock lose nothing and do not hang",
	 run_under_loader_lock, 0},
	{0},
};
