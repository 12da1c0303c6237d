// SPDX-License-Identifier: MIT
/*
 * Programs that take the flow of control, or memory, into their own hands: stacks that go from thread to thread in the
 * midst of a call, pages that are made when they are touched, system calls that a handler makes.
 */
#include "config.h"

#include "hazard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <ucontext.h>

enum { PAGE = 4096 };

static char *map_pages(size_t n_pages, int protection)
{
	char *pages = mmap(NULL, n_pages * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(pages != MAP_FAILED);
	return pages;
}

/* -- H32: stacks that move ----------------------------------------------------------------------------- */

enum { ROUTINES = 8, CARRIERS = 4, ROUNDS = 40, ROUTINE_PAGES = 4 };

static struct routine {
	ucontext_t own;
	ucontext_t *carrier;
	int is_taken;
	int is_done;
} routines[ROUTINES];

/* Within fgetc(), the routine goes to sleep; another thread may wake it. */
static ssize_t read_elsewhere(void *cookie, char *buf, size_t size)
{
	struct routine *routine = cookie;

	swapcontext(&routine->own, routine->carrier);
	memset(buf, 'x', size);
	return size > 0;
}

static void fork_on_small_stack(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		lseek(-1, 0, SEEK_SET);
		_exit(open("/there/is/no/such/file", O_RDONLY) != -1);
	}
	REQUIRE(status_of(pid) == 0);
}

static void run_routine(int number)
{
	struct routine *routine = &routines[number];
	FILE *stream = fopencookie(routine, "r", (cookie_io_functions_t){.read = read_elsewhere});

	REQUIRE(stream && setvbuf(stream, NULL, _IONBF, 0) == 0);
	for (int i = 0; i < ROUNDS; i++) {
		REQUIRE(fgetc(stream) == 'x');
		seek(1);
		if (i == ROUNDS / 2)
			fork_on_small_stack();
	}
	__atomic_store_n(&routine->is_done, 1, __ATOMIC_RELEASE);
	swapcontext(&routine->own, routine->carrier);
}

static bool carry(struct routine *routine, ucontext_t *carrier)
{
	if (__atomic_load_n(&routine->is_done, __ATOMIC_ACQUIRE))
		return false;
	if (__atomic_exchange_n(&routine->is_taken, 1, __ATOMIC_ACQUIRE))
		return true;
	if (!routine->is_done) {
		routine->carrier = carrier;
		swapcontext(carrier, &routine->own);
	}
	__atomic_store_n(&routine->is_taken, 0, __ATOMIC_RELEASE);
	return true;
}

static void *carry_all(void *unused)
{
	ucontext_t carrier;
	bool is_any_left = true;

	while (is_any_left) {
		is_any_left = false;
		for (int i = 0; i < ROUTINES; i++)
			is_any_left |= carry(&routines[i], &carrier);
		give_way();
	}
	return unused;
}

static ucontext_t failing, failing_carrier;

/* On another thread than the call began. */
static ssize_t fail_elsewhere(void *cookie, char *bytes, size_t size)
{
	(void)cookie;
	(void)bytes;
	(void)size;
	swapcontext(&failing, &failing_carrier);
	errno = EIO;
	return -1;
}

static void run_failing(void)
{
	FILE *stream = fopencookie(NULL, "r", (cookie_io_functions_t){.read = fail_elsewhere});

	REQUIRE(stream && fgetc(stream) == EOF && errno == EIO);
	swapcontext(&failing, &failing_carrier);
}

static void *carry_failing(void *unused)
{
	swapcontext(&failing_carrier, &failing);
	return unused;
}

static int run_failure_on_new_thread(char **arguments)
{
	pthread_t thread;

	(void)arguments;
	REQUIRE(getcontext(&failing) == 0);
	failing.uc_stack.ss_size = (size_t)ROUTINE_PAGES * PAGE;
	failing.uc_stack.ss_sp = map_pages(ROUTINE_PAGES, PROT_READ | PROT_WRITE);
	makecontext(&failing, run_failing, 0);
	swapcontext(&failing_carrier, &failing);
	REQUIRE(pthread_create(&thread, NULL, carry_failing, NULL) == 0 && pthread_join(thread, NULL) == 0);
	truth_count("fgetc", 1);
	truth_error("fgetc", "EIO", 1);
	return 0;
}

