// SPDX-License-Identifier: MIT
/*
 * drive-custom.c - drivers for the wrappers written by hand that no generated driver fits: variadic calls,
 * calls that read what their arguments point to, and calls that do not come back.
 *
 * Each is a row of `rows`: the call's arguments, by type and value, and what its wrapper makes of them.
 * All are called through one variadic type, which passes integers and pointers as any prototype does.
 */
#include "config.h"

#include "driver.h"

#include <aio.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <wordexp.h>

enum {
	ARGUMENTS = 8,
	ANSWER = 53,
	ADD_SEALS = 1033, /* an operation that fcntl() knows */
};

enum manner {
	RETURNS,      /* -1 is a failure */
	OUTPUT,       /* the same, and the result is how many bytes were written */
	FINISHES,     /* the same of a request that has ended, which has the code of its failure */
	RETURNS_CODE, /* of the failure, or 0 */
	EXECUTES,     /* comes back only with a failure */
	DAEMON,       /* its success is that of another process */
	WORDEXP,      /* has codes of its own */
	POINTS,       /* NULL is a failure */
	JUMPS,        /* its wrapper is not there any more when it comes back */
	ENDS,         /* never comes back */
	RETURNS_NOTHING,
};

typedef uint64_t function(uint64_t, ...);

struct row {
	unsigned int symbol;
	function *function;
	enum manner manner;
	unsigned int forwarded; /* symbol, or 0: any of the row's */
	/*
	 * One letter for each argument: i(nt), l(ong or pointer), - (not compared: it is replaced),
	 * s(tream), v (an integer and a double, which arrive as a va_list), a (a list of strings up to NULL,
	 * which arrives as an array).
	 */
	const char *types;
	uint64_t values[ARGUMENTS];
};

