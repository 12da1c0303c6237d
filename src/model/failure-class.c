// SPDX-License-Identifier: MIT
/*
 * A short list of (call, symbols). A call's own entry is all that counts for it; what holds for
 * every call stands in the entry "*", which each entry of the default table repeats in itself. It is
 * asked for each (call, code) of each process and each of its files: entries stand in a tree.
 *
 * An entry cannot see how a file was opened: ENOENT of open() and openat() is expected, since most
 * of them come from a search along a path (of a library, a module, a header). Where a missing file
 * is an error, a configuration says so with an entry for the call.
 */
#include "config.h"

#include "model/failure-class.h"

#include <errno.h>
#include <netdb.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVERYWHERE "EAGAIN EINTR"

/* Which of these codes says that there is no such user depends on where users are looked up. */
#define NO_SUCH_NAME "ENOENT ESRCH EBADF EPERM"

enum {
	CODE_MAX = 4095, /* the kernel's largest errno */
};

struct default_class {
	const char *calls;   /* separated by spaces */
	const char *symbols; /* likewise; besides those expected everywhere */
};

static const struct default_class default_classes[] = {
	{FAILURE_ANY_CALL, ""},
	{"connect", "EINPROGRESS EALREADY"},
	{"access faccessat eaccess euidaccess", "ENOENT"},
	{"stat lstat fstatat statx", "ENOENT"},
	{"readlink readlinkat", "ENOENT"},
	{"open openat", "ENOENT"},
	{"ioctl", "ENOTTY"},
	{"pthread_mutex_trylock pthread_spin_trylock mtx_trylock", "EBUSY"},
	{"pthread_rwlock_tryrdlock pthread_rwlock_trywrlock", "EBUSY"},
	{"pthread_tryjoin_np", "EBUSY"},
	{"pthread_timedjoin_np pthread_clockjoin_np", "ETIMEDOUT"},
	{"pthread_mutex_timedlock pthread_mutex_clocklock mtx_timedlock", "ETIMEDOUT"},
	{"pthread_rwlock_timedrdlock pthread_rwlock_timedwrlock", "ETIMEDOUT"},
	{"pthread_rwlock_clockrdlock pthread_rwlock_clockwrlock", "ETIMEDOUT"},
	{"pthread_cond_timedwait pthread_cond_clockwait cnd_timedwait", "ETIMEDOUT"},
	{"sem_timedwait sem_clockwait", "ETIMEDOUT"},
	{"mq_timedsend mq_timedreceive", "ETIMEDOUT"},
	{"wait waitpid wait3 wait4 waitid", "ECHILD"},
	{"getpwnam getpwuid getgrnam getgrgid getservbyname getservbyport", NO_SUCH_NAME},
	{"getpwnam_r getpwuid_r getgrnam_r getgrgid_r", NO_SUCH_NAME},
	{"getservbyname_r getservbyport_r getpwent getgrent fgetpwent fgetgrent", NO_SUCH_NAME},
};

struct eai_symbol {
	int code;
	const char *symbol;
};

#define EAI(name)                                                                                  \
	{                                                                                          \
		EAI_##name, "EAI_" #name                                                           \
	}

static const struct eai_symbol eai_symbols[] = {
	EAI(BADFLAGS), EAI(NONAME),	EAI(AGAIN),    EAI(FAIL),	 EAI(NODATA),
	EAI(FAMILY),   EAI(SOCKTYPE),	EAI(SERVICE),  EAI(ADDRFAMILY),	 EAI(MEMORY),
	EAI(SYSTEM),   EAI(OVERFLOW),	EAI(CANCELED), EAI(NOTCANCELED), EAI(INPROGRESS),
	EAI(ALLDONE),  EAI(IDN_ENCODE), EAI(INTR),
};

struct second_name {
	const char *symbol;
	const char *canonical;
};

static const struct second_name second_names[] = {
	{"EWOULDBLOCK", "EAGAIN"},
	{"EDEADLOCK", "EDEADLK"},
	{"ENOTSUP", "EOPNOTSUPP"},
};

_Static_assert(EWOULDBLOCK == EAGAIN && EDEADLOCK == EDEADLK && ENOTSUP == EOPNOTSUPP,
	       "second names name the same code");

enum {
	N_EAI_SYMBOLS = sizeof(eai_symbols) / sizeof(eai_symbols[0]),
	N_SECOND_NAMES = sizeof(second_names) / sizeof(second_names[0]),
};

struct class_entry {
	char *call;
	char *symbols; /* " ENOENT EINTR ": each between spaces */
};

struct failure_classes {
	void *entries; /* of tsearch(3) */
};

static int compare_entries(const void *a, const void *b)
{
	const struct class_entry *left = a;
	const struct class_entry *right = b;

	return strcmp(left->call, right->call);
}

static void free_entry(void *pointer)
{
	struct class_entry *entry = pointer;

	free(entry->call);
	free(entry->symbols);
	free(entry);
}

static struct class_entry *find_entry(const struct failure_classes *classes, const char *call)
{
	const struct class_entry wanted = {.call = (char *)call};
	struct class_entry **found = tfind(&wanted, &classes->entries, compare_entries);

