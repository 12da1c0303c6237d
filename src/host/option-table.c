// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/option-table.h"

#include <errno.h>
#include <math.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUP_DEPTH_MAX = 4 };

/* By SONDE_OPTION_. Groups have no value. */
static const struct type {
	enum value_type value;
	size_t size;
	size_t alignment;
} types[] = {
	[SONDE_OPTION_BOOL] = {VALUE_BOOL, sizeof(bool), alignof(bool)},
	[SONDE_OPTION_INT] = {VALUE_INTEGER, sizeof(int64_t), alignof(int64_t)},
	[SONDE_OPTION_DOUBLE] = {VALUE_DOUBLE, sizeof(double), alignof(double)},
	[SONDE_OPTION_STRING] = {VALUE_STRING, sizeof(char *), alignof(char *)},
	[SONDE_OPTION_DURATION] = {VALUE_DURATION, sizeof(int64_t), alignof(int64_t)},
	[SONDE_OPTION_SIZE] = {VALUE_SIZE, sizeof(uint64_t), alignof(uint64_t)},
	[SONDE_OPTION_ENUM] = {VALUE_ENUM, sizeof(uint32_t), alignof(uint32_t)},
	[SONDE_OPTION_LIST] = {VALUE_LIST, sizeof(struct sonde_list), alignof(struct sonde_list)},
	[SONDE_OPTION_GROUP] = {0},
};

enum { N_TYPES = sizeof(types) / sizeof(types[0]) };

static bool has_bounds(const struct sonde_option *option)
{
	return option->type == SONDE_OPTION_INT || option->type == SONDE_OPTION_DOUBLE ||
	       option->type == SONDE_OPTION_DURATION || option->type == SONDE_OPTION_SIZE;
}

const struct sonde_option *option_table_row(const struct option_table *table, size_t index)
{
	const char *rows = (const char *)table->rows;
	const struct sonde_option *row =
		rows ? (const struct sonde_option *)(rows + index * table->row_size) : NULL;

	return row && row->name ? row : NULL;
}

struct option_table option_table_members(const struct option_table *table,
					 const struct sonde_option *group)
{
	struct option_table members = *table;

	members.rows = group->members;
	return members;
}

const struct sonde_option *option_table_find(const struct option_table *table, const char *path)
{
	size_t len = strcspn(path, ".");
	const struct sonde_option *row;

	for (size_t i = 0; (row = option_table_row(table, i)); i++) {
		if (strncmp(row->name, path, len) != 0 || row->name[len])
			continue;
		if (!path[len])
			return row;
		if (row->type != SONDE_OPTION_GROUP)
			return NULL;
		struct option_table members = option_table_members(table, row);

		return option_table_find(&members, path + len + 1);
	}
	return NULL;
}

static int visit_below(const struct option_table *table, const char *prefix, option_visitor visit,
		       void *argument)
{
	const struct sonde_option *row;
	int result = 0;

	for (size_t i = 0; result == 0 && (row = option_table_row(table, i)); i++) {
		char path[OPTION_PATH_SIZE];
		struct option_table members = option_table_members(table, row);

		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", row->name);
		result = row->type == SONDE_OPTION_GROUP
				 ? visit_below(&members, path, visit, argument)
				 : visit(argument, path, row);
	}
	return result;
}

int option_table_visit(const struct option_table *table, option_visitor visit, void *argument)
{
	return visit_below(table, "", visit, argument);
}

/* A bound, which is any value of the type; -EINVAL when it is none. */
static int read_bound(struct value_rule *rule, const char *text, struct value *ret_bound)
{
	struct found found = {.type = FOUND_TEXT, .text = text};

	return value_read(rule, &found, ret_bound, NULL);
}