#define DECLARE(name) extern function call_##name __asm__(#name)
#define ROW(name, manner, forwarded, types, ...)                                                  \
	{SYMBOL_##name, call_##name, manner, forwarded, types, {__VA_ARGS__}}

#define POINTER(object) ((uint64_t)(uintptr_t)(object))

static char path[] = "/bin/true";
static char word[] = "word";
static char *arguments[] = {word, NULL};
static char *environment[] = {NULL};
static char object[64];
static struct aiocb request = {.aio_fildes = -1, .aio_lio_opcode = LIO_WRITE, .__error_code = ENOSPC};

DECLARE(open);
DECLARE(open64);
DECLARE(__open);
DECLARE(__open64);
DECLARE(__open_2);
DECLARE(__open64_2);
DECLARE(openat);
DECLARE(openat64);
DECLARE(__openat_2);
DECLARE(__openat64_2);
DECLARE(fcntl);
DECLARE(fcntl64);
DECLARE(__fcntl);
DECLARE(ioctl);
DECLARE(aio_return);
DECLARE(aio_return64);
DECLARE(mremap);
DECLARE(mq_open);
DECLARE(__mq_open_2);
DECLARE(sem_open);
DECLARE(semctl);
DECLARE(printf);
DECLARE(_IO_printf);
DECLARE(__printf_chk);
DECLARE(fprintf);
DECLARE(_IO_fprintf);
DECLARE(__fprintf_chk);
DECLARE(dprintf);
DECLARE(__dprintf_chk);
DECLARE(wprintf);
DECLARE(__wprintf_chk);
DECLARE(fwprintf);
DECLARE(__fwprintf_chk);
DECLARE(scanf);
DECLARE(__isoc99_scanf);
DECLARE(fscanf);
DECLARE(__isoc99_fscanf);
DECLARE(wscanf);
DECLARE(__isoc99_wscanf);
DECLARE(fwscanf);
DECLARE(__isoc99_fwscanf);
DECLARE(__isoc23_scanf);
DECLARE(__isoc23_fscanf);
DECLARE(__isoc23_wscanf);
DECLARE(__isoc23_fwscanf);
DECLARE(pidfd_spawn);
DECLARE(pidfd_spawnp);
DECLARE(syslog);
DECLARE(__syslog_chk);
DECLARE(clone);
DECLARE(__clone);
DECLARE(dlopen);
DECLARE(dlmopen);
DECLARE(dlsym);
DECLARE(dlvsym);
DECLARE(dlclose);
DECLARE(vfork);
DECLARE(__vfork);
DECLARE(syscall);
DECLARE(daemon);
DECLARE(wordexp);
DECLARE(prctl);
DECLARE(setrlimit64);
DECLARE(prlimit64);
DECLARE(prctl);
DECLARE(execl);
DECLARE(execle);
DECLARE(execlp);
DECLARE(execv);
DECLARE(execve);
DECLARE(execvp);
DECLARE(execvpe);
DECLARE(fexecve);
DECLARE(execveat);
DECLARE(posix_spawn);
DECLARE(posix_spawnp);
DECLARE(exit);
DECLARE(_exit);
DECLARE(_Exit);
DECLARE(quick_exit);
DECLARE(abort);
DECLARE(pthread_exit);
DECLARE(thrd_exit);

/* Names that are newer than libc are bound to by their version. */
#ifdef VERSION___isoc23_scanf
__asm__(".symver __isoc23_scanf, " VERSION___isoc23_scanf);
__asm__(".symver __isoc23_fscanf, " VERSION___isoc23_fscanf);
__asm__(".symver __isoc23_wscanf, " VERSION___isoc23_wscanf);
__asm__(".symver __isoc23_fwscanf, " VERSION___isoc23_fwscanf);
#endif
#ifdef VERSION_pidfd_spawn
__asm__(".symver pidfd_spawn, " VERSION_pidfd_spawn);
__asm__(".symver pidfd_spawnp, " VERSION_pidfd_spawnp);
#endif

#ifdef VERSION_older_quick_exit
DECLARE(older_quick_exit);
__asm__(".symver older_quick_exit, " VERSION_older_quick_exit);
#endif
#ifdef VERSION_older_posix_spawn
DECLARE(older_posix_spawn);
DECLARE(older_posix_spawnp);
__asm__(".symver older_posix_spawn, " VERSION_older_posix_spawn);
__asm__(".symver older_posix_spawnp, " VERSION_older_posix_spawnp);
#endif

static const struct row rows[] = {
	ROW(open, RETURNS, 0, "lii", POINTER(path), O_CREAT | O_WRONLY, 0640),
	ROW(open64, RETURNS, 0, "lii", POINTER(path), O_TMPFILE | O_RDWR, 0604),
	ROW(__open, RETURNS, 0, "lii", POINTER(path), O_CREAT, 0604),
	ROW(__open64, RETURNS, 0, "li", POINTER(path), O_RDONLY),
	ROW(__open_2, RETURNS, 0, "li", POINTER(path), O_RDONLY),
	ROW(__open64_2, RETURNS, 0, "li", POINTER(path), O_WRONLY),
	ROW(openat, RETURNS, 0, "ilii", 3, POINTER(path), O_CREAT, 0640),
	ROW(openat64, RETURNS, 0, "ilii", 3, POINTER(path), O_CREAT, 0604),
	ROW(__openat_2, RETURNS, 0, "ili", 3, POINTER(path), O_RDONLY),
	ROW(__openat64_2, RETURNS, 0, "ili", 3, POINTER(path), O_RDWR),
	ROW(fcntl, RETURNS, 0, "iil", 3, ADD_SEALS, POINTER(object)),
	ROW(fcntl64, RETURNS, 0, "iil", 4, ADD_SEALS, POINTER(object)),
	ROW(__fcntl, RETURNS, 0, "iil", 5, ADD_SEALS, POINTER(object)),
	ROW(ioctl, RETURNS, 0, "ill", 3, 0x5401, POINTER(object)),
	ROW(aio_return, FINISHES, 0, "l", POINTER(&request)),
	ROW(aio_return64, FINISHES, 0, "l", POINTER(&request)),
	ROW(mremap, RETURNS, 0, "lllil", POINTER(object), 4096, 8192,
	    MREMAP_MAYMOVE | MREMAP_FIXED, POINTER(path)),
	ROW(mq_open, RETURNS, 0, "liil", POINTER(path), O_CREAT, 0640, POINTER(object)),
	ROW(__mq_open_2, RETURNS, 0, "li", POINTER(path), O_RDONLY),
	ROW(sem_open, POINTS, 0, "liii", POINTER(path), O_CREAT, 0640, 7),
	ROW(semctl, RETURNS, 0, "iiil", 3, 4, 16, POINTER(object)),

	ROW(printf, OUTPUT, SYMBOL_vprintf, "lv", POINTER(word)),
	ROW(_IO_printf, OUTPUT, SYMBOL_vprintf, "lv", POINTER(word)),
	ROW(__printf_chk, OUTPUT, SYMBOL___vprintf_chk, "ilv", 1, POINTER(word)),
	ROW(fprintf, OUTPUT, SYMBOL_vfprintf, "slv", 0, POINTER(word)),
	ROW(_IO_fprintf, OUTPUT, SYMBOL_vfprintf, "slv", 0, POINTER(word)),
	ROW(__fprintf_chk, OUTPUT, SYMBOL___vfprintf_chk, "silv", 0, 1, POINTER(word)),
	ROW(dprintf, OUTPUT, SYMBOL_vdprintf, "ilv", 3, POINTER(word)),
	ROW(__dprintf_chk, OUTPUT, SYMBOL___vdprintf_chk, "iilv", 3, 1, POINTER(word)),
	ROW(wprintf, RETURNS, SYMBOL_vwprintf, "lv", POINTER(word)),
	ROW(__wprintf_chk, RETURNS, SYMBOL___vwprintf_chk, "ilv", 1, POINTER(word)),
	ROW(fwprintf, RETURNS, SYMBOL_vfwprintf, "slv", 0, POINTER(word)),
	ROW(__fwprintf_chk, RETURNS, SYMBOL___vfwprintf_chk, "silv", 0, 1, POINTER(word)),
	ROW(scanf, RETURNS, SYMBOL_vscanf, "lv", POINTER(word)),
	ROW(__isoc99_scanf, RETURNS, SYMBOL___isoc99_vscanf, "lv", POINTER(word)),
	ROW(fscanf, RETURNS, SYMBOL_vfscanf, "slv", 0, POINTER(word)),
	ROW(__isoc99_fscanf, RETURNS, SYMBOL___isoc99_vfscanf, "slv", 0, POINTER(word)),
	ROW(wscanf, RETURNS, SYMBOL_vwscanf, "lv", POINTER(word)),
	ROW(__isoc99_wscanf, RETURNS, SYMBOL___isoc99_vwscanf, "lv", POINTER(word)),
	ROW(fwscanf, RETURNS, SYMBOL_vfwscanf, "slv", 0, POINTER(word)),
	ROW(__isoc99_fwscanf, RETURNS, SYMBOL___isoc99_vfwscanf, "slv", 0, POINTER(word)),
	ROW(__isoc23_scanf, RETURNS, SYMBOL___isoc23_vscanf, "lv", POINTER(word)),
	ROW(__isoc23_fscanf, RETURNS, SYMBOL___isoc23_vfscanf, "slv", 0, POINTER(word)),
	ROW(__isoc23_wscanf, RETURNS, SYMBOL___isoc23_vwscanf, "lv", POINTER(word)),
	ROW(__isoc23_fwscanf, RETURNS, SYMBOL___isoc23_vfwscanf, "slv", 0, POINTER(word)),
	ROW(syslog, RETURNS_NOTHING, SYMBOL_vsyslog, "ilv", 6, POINTER(word)),
	ROW(__syslog_chk, RETURNS_NOTHING, SYMBOL___vsyslog_chk, "iilv", 6, 1, POINTER(word)),

	ROW(clone, RETURNS, 0, "llillll", POINTER(word), POINTER(object), 17, 0x444, 0x555, 0x666, 0x777),
	ROW(__clone, RETURNS, 0, "llillll", POINTER(word), POINTER(object), 17, 4, 5, 6, 7),
	ROW(dlopen, JUMPS, SYMBOL_dlopen, "li", POINTER(path), 2),
	ROW(dlmopen, JUMPS, SYMBOL_dlmopen, "lli", 1, POINTER(path), 2),
	ROW(dlsym, JUMPS, SYMBOL_dlsym, "ll", POINTER(object), POINTER(word)),
	ROW(dlvsym, JUMPS, SYMBOL_dlvsym, "lll", POINTER(object), POINTER(word), POINTER(path)),
	ROW(dlclose, JUMPS, SYMBOL_dlclose, "l", POINTER(object)),
	ROW(vfork, JUMPS, 0, ""),
	ROW(__vfork, JUMPS, 0, ""),
	ROW(syscall, JUMPS, 0, "lllllll", 39, 0x222, 0x333, 0x444, 0x555, 0x666, 0x777),
	ROW(daemon, DAEMON, 0, "ii", 1, 2),
	ROW(prctl, RETURNS, 0, "illll", 15, 0x222, 0x333, 0x444, 0x555),
	ROW(setrlimit64, RETURNS, 0, "il", 7, POINTER(object)),
	ROW(prlimit64, RETURNS, 0, "iill", 1, 7, POINTER(object), POINTER(word)),
	ROW(prctl, RETURNS, 0, "illll", 15, 0x222, 0x333, 0x444, 0x555),
	ROW(wordexp, WORDEXP, 0, "lli", POINTER(word), POINTER(object), 3),

	ROW(execl, EXECUTES, SYMBOL_execve, "la", POINTER(path), POINTER(word), 0),
	ROW(execle, EXECUTES, SYMBOL_execve, "la", POINTER(path), POINTER(word), 0,
	    POINTER(environment)),
	ROW(execlp, EXECUTES, SYMBOL_execvpe, "la", POINTER(path), POINTER(word), 0),
	ROW(execv, EXECUTES, SYMBOL_execve, "ll", POINTER(path), POINTER(arguments)),
	ROW(execve, EXECUTES, 0, "ll-", POINTER(path), POINTER(arguments), POINTER(environment)),
	ROW(execvp, EXECUTES, SYMBOL_execvpe, "ll", POINTER(path), POINTER(arguments)),
	ROW(execvpe, EXECUTES, 0, "ll-", POINTER(path), POINTER(arguments), POINTER(environment)),
	ROW(fexecve, EXECUTES, 0, "il-", 3, POINTER(arguments), POINTER(environment)),
	ROW(execveat, EXECUTES, 0, "ill-i", 3, POINTER(path), POINTER(arguments),
	    POINTER(environment), 7),
	ROW(posix_spawn, RETURNS_CODE, SYMBOL_posix_spawn, "lllll-", POINTER(object), POINTER(path),
	    POINTER(object + 8), POINTER(object + 16), POINTER(arguments), POINTER(environment)),
	ROW(posix_spawnp, RETURNS_CODE, SYMBOL_posix_spawnp, "lllll-", POINTER(object), POINTER(path),
	    POINTER(object + 8), POINTER(object + 16), POINTER(arguments), POINTER(environment)),

	ROW(pidfd_spawn, RETURNS_CODE, 0, "lllll-", POINTER(object), POINTER(path),
	    POINTER(object + 8), POINTER(object + 16), POINTER(arguments), POINTER(environment)),
	ROW(pidfd_spawnp, RETURNS_CODE, 0, "lllll-", POINTER(object), POINTER(path),
	    POINTER(object + 8), POINTER(object + 16), POINTER(arguments), POINTER(environment)),
#ifdef VERSION_older_posix_spawn
	ROW(older_posix_spawn, RETURNS_CODE, SYMBOL_older_posix_spawn, "lllll-", POINTER(object),
	    POINTER(path), POINTER(object + 8), POINTER(object + 16), POINTER(arguments),
	    POINTER(environment)),
	ROW(older_posix_spawnp, RETURNS_CODE, SYMBOL_older_posix_spawnp, "lllll-", POINTER(object),
	    POINTER(path), POINTER(object + 8), POINTER(object + 16), POINTER(arguments),
	    POINTER(environment)),
#endif

	ROW(exit, ENDS, 0, "i", 3),
	ROW(_exit, ENDS, 0, "i", 4),
	ROW(_Exit, ENDS, 0, "i", 5),
	ROW(quick_exit, ENDS, SYMBOL_quick_exit, "i", 6),
#ifdef VERSION_older_quick_exit
	ROW(older_quick_exit, ENDS, SYMBOL_older_quick_exit, "i", 6),
#endif
	ROW(abort, ENDS, 0, ""),
	ROW(pthread_exit, ENDS, 0, "l", POINTER(object)),
	ROW(thrd_exit, ENDS, 0, "i", 7),
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct row *find_row(unsigned int symbol)
{
	unsigned int i = 0;

	while (i < ROWS - 1 && rows[i].symbol != symbol)
		i++;
	return &rows[i];
}

/* -- What the mock is to do, and what is to be recorded --------------------------------------------- */

static bool list_arrived;

static void look_at_list(void)
{
	char *const *array = (char *const *)(uintptr_t)mock.arguments[1];

	list_arrived = array[0] == word && !array[1];
}

static void script(struct step *step, const struct row *row)
{
	bool is_success = step->phase == PHASE_SUCCESS;
	enum manner manner = row->manner;

	mock.result = is_success ? ANSWER : UINT64_MAX;
	if ((manner == OUTPUT || manner == FINISHES) && is_success)
		step->bytes = ANSWER;
	if (manner == FINISHES && !is_success)
		step->code = request.__error_code;
	if (manner == RETURNS_CODE || manner == WORDEXP) {
		mock.code = 0;
		mock.result = is_success ? 0 : FAILURE_CODE;
	}
	if (manner == WORDEXP && !is_success) {
		mock.result = WRDE_NOSPACE;
		step->code = ENOMEM;
	}
	if (manner == POINTS)
		mock.result = is_success ? ANSWER : 0;
	if (manner == JUMPS || ((manner == DAEMON || manner == EXECUTES || manner == ENDS) && is_success))
		step->outcome = OUTCOME_NOT_SEEN;
	mock.jumps = step->outcome == OUTCOME_NOT_SEEN && (manner == EXECUTES || manner == ENDS);
	if (strchr(row->types, 'a'))
		mock.look = look_at_list;
}

/* -- The call --------------------------------------------------------------------------------------- */

static void fill(struct step *step, const struct row *row, uint64_t *values)
{
	memcpy(values, row->values, sizeof(row->values));
	if (row->types[0] == 's')
		values[0] = POINTER(driver_stream(step));
	driver_mark_stream(step, stdin);
}

/* A call whose arguments end with an integer and a double. */
static uint64_t call_with_list(function *called, size_t n, const uint64_t *v)
{
	uint64_t integer = driver_value((unsigned int)n);
	uint64_t bits = driver_value((unsigned int)n + 1);
	double number;

	memcpy(&number, &bits, sizeof(number));
	if (n == 1)
		return called(v[0], integer, number);
	if (n == 2)
		return called(v[0], v[1], integer, number);
	return called(v[0], v[1], v[2], integer, number);
}

static uint64_t call(const struct row *row, const uint64_t *v)
{
	size_t n = strlen(row->types);

	if (n && row->types[n - 1] == 'v')
		return call_with_list(row->function, n - 1, v);
	return row->function(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]);
}

/* -- What came of it -------------------------------------------------------------------------------- */

static void check_arguments(struct step *step, const struct row *row, const uint64_t *values)
{
	for (unsigned int i = 0; row->types[i]; i++)
		switch (row->types[i]) {
		case 'i':
			driver_check(step, i, &values[i], sizeof(int));
			break;
		case 'v':
			driver_check_list(step, i);
			break;
		case 'a':
			if (!list_arrived)
				driver_problem(step, "the list of arguments did not arrive");
			break;
		case 'l':
		case 's':
			driver_check(step, i, &values[i], sizeof(values[i]));
			break;
		}
}

static void drive(struct step *step)
{
	const struct row *row = find_row(step->symbol);
	uint64_t values[ARGUMENTS];
	uint64_t result = 0;

	fill(step, row, values);
	script(step, row);
	list_arrived = false;
	driver_arm(step, row->symbol, call_of_symbol[row->symbol]);
	if (!__builtin_setjmp(mock.where))
		result = call(row, values);
	else
		result = mock.result;
	if (row->forwarded)
		driver_disarm(step, row->forwarded);
	else
		driver_disarm_row(step);
	check_arguments(step, row, values);
	if (row->manner != RETURNS_NOTHING && (int)result != (int)mock.result)
		driver_problem(step, "the result is another");
}

/* Fills the list when the program starts: one driver for each row. */
struct driver custom_drivers[ROWS + 1];

__attribute__((constructor)) static void list_drivers(void)
{
	for (unsigned int i = 0; i < ROWS; i++) {
		enum manner manner = rows[i].manner;

		custom_drivers[i].symbol = rows[i].symbol;
		custom_drivers[i].n_phases = manner == ENDS || manner == RETURNS_NOTHING ? 1 : 2;
		custom_drivers[i].run = drive;
	}
}
