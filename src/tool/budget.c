// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/budget.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/nearest.h"

/* What a file is read with. */
struct reading {
	struct budget_file *file;
	struct message *message;
};

__attribute__((format(printf, 3, 4))) static int refuse(const struct reading *reading, const config_setting_t *setting,
							const char *format, ...)
{
	struct message reason = {0};
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reason.text, sizeof(reason.text), format, arguments);
	va_end(arguments);
	message_set(reading->message, "%s:%u: %s", reading->file->path, config_setting_source_line(setting), reason.text);
	return -EINVAL;
}

static int refuse_unknown(const struct reading *reading, const config_setting_t *setting, const char *const *known)
{
	const char *name = config_setting_name(setting);
	struct nearest nearest = {.word = name};

	for (; *known; known++)
		nearest_offer(&nearest, *known);
	const char *meant = nearest_word(&nearest);

	return refuse(reading, setting, "unknown key '%s'%s%s%s", name, meant ? "; did you mean '" : "", meant ? meant : "",
		      meant ? "'?" : "");
}

/* A limit is of what its budget is of. */
static int take_scope(const struct reading *reading, const config_setting_t *setting, const struct budget *budget,
		      struct rule *rule)
{
	if (rule->metric.test || rule->metric.program)
		return refuse(reading, setting, "'%s': a limit is of what its budget is of: say test or program there",
			      rule->text);
	if (rule->is_change)
		return refuse(reading, setting, "'%s': a limit is a number without a sign: there is nothing before it",
			      rule->text);
	if (budget->test && (rule->metric.figure == MEASURE_P50 || rule->metric.figure == MEASURE_P99))
		return refuse(reading, setting, "'%s': '%s' is not kept by test", rule->text,
			      measure_figure_name(rule->metric.figure));
	rule->metric.test = budget->test;
	rule->metric.program = budget->program;
	return 0;
}

static int take_limit(const struct reading *reading, const config_setting_t *setting, struct budget *budget)
{
	struct budget_limit *limit = &budget->limits[budget->n_limits];
	struct message message = {0};
	const char *text = config_setting_get_string(setting);

	if (!text)
		return refuse(reading, setting, "a limit is a text: \"calls <= 1000\"");
	int result = rule_init(&limit->rule, text, &message);

	if (result != -ENOMEM)
		budget->n_limits++;
	limit->line = config_setting_source_line(setting);
	if (result == -EINVAL)
		return refuse(reading, setting, "%s", message.text);
	return result ? result : take_scope(reading, setting, budget, &limit->rule);
}

static int take_limits(const struct reading *reading, const config_setting_t *setting, struct budget *budget)
{
	int n = setting ? config_setting_length(setting) : 0;
	int result = 0;

	if (!setting || !(config_setting_is_array(setting) || config_setting_is_list(setting)))
		return -EINVAL;
	budget->limits = calloc((size_t)n + 1, sizeof(*budget->limits));
	if (!budget->limits)
		return -ENOMEM;
	for (int i = 0; i < n && result == 0; i++)
		result = take_limit(reading, config_setting_get_elem(setting, (unsigned int)i), budget);
	return result;
}

static int take_name(const struct reading *reading, const config_setting_t *setting, const char **ret_name)
{
	*ret_name = config_setting_get_string(setting);
	if (*ret_name && **ret_name)
		return 0;
	return refuse(reading, setting, "'%s' is a text that is not empty", config_setting_name(setting));
}

static int take_key(const struct reading *reading, const config_setting_t *setting, struct budget *budget,
		    const config_setting_t **ret_limits)
{
	static const char *const known[] = {"test", "program", "limits", NULL};
	const char *name = config_setting_name(setting);

	if (strcmp(name, "test") == 0)
		return take_name(reading, setting, &budget->test);
	if (strcmp(name, "program") == 0)
		return take_name(reading, setting, &budget->program);
	if (strcmp(name, "limits") != 0)
		return refuse_unknown(reading, setting, known);
	*ret_limits = setting;
	return 0;
}

static int take_budget(const struct reading *reading, const config_setting_t *setting)
{
	struct budget *budget = &reading->file->budgets[reading->file->n_budgets++];
	const config_setting_t *limits = NULL;
	int result = 0;

	budget->line = config_setting_source_line(setting);
	if (!config_setting_is_group(setting))
		return refuse(reading, setting, "a budget is a group: { test = \"NAME\"; limits = [ .. ]; }");
	for (int i = 0; i < config_setting_length(setting) && result == 0; i++)
		result = take_key(reading, config_setting_get_elem(setting, (unsigned int)i), budget, &limits);
	if (result < 0)
		return result;
	if (budget->test && budget->program)
		return refuse(reading, setting, "a budget is of a test or of a program, not of both");
	result = take_limits(reading, limits, budget);
	if (result == -EINVAL && !budget->limits)
		return refuse(reading, limits ? limits : setting, "a budget has limits = [ \"calls <= 1000\", .. ]");
	return result;
}

static int take_file(const struct reading *reading)
{
	static const char *const known[] = {"budgets", NULL};
	const config_setting_t *root = config_root_setting(&reading->file->config);
	const config_setting_t *list = config_lookup(&reading->file->config, "budgets");
	int result = 0;

	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *setting = config_setting_get_elem(root, (unsigned int)i);

		if (strcmp(config_setting_name(setting), "budgets") != 0)
			return refuse_unknown(reading, setting, known);
	}
	if (!list || !config_setting_is_list(list))
		return refuse(reading, list ? list : root, "a list is expected: budgets = ( { .. }, .. )");
	reading->file->budgets = calloc((size_t)config_setting_length(list) + 1, sizeof(*reading->file->budgets));
	if (!reading->file->budgets)
		return -ENOMEM;
	for (int i = 0; i < config_setting_length(list) && result == 0; i++)
		result = take_budget(reading, config_setting_get_elem(list, (unsigned int)i));
	return result;
}

int budget_file_read(struct budget_file *file, const char *path, struct message *ret_message)
{
	const struct reading reading = {file, ret_message};

	*file = (struct budget_file){.path = path};
	config_init(&file->config);
	FILE *stream = fopen(path, "re");

	if (!stream) {
		int result = -errno;

		message_set(ret_message, "%s: %s", path, strerror(errno));
		return result;
	}
	int is_parsed = config_read(&file->config, stream);

	fclose(stream);
	if (is_parsed)
		return take_file(&reading);
	message_set(ret_message, "%s:%d: %s", path, config_error_line(&file->config), config_error_text(&file->config));
	return -EINVAL;
}

void budget_file_deinit(struct budget_file *file)
{
	for (size_t i = 0; i < file->n_budgets; i++) {
		for (size_t k = 0; k < file->budgets[i].n_limits; k++)
			rule_deinit(&file->budgets[i].limits[k].rule);
		free(file->budgets[i].limits);
	}
	free(file->budgets);
	config_destroy(&file->config);
}