static int run_stacks_that_move(char **arguments)
{
	pthread_t carriers[CARRIERS];

	(void)arguments;
	for (int i = 0; i < ROUTINES; i++) {
		char *guarded = map_pages(1 + ROUTINE_PAGES, PROT_READ | PROT_WRITE);

		REQUIRE(mprotect(guarded, PAGE, PROT_NONE) == 0 && getcontext(&routines[i].own) == 0);
		routines[i].own.uc_stack.ss_sp = guarded + PAGE;
		routines[i].own.uc_stack.ss_size = ROUTINE_PAGES * PAGE;
		makecontext(&routines[i].own, (void (*)(void))run_routine, 1, i);
	}
	for (int i = 0; i < CARRIERS; i++)
		REQUIRE(pthread_create(&carriers[i], NULL, carry_all, NULL) == 0);
	for (int i = 0; i < CARRIERS; i++)
		REQUIRE(pthread_join(carriers[i], NULL) == 0);
	truth_count("fgetc", ROUTINES * ROUNDS);
	truth_count("lseek", ROUTINES * (ROUNDS + 1));
	truth_count("open", ROUTINES);
	truth_error("open", "ENOENT", ROUTINES);
	truth_count("fork", ROUTINES);
	return 0;
}

/* -- H29: pages that are made when they are touched ------------------------------------------------------- */

static sigjmp_buf before_fault;
static volatile int n_faults;

static void recover(int signal)
{
	(void)signal;
	n_faults++;
	siglongjmp(before_fault, 1);
}

/* The program's own faults, in libc that was called by us, come to it as they would bare. */
static void fault_in_calls(void)
{
	char *const volatile nowhere = (char *)16;
	FILE *file = fopen("/dev/null", "r+");

	for (volatile int i = 0; i < 10; i++) {
		if (sigsetjmp(before_fault, 1) == 0)
			fopen("/dev/null", nowhere);
		if (sigsetjmp(before_fault, 1) == 0)
			fputs(nowhere, file);
	}
	REQUIRE(n_faults == 20);
}

/* What the kernel would refuse with EFAULT makes no fault of ours. */
static void hand_out_of_reach(char *page)
{
	const struct sockaddr *address = (const struct sockaddr *)page;
	int fd = open("/dev/zero", O_RDONLY), udp = socket(AF_INET, SOCK_DGRAM, 0);
	char *words[] = {"true", NULL};

	REQUIRE(read(fd, page, 10) == -1 && errno == EFAULT);
	REQUIRE(open(page, O_RDONLY) == -1 && errno == EFAULT);
	REQUIRE(stat("/", (struct stat *)page) == -1 && errno == EFAULT);
	REQUIRE(pipe((int *)page) == -1 && errno == EFAULT);
	REQUIRE(connect(udp, address, 16) == -1 && errno == EFAULT);
	REQUIRE(sendto(udp, "x", 1, 0, address, 16) == -1 && errno == EFAULT);
	REQUIRE(setrlimit(RLIMIT_AS, (struct rlimit *)page) == -1 && errno == EFAULT);
	REQUIRE(execve(page, words, environ) == -1 && errno == EFAULT);
	REQUIRE(execve("/bin/true", words, (char **)page) == -1 && errno == EFAULT);
}

static int run_faults(char **arguments)
{
	struct sigaction action = {.sa_handler = recover, .sa_flags = SA_NODEFER};

	(void)arguments;
	REQUIRE(sigaction(SIGSEGV, &action, NULL) == 0 && sigaction(SIGBUS, &action, NULL) == 0);
	fault_in_calls();
	hand_out_of_reach(map_pages(1, PROT_NONE));
	REQUIRE(n_faults == 20);
	truth_count("fputs", 10);
	truth_count("connect", 1);
	truth_error("connect", "EFAULT", 1);
	truth_count("execve", 2);
	truth_error("execve", "EFAULT", 2);
	return 0;
}

/* Fills pages that others have come to. */
static void *fill_pages(void *faults)
{
	char *filled = map_pages(1, PROT_READ | PROT_WRITE);
	struct uffd_msg fault;

	strcpy(filled, "/dev/zero");
	for (int i = 0; i < 3; i++) {
		REQUIRE(raw_syscall(SYS_read, *(int *)faults, (long)&fault, sizeof(fault), 0, 0, 0) == sizeof(fault));
		struct uffdio_copy copy = {
			.dst = fault.arg.pagefault.address & ~(uint64_t)(PAGE - 1),
			.src = (uintptr_t)filled,
			.len = PAGE,
		};

		REQUIRE(raw_syscall(SYS_ioctl, *(int *)faults, UFFDIO_COPY, (long)&copy, 0, 0, 0) == 0);
	}
	return NULL;
}