	return found ? *found : NULL;
}

/* Without symbols. NULL: no memory. */
static struct class_entry *add_entry(struct failure_classes *classes, const char *call)
{
	struct class_entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return NULL;
	entry->call = strdup(call);
	if (entry->call && tsearch(entry, &classes->entries, compare_entries))
		return entry;
	free_entry(entry);
	return NULL;
}

/* Takes the symbols over, also when it fails. 0 or -ENOMEM. */
static int set_entry(struct failure_classes *classes, const char *call, char *symbols)
{
	struct class_entry *entry = find_entry(classes, call);

	if (!symbols)
		return -ENOMEM;
	if (!entry)
		entry = add_entry(classes, call);
	if (!entry) {
		free(symbols);
		return -ENOMEM;
	}
	free(entry->symbols);
	entry->symbols = symbols;
	return 0;
}

/* One entry for each call of a row. */
static int add_defaults(struct failure_classes *classes, const struct default_class *row)
{
	char calls[128];
	char *rest = NULL;

	snprintf(calls, sizeof(calls), "%s", row->calls);
	for (char *call = strtok_r(calls, " ", &rest); call; call = strtok_r(NULL, " ", &rest)) {
		char *symbols = NULL;

		if (asprintf(&symbols, " " EVERYWHERE " %s ", row->symbols) < 0)
			return -ENOMEM;
		int error = set_entry(classes, call, symbols);

		if (error)
			return error;
	}
	return 0;
}

struct failure_classes *failure_classes_new(void)
{
	struct failure_classes *classes = calloc(1, sizeof(*classes));

	if (!classes)
		return NULL;
	for (size_t i = 0; i < sizeof(default_classes) / sizeof(default_classes[0]); i++)
		if (add_defaults(classes, &default_classes[i]))
			return failure_classes_free(classes);
	return classes;
}

struct failure_classes *failure_classes_free(struct failure_classes *classes)
{
	if (!classes)
		return NULL;
	tdestroy(classes->entries, free_entry);
	free(classes);
	return NULL;
}

/* The name under which failure_symbol() knows a code that has two. */
static const char *canonical_symbol(const char *symbol)
{
	for (size_t i = 0; i < N_SECOND_NAMES; i++)
		if (strcmp(symbol, second_names[i].symbol) == 0)
			return second_names[i].canonical;
	return symbol;
}

/* " A B C ", or NULL. */
static char *join_symbols(const char *const *symbols, size_t n_symbols)
{
	char *joined = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&joined, &size);

	if (!stream)
		return NULL;
	fputc(' ', stream);
	for (size_t i = 0; i < n_symbols; i++)
		fprintf(stream, "%s ", canonical_symbol(symbols[i]));
	if (fclose(stream) == 0)
		return joined;
	free(joined);
	return NULL;
}

int failure_classes_set(struct failure_classes *classes, const char *call,
			const char *const *symbols, size_t n_symbols, size_t *ret_unknown)
{
	for (size_t i = 0; i < n_symbols; i++) {
		if (failure_symbol_is_known(symbols[i]))
			continue;
		if (ret_unknown)
			*ret_unknown = i;
		return -EINVAL;
	}
	return set_entry(classes, call, join_symbols(symbols, n_symbols));
}

static bool entry_has(const struct class_entry *entry, const char *symbol)
{
	size_t length = strlen(symbol);
	const char *found = entry->symbols;

	while ((found = strstr(found, symbol))) {
		if (found > entry->symbols && found[-1] == ' ' && found[length] == ' ')
			return true;
		found++;
	}
	return false;
}

bool failure_is_expected(const struct failure_classes *classes, const char *call,
			 const char *symbol)
{
	const struct class_entry *entry = find_entry(classes, call);

	if (!entry)
		entry = find_entry(classes, FAILURE_ANY_CALL);
	return entry && entry_has(entry, symbol);
}

static const char *known_symbol(int code)
{
	if (code > 0)
		return strerrorname_np(code);
	for (size_t i = 0; i < N_EAI_SYMBOLS; i++)
		if (eai_symbols[i].code == code)
			return eai_symbols[i].symbol;
	return NULL;
}

const char *failure_symbol(int code, char *ret_symbol)
{
	const char *symbol = known_symbol(code);

	if (symbol)
		/* Of each failure of each process and file: snprintf() takes ten times as long. */
		stpncpy(ret_symbol, symbol, FAILURE_SYMBOL_SIZE - 1)[0] = '\0';
	else
		snprintf(ret_symbol, FAILURE_SYMBOL_SIZE, "errno %d", code);
	return ret_symbol;
}

bool failure_symbol_is_known(const char *symbol)
{
	symbol = canonical_symbol(symbol);
	for (size_t i = 0; i < N_EAI_SYMBOLS; i++)
		if (strcmp(symbol, eai_symbols[i].symbol) == 0)
			return true;
	for (int code = 1; code <= CODE_MAX; code++) {
		const char *name = strerrorname_np(code);

		if (name && strcmp(symbol, name) == 0)
			return true;
	}
	return false;
}
