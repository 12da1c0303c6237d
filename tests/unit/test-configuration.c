// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/configuration.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/settings.h"
#include "host/vocabulary.h"
#include "model/failure-class.h"
#include "unit.h"

/* A configuration read from text, and what was wrong with it. */
struct loaded {
	struct configuration configuration;
	struct complaints complaints;
	int result;
};

static struct loaded load(const char *text)
{
	static struct loaded loaded;
	char file[] = "/tmp/sonde-test-XXXXXX";
	int fd = mkstemp(file);

	CU_ASSERT_EQUAL_FATAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	loaded.complaints = (struct complaints){0};
	CU_ASSERT_EQUAL_FATAL(configuration_init(&loaded.configuration), 0);
	loaded.result = configuration_load(
		&loaded.configuration, &(struct configuration_source){.file = file, .is_named = true},
		&loaded.complaints);
	unlink(file);
	return loaded;
}

static void unload(struct loaded *loaded)
{
	configuration_deinit(&loaded->configuration);
	complaints_deinit(&loaded->complaints);
}

static void errors_are_known(void)
{
	const char *name;

	for (size_t i = 0; (name = vocabulary_word(WORDS_ERROR, i)); i++) {
		if (!failure_symbol_is_known(name))
			printf("#   %s\n", name);
		CU_ASSERT_TRUE(failure_symbol_is_known(name));
	}
}

static void settings_before_and_after(void)
{
	struct loaded loaded =
		load("intercept: { groups = [\"io\", \"poll\"]; exclude = [\"write\"]; };"
		     "timing: { read = 7; io = 5; poll = 3; }; session: { follow = \"none\"; };");
	static struct session_settings settings;

	CU_ASSERT_EQUAL(loaded.result, 0);
	session_settings_init(&settings);
	configuration_apply(&loaded.configuration, &settings);
	CU_ASSERT_FALSE(settings.mode[CALL_read] & MODE_OFF);
	CU_ASSERT_TRUE(settings.mode[CALL_write] & MODE_OFF);
	CU_ASSERT_TRUE(settings.mode[CALL_malloc] & MODE_OFF);
	CU_ASSERT_EQUAL(settings.period[CALL_read], 7);
	CU_ASSERT_EQUAL(settings.period[CALL_write], 5);
	CU_ASSERT_EQUAL(settings.period[CALL_epoll_wait], 3);
	CU_ASSERT_EQUAL(settings.period[CALL_malloc], SAMPLED_PERIOD);
	CU_ASSERT_EQUAL(settings.follow, FOLLOW_NONE);
	unload(&loaded);
}

static void expected_replaces(void)
{
	struct loaded loaded = load("failures: { expected: { stat = [\"EACCES\"]; }; };");
	struct failure_classes *classes = configuration_classes(&loaded.configuration);

	CU_ASSERT_PTR_NOT_NULL_FATAL(classes);
	CU_ASSERT_TRUE(failure_is_expected(classes, "stat", "EACCES"));
	CU_ASSERT_FALSE(failure_is_expected(classes, "stat", "ENOENT"));
	CU_ASSERT_TRUE(failure_is_expected(classes, "lstat", "ENOENT"));
	failure_classes_free(classes);
	unload(&loaded);
}

static void labels_replace(void)
{
	struct configuration configuration;

	CU_ASSERT_EQUAL_FATAL(configuration_init(&configuration), 0);
	CU_ASSERT_EQUAL(configuration_add_label(&configuration, "a", "1"), 0);
	CU_ASSERT_EQUAL(configuration_add_label(&configuration, "b", "2"), 0);
	CU_ASSERT_EQUAL(configuration_add_label(&configuration, "a", "3"), 0);
	CU_ASSERT_EQUAL(configuration.n_labels, 2);
	CU_ASSERT_STRING_EQUAL(configuration.labels[0].value, "3");
	configuration_deinit(&configuration);
}

static int64_t default_of(const char *path)
{
	const struct setting *setting = setting_find(path);
	struct value_text value;
	int64_t number;

	CU_ASSERT_PTR_NOT_NULL_FATAL(setting);
	CU_ASSERT_EQUAL_FATAL(value_text_read(&setting->rule, setting->default_text, &value, NULL), 0);
	number = value.value.integer;
	value_text_release(&value);
	return number;
}

/* Whoever uses a configuration that nobody has loaded has the same. */
static void defaults_are_those_of_the_table(void)
{
	struct configuration configuration;

	CU_ASSERT_EQUAL_FATAL(configuration_init(&configuration), 0);
	CU_ASSERT_EQUAL(configuration.max_tag_sets, default_of("metrics.max_tag_sets"));
	CU_ASSERT_EQUAL(configuration.interval_ns, default_of("metrics.interval"));
	CU_ASSERT_EQUAL(configuration.retention_days, default_of("metrics.retention_days"));
	configuration_deinit(&configuration);
}

static void rows_are_complete(void)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];

		CU_ASSERT_PTR_EQUAL(setting_find(setting->path), setting);
		CU_ASSERT_TRUE(setting->take && setting->summary);
		CU_ASSERT_TRUE(setting->default_text || setting->default_words);
		CU_ASSERT_TRUE(setting->rule.type != VALUE_INTEGER ||
			       setting->rule.min < setting->rule.max);
	}
}

UNIT_MAIN("configuration", {"every error that a file may name has a class", errors_are_known},
	  {"a call's period goes before its group's wherever it stands", settings_before_and_after},
	  {"expected failures of one call replace the built-in ones of that call",
	   expected_replaces},
	  {"a label that is given again is replaced", labels_replace},
	  {"defaults are those of the table", defaults_are_those_of_the_table},
	  {"every row of the settings is complete", rows_are_complete})
