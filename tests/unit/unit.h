// SPDX-License-Identifier: MIT
/*
 * unit.h - the main() of a unit test program.
 *
 *     static void sums_do_not_overflow(void)
 *     {
 *             CU_ASSERT_EQUAL(sum(1, 2), 3);
 *     }
 *
 *     UNIT_MAIN("sums",
 *               {"the sum of two numbers does not overflow", sums_do_not_overflow})
 *
 * A name is a sentence about behaviour. The program prints "ok" or "not ok" and the name for each
 * test, where each failed assertion stands, and at last "N passed, N failed"; it exits with 1 if
 * any failed.
 */
#ifndef SONDE_TESTS_UNIT_H
#define SONDE_TESTS_UNIT_H

#include <CUnit/CUnit.h>

#include <stddef.h>
#include <stdio.h>

struct unit_test {
	const char *name;
	void (*run)(void);
};

static void unit_print_result(const CU_pTest test, const CU_pSuite suite,
			      const CU_pFailureRecord failures)
{
	(void)suite;
	printf("%s - %s\n", failures ? "not ok" : "ok", test->pName);
	for (CU_pFailureRecord failure = failures; failure; failure = failure->pNext)
		printf("#   %s:%u: %s\n", failure->strFileName, failure->uiLineNumber,
		       failure->strCondition);
}

static int unit_main(const char *suite_name, const struct unit_test *tests, size_t n_tests)
{
	setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed before a crash is not lost */
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	CU_pSuite suite = CU_add_suite(suite_name, NULL, NULL);
	for (size_t i = 0; i < n_tests; i++)
		CU_add_test(suite, tests[i].name, tests[i].run);
	CU_set_test_complete_handler(unit_print_result);
	CU_run_all_tests();

	unsigned int n_failed = CU_get_number_of_tests_failed();
	printf("%u passed, %u failed\n", CU_get_number_of_tests_run() - n_failed, n_failed);
	CU_cleanup_registry();
	return n_failed != 0;
}

#define UNIT_MAIN(suite_name, ...)                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		static const struct unit_test tests[] = {__VA_ARGS__};                             \
		return unit_main(suite_name, tests, sizeof(tests) / sizeof(tests[0]));             \
	}

#endif