static int fill_rule(const struct sonde_option *option, struct value_rule *rule)
{
	bool is_quantity =
		option->type == SONDE_OPTION_DURATION || option->type == SONDE_OPTION_SIZE;
	struct value min = {.number = -INFINITY, .integer = is_quantity ? 0 : INT64_MIN};
	struct value max = {.number = INFINITY, .integer = INT64_MAX};
	int result = 0;

	*rule = (struct value_rule){
		.type = types[option->type].value,
		.choices = option->type == SONDE_OPTION_ENUM ? option->words : NULL,
		.min = min.integer,
		.max = max.integer,
		.least = min.number,
		.most = max.number,
	};
	if (option->min)
		result = read_bound(rule, option->min, &min);
	if (option->max && result == 0)
		result = read_bound(rule, option->max, &max);
	if (has_bounds(option) && option->min) {
		rule->min = min.integer;
		rule->least = min.number;
	}
	if (has_bounds(option) && option->max) {
		rule->max = max.integer;
		rule->most = max.number;
	}
	return result;
}

struct value_rule option_rule(const struct sonde_option *option)
{
	struct value_rule rule;

	fill_rule(option, &rule);
	return rule;
}

/* -- Is the table what it should be? ----------------------------------------------------------- */

static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len > 0 && !name[len] && name[0] >= 'a' && name[0] <= 'z';
}

static const char *find_fault(const struct option_table *table, const struct sonde_option *option)
{
	const struct type *type = &types[option->type];
	struct value_rule rule;

	if (!option->help || !*option->help)
		return "has no help";
	if (option->offset > table->options_size ||
	    type->size > table->options_size - option->offset)
		return "lies beyond the end of the options' struct";
	if (option->offset % type->alignment)
		return "has an offset that is not aligned for its type";
	if (option->type == SONDE_OPTION_ENUM && (!option->words || !option->words[0]))
		return "has no words";
	if (option->type == SONDE_OPTION_ENUM && !option->default_text &&
	    !(option->flags & SONDE_OPTION_REQUIRED))
		return "has neither a default nor the flag REQUIRED";
	if (!has_bounds(option) && (option->min || option->max))
		return "has bounds, which its type does not have";
	if (fill_rule(option, &rule) < 0)
		return "has a bound that is no value of its type";
	if (rule.min > rule.max || rule.least > rule.most)
		return "has a lower bound above its upper one";
	if (option->default_text && (option->flags & SONDE_OPTION_REQUIRED))
		return "has a default and is required";
	return NULL;
}

static int check_default(const struct sonde_option *option, const char *path,
			 struct message *ret_message)
{
	struct value_rule rule = option_rule(option);
	struct value_text value;
	struct message reason = {""};
	int result = option->default_text
			     ? value_text_read(&rule, option->default_text, &value, &reason)
			     : 0;

	if (result == 0 && option->default_text)
		value_text_release(&value);
	if (result < 0)
		message_set(ret_message, "option '%s': default: %s", path, reason.text);
	return result;
}

static int check_rows(const struct option_table *table, const char *prefix, int depth,
		      struct message *ret_message);

static int check_row(const struct option_table *table, const struct sonde_option *option,
		     const char *path, int depth, struct message *ret_message)
{
	struct option_table members = option_table_members(table, option);
	const char *fault = NULL;

	if (!is_name(option->name))
		fault = "has a name of other than a to z, 0 to 9 and _";
	else if (strlen(path) + 1 >= OPTION_PATH_SIZE)
		fault = "has too long a name";
	else if (option->type == 0 || option->type >= N_TYPES)
		fault = "is of a type that this version of sonde does not know";
	else if (option->type == SONDE_OPTION_GROUP && (!option->members || depth == 0))
		fault = depth ? "is a group without members" : "is a group too deep inside others";
	else if (option->type == SONDE_OPTION_GROUP)
		return check_rows(&members, path, depth - 1, ret_message);
	else
		fault = find_fault(table, option);
	if (!fault)
		return check_default(option, path, ret_message);
	message_set(ret_message, "option '%s' %s", path, fault);
	return -EINVAL;
}

static int check_rows(const struct option_table *table, const char *prefix, int depth,
		      struct message *ret_message)
{
	const struct sonde_option *row;
	int result = 0;

	for (size_t i = 0; result == 0 && (row = option_table_row(table, i)); i++) {
		char path[OPTION_PATH_SIZE];

		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", row->name);
		result = check_row(table, row, path, depth, ret_message);
		if (result == 0 && option_table_find(table, row->name) != row) {
			message_set(ret_message, "option '%s' is there twice", path);
			result = -EINVAL;
		}
	}
	return result;
}

