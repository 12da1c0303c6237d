// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/failure-class.h"

#include "unit.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

static void the_default_classes_are_those_of_the_manual(void)
{
	static const struct {
		const char *call;
		const char *symbol;
		bool is_expected;
	} cases[] = {
		{"read", "EAGAIN", true},
		{"read", "EINTR", true},
		{"stat", "EINTR", true},
		{"read", "ENOENT", false},
		{"connect", "EINPROGRESS", true},
		{"connect", "EALREADY", true},
		{"connect", "ECONNREFUSED", false},
		{"send", "EINPROGRESS", false},
		{"access", "ENOENT", true},
		{"faccessat", "ENOENT", true},
		{"stat", "ENOENT", true},
		{"stat", "EACCES", false},
		{"statx", "ENOENT", true},
		{"readlink", "ENOENT", true},
		{"open", "ENOENT", true},
		{"openat", "ENOENT", true},
		{"lstat", "ENOENT", true},
		{"fstatat", "ENOENT", true},
		{"mtx_trylock", "EBUSY", true},
		{"pthread_rwlock_trywrlock", "EBUSY", true},
		{"sem_timedwait", "ETIMEDOUT", true},
		{"cnd_timedwait", "ETIMEDOUT", true},
		{"pthread_mutex_timedlock", "ETIMEDOUT", true},
		{"mq_timedreceive", "ETIMEDOUT", true},
		{"wait4", "ECHILD", true},
		{"getpwnam", "ESRCH", true},
		{"getpwnam_r", "ERANGE", false},
		{"readdir", "EBADF", false},
		{"open", "EACCES", false},
		{"fopen", "ENOENT", false},
		{"unlink", "ENOENT", false},
		{"ioctl", "ENOTTY", true},
		{"pthread_mutex_trylock", "EBUSY", true},
		{"pthread_mutex_lock", "EBUSY", false},
		{"pthread_cond_timedwait", "ETIMEDOUT", true},
		{"connect", "ETIMEDOUT", false},
		{"waitpid", "ECHILD", true},
		{"getaddrinfo", "EAI_NONAME", false},
	};
	struct failure_classes *classes = failure_classes_new();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool is_expected = failure_is_expected(classes, cases[i].call, cases[i].symbol);

		if (is_expected != cases[i].is_expected)
			printf("# %s %s\n", cases[i].call, cases[i].symbol);
		CU_ASSERT_EQUAL(is_expected, cases[i].is_expected);
	}
	failure_classes_free(classes);
}

static void an_entry_replaces_all_that_is_expected_of_its_call(void)
{
	static const char *const symbols[] = {"ECONNRESET", "EWOULDBLOCK"};
	struct failure_classes *classes = failure_classes_new();

	CU_ASSERT_EQUAL(failure_classes_set(classes, "read", symbols, 2, NULL), 0);
	CU_ASSERT_TRUE(failure_is_expected(classes, "read", "ECONNRESET"));
	CU_ASSERT_TRUE(failure_is_expected(classes, "read", "EAGAIN"));
	CU_ASSERT_FALSE(failure_is_expected(classes, "read", "EINTR"));
	CU_ASSERT_TRUE(failure_is_expected(classes, "write", "EINTR"));
	CU_ASSERT_EQUAL(failure_classes_set(classes, "open", NULL, 0, NULL), 0);
	CU_ASSERT_FALSE(failure_is_expected(classes, "open", "ENOENT"));
	failure_classes_free(classes);
}

static void the_entry_for_every_call_leaves_the_others_alone(void)
{
	static const char *const symbols[] = {"EPIPE"};
	struct failure_classes *classes = failure_classes_new();

	CU_ASSERT_EQUAL(failure_classes_set(classes, FAILURE_ANY_CALL, symbols, 1, NULL), 0);
	CU_ASSERT_TRUE(failure_is_expected(classes, "write", "EPIPE"));
	CU_ASSERT_FALSE(failure_is_expected(classes, "write", "EINTR"));
	CU_ASSERT_TRUE(failure_is_expected(classes, "stat", "ENOENT"));
	CU_ASSERT_FALSE(failure_is_expected(classes, "stat", "EPIPE"));
	failure_classes_free(classes);
}

static void an_unknown_symbol_is_named_and_changes_nothing(void)
{
	static const char *const symbols[] = {"EIO", "ENOFENT"};
	struct failure_classes *classes = failure_classes_new();
	size_t unknown = 0;

	CU_ASSERT_EQUAL(failure_classes_set(classes, "stat", symbols, 2, &unknown), -EINVAL);
	CU_ASSERT_EQUAL(unknown, 1);
	CU_ASSERT_TRUE(failure_is_expected(classes, "stat", "ENOENT"));
	CU_ASSERT_FALSE(failure_is_expected(classes, "stat", "EIO"));
	failure_classes_free(classes);
}

static void every_code_has_a_symbol(void)
{
	char symbol[FAILURE_SYMBOL_SIZE];

	CU_ASSERT_STRING_EQUAL(failure_symbol(ENOENT, symbol), "ENOENT");
	CU_ASSERT_STRING_EQUAL(failure_symbol(EAI_AGAIN, symbol), "EAI_AGAIN");
	CU_ASSERT_STRING_EQUAL(failure_symbol(EAI_NODATA, symbol), "EAI_NODATA");
	CU_ASSERT_STRING_EQUAL(failure_symbol(4711, symbol), "errno 4711");
	CU_ASSERT_STRING_EQUAL(failure_symbol(0, symbol), "errno 0");
	CU_ASSERT_STRING_EQUAL(failure_symbol(-2147483647 - 1, symbol), "errno -2147483648");
}

static void symbols_are_known_by_all_their_names(void)
{
	CU_ASSERT_TRUE(failure_symbol_is_known("ENOENT"));
	CU_ASSERT_TRUE(failure_symbol_is_known("EWOULDBLOCK"));
	CU_ASSERT_TRUE(failure_symbol_is_known("ENOTSUP"));
	CU_ASSERT_TRUE(failure_symbol_is_known("EHWPOISON"));
	CU_ASSERT_TRUE(failure_symbol_is_known("EAI_NONAME"));
	CU_ASSERT_FALSE(failure_symbol_is_known("enoent"));
	CU_ASSERT_FALSE(failure_symbol_is_known("ENOENT "));
	CU_ASSERT_FALSE(failure_symbol_is_known(""));
}

UNIT_MAIN("failure classes",
	  {"the default classes are those of the manual",
	   the_default_classes_are_those_of_the_manual},
	  {"an entry replaces all that is expected of its call",
	   an_entry_replaces_all_that_is_expected_of_its_call},
	  {"the entry for every call leaves the others alone",
	   the_entry_for_every_call_leaves_the_others_alone},
	  {"an unknown symbol is named and changes nothing",
	   an_unknown_symbol_is_named_and_changes_nothing},
	  {"every code has a symbol", every_code_has_a_symbol},
	  {"symbols are known by all their names", symbols_are_known_by_all_their_names})
