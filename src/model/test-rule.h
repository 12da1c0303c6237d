// SPDX-License-Identifier: MIT
/*
 * test-rule.h - which process is a test, by what it is started as. The rule has no other place than here.
 *
 *     automake, parallel harness   a test driver: --test-name NAME --log-file FILE ...; whatever the driver is
 *     go test, and what is like it a program NAME.test that is given -test. options
 *     cargo test                   a program deps/NAME-HASH, HASH being 16 hexadecimal digits
 *     prove, Test::Harness         what it executes: by the script, or the program
 *     ctest                        what it executes: by the command; it tells its tests' names to nobody
 *     pytest                       PYTEST_CURRENT_TEST of what the test executes: FILE::TEST
 *     label test=NAME              `sonde label`, `sonde run --label`, sonde_label_begin()
 *
 * A process belongs to the test of its nearest marked ancestor, itself included: model/family.h.
 */
#ifndef SONDE_MODEL_TEST_RULE_H
#define SONDE_MODEL_TEST_RULE_H

#include "model/words.h"

enum harness {
	HARNESS_NONE,
	HARNESS_PROVE,
	HARNESS_CTEST,
	HARNESSES,
};

#define TEST_LABEL "test" /* the label that names a test */

enum { TEST_NAME_MAX = 255 }; /* bytes; what is longer is cut at a character */

/* Each returns a new string, or NULL: it is no test, or there is no memory. */
char *test_rule_own(const struct words *words);
char *test_rule_child(enum harness harness, const struct words *words);
char *test_rule_pytest(const char *current_test);

/* Whether what a process executes are tests. */
enum harness test_rule_harness(const struct words *words);

#endif