/* False: this machine does not let us. */
static bool fill_on_demand(int *ret_faults, char *pages, size_t n_pages)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {{(uintptr_t)pages, n_pages * PAGE}, UFFDIO_REGISTER_MODE_MISSING, 0};

	*ret_faults = (int)raw_syscall(SYS_userfaultfd, O_CLOEXEC, 0, 0, 0, 0, 0);
	return *ret_faults >= 0 && raw_syscall(SYS_ioctl, *ret_faults, UFFDIO_API, (long)&api, 0, 0, 0) == 0 &&
	       raw_syscall(SYS_ioctl, *ret_faults, UFFDIO_REGISTER, (long)&range, 0, 0, 0) == 0;
}

static int run_pages_on_demand(char **arguments)
{
	static int faults;
	char *pages = map_pages(3, PROT_READ | PROT_WRITE);
	bool is_on_demand = fill_on_demand(&faults, pages, 3);
	pthread_t filler;

	(void)arguments;
	if (is_on_demand)
		REQUIRE(pthread_create(&filler, NULL, fill_pages, &faults) == 0);
	else
		memcpy(memcpy(pages, "/dev/zero", 10) + 2 * PAGE, "/dev/zero", 10);
	int fd = open(pages, O_RDONLY);

	REQUIRE(fd >= 0 && read(fd, pages + PAGE, 10) == 10 && access(pages + 2 * PAGE, R_OK) == 0);
	if (is_on_demand)
		REQUIRE(pthread_join(filler, NULL) == 0);
	truth_count("open", 1);
	truth_count("read", 1);
	truth_bytes("read", 10);
	truth_count("access", 1);
	return 0;
}

/* -- H38: system calls that a handler makes ---------------------------------------------------------------- */

#if defined(__x86_64__) && defined(PR_SET_SYSCALL_USER_DISPATCH)

static volatile char selector;

static void dispatch(int signal, siginfo_t *info, void *context)
{
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)signal;
	(void)info;
	selector = SYSCALL_DISPATCH_FILTER_ALLOW;
	registers[REG_RAX] = raw_syscall(registers[REG_RAX], registers[REG_RDI], registers[REG_RSI],
					 registers[REG_RDX], registers[REG_R10], registers[REG_R8],
					 registers[REG_R9]);
	selector = SYSCALL_DISPATCH_FILTER_BLOCK;
}

/* Where libc's instructions lie: all other system calls go to the handler. */
static void find_libc(uintptr_t *ret_from, uintptr_t *ret_to)
{
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;

	while (fgets(line, sizeof(line), maps))
		if (strstr(line, "/libc.so.6") && sscanf(line, "%lx-%lx", &from, &to) == 2) {
			*ret_from = *ret_from ? *ret_from : from;
			*ret_to = to;
		}
	fclose(maps);
	REQUIRE(*ret_from);
}

static int run_dispatched(char **arguments)
{
	struct sigaction action = {.sa_sigaction = dispatch, .sa_flags = SA_SIGINFO | SA_NODEFER};
	uintptr_t from = 0, to = 0;
	char buf[8];

	(void)arguments;
	find_libc(&from, &to);
	REQUIRE(sigaction(SIGSYS, &action, NULL) == 0);
	bool is_dispatched = prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, from, to - from, &selector) == 0;

	selector = is_dispatched ? SYSCALL_DISPATCH_FILTER_BLOCK : SYSCALL_DISPATCH_FILTER_ALLOW;
	int fd = open("/dev/zero", O_RDONLY);

	REQUIRE(fd >= 0 && read(fd, buf, sizeof(buf)) == sizeof(buf));
	seek(100);
	REQUIRE(access((char *)8, R_OK) == -1 && errno == EFAULT);
	selector = SYSCALL_DISPATCH_FILTER_ALLOW;
	truth_count("lseek", 100);
	truth_count("open", 1);
	truth_count("read", 1);
	truth_bytes("read", 8);
	truth_count("access", 1);
	truth_error("access", "EFAULT", 1);
	return 0;
}

#endif

const struct truth_case hazard_control_cases[] = {
	{"stacks-that-move", "H32 stacks go from thread to thread in the midst of a call, and fork",
	 run_stacks_that_move, 0},
	{"failure-on-new-thread", "H32 a call that fails on a thread which has made none yet is told in full",
	 run_failure_on_new_thread, 0},
	{"faults", "H29 a program recovers from faults in libc, and has none that it would not have bare", run_faults,
	 0},
	{"pages-on-demand", "H29 paths and buffers lie in pages that another thread makes when they are touched",
	 run_pages_on_demand, 0},
#if defined(__x86_64__) && defined(PR_SET_SYSCALL_USER_DISPATCH)
	{"dispatched", "H38 calls count where a handler makes all system calls but libc's", run_dispatched, 0},
#endif
	{0},
};