static int check_reserved(const struct option_table *table, const struct option_table *reserved,
			  struct message *ret_message)
{
	const struct sonde_option *row;

	for (size_t i = 0; (row = option_table_row(reserved, i)); i++) {
		if (!option_table_find(table, row->name))
			continue;
		message_set(ret_message, "option '%s' has a name that every instance has",
			    row->name);
		return -EINVAL;
	}
	return 0;
}

int option_table_check(const struct option_table *table, const struct option_table *reserved,
		       struct message *ret_message)
{
	if (!table->rows)
		return 0;
	if (table->row_size < sizeof(struct sonde_option) ||
	    table->row_size % alignof(struct sonde_option)) {
		message_set(ret_message, "rows of options have %zu bytes, expected at least %zu",
			    table->row_size, sizeof(struct sonde_option));
		return -EINVAL;
	}
	int result = check_rows(table, "", GROUP_DEPTH_MAX, ret_message);

	return result == 0 ? check_reserved(table, reserved, ret_message) : result;
}

/* -- The struct -------------------------------------------------------------------------------- */

/* Takes memory over. It is freed at once when it cannot be kept, and NULL returned. */
static void *keep(struct option_values *values, void *memory)
{
	void **owned =
		memory ? realloc(values->owned, (values->n_owned + 1) * sizeof(*owned)) : NULL;

	if (!owned) {
		free(memory);
		return NULL;
	}
	values->owned = owned;
	return owned[values->n_owned++] = memory;
}

static int copy_string(struct option_values *values, const char *string, const char **ret_copy)
{
	char *copy = keep(values, strdup(string));

	if (!copy)
		return -ENOMEM;
	*ret_copy = copy;
	return 0;
}

/* The texts of a list, and their array before them, in one piece. */
static int copy_list(struct option_values *values, const struct value *value,
		     struct sonde_list *ret_list)
{
	size_t size = (value->n_strings + 1) * sizeof(char *);
	char **items;

	for (size_t i = 0; i < value->n_strings; i++)
		size += strlen(value->strings[i]) + 1;
	items = keep(values, malloc(size));
	if (!items)
		return -ENOMEM;
	char *next = (char *)(items + value->n_strings + 1);

	for (size_t i = 0; i < value->n_strings; i++) {
		items[i] = next;
		next = stpcpy(next, value->strings[i]) + 1;
	}
	items[value->n_strings] = NULL;
	*ret_list = (struct sonde_list){(const char *const *)items, value->n_strings};
	return 0;
}

int option_values_set(struct option_values *values, const struct sonde_option *option,
		      const struct value *value)
{
	void *field = (char *)values->data + option->offset;

	switch (option->type) {
	case SONDE_OPTION_BOOL:
		*(bool *)field = value->boolean;
		return 0;
	case SONDE_OPTION_DOUBLE:
		*(double *)field = value->number;
		return 0;
	case SONDE_OPTION_ENUM:
		*(uint32_t *)field = (uint32_t)value->integer;
		return 0;
	case SONDE_OPTION_STRING:
		return copy_string(values, value->string, field);
	case SONDE_OPTION_LIST:
		return copy_list(values, value, field);
	default: /* whole numbers, all of 64 bits */
		*(int64_t *)field = value->integer;
		return 0;
	}
}

static int set_default(void *argument, const char *path, const struct sonde_option *option)
{
	struct option_values *values = argument;
	struct value_rule rule = option_rule(option);
	struct value_text value;

	(void)path;
	if (!option->default_text)
		return 0;
	int result = value_text_read(&rule, option->default_text, &value, NULL);

	if (result < 0)
		return result;
	result = option_values_set(values, option, &value.value);
	value_text_release(&value);
	return result;
}

int option_values_init(struct option_values *values, const struct option_table *table)
{
	*values = (struct option_values){0};
	if (!table->rows)
		return 0;
	values->data = calloc(1, table->options_size ? table->options_size : 1);
	if (!values->data)
		return -ENOMEM;
	return option_table_visit(table, set_default, values);
}

void option_values_deinit(struct option_values *values)
{
	for (size_t i = 0; i < values->n_owned; i++)
		free(values->owned[i]);
	free(values->owned);
	free(values->data);
	*values = (struct option_values){0};
}
