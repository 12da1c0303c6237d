// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/exemplar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/stack-name.h"

/* Buckets of one power of two; those on both sides of all of them are one more. */
static uint32_t row_of(const struct exemplar *exemplar)
{
	return exemplar->bucket / HISTOGRAM_ROW_BUCKETS;
}

/* Where one of its row is, or would be. */
static size_t position_of(const struct exemplar_list *list, const struct exemplar *exemplar)
{
	size_t position = 0;

	while (position < list->n_exemplars && row_of(&list->exemplars[position]) < row_of(exemplar))
		position++;
	return position;
}

static bool is_in_row(const struct exemplar_list *list, size_t position, const struct exemplar *exemplar)
{
	return position < list->n_exemplars && row_of(&list->exemplars[position]) == row_of(exemplar);
}

int exemplar_list_add(struct exemplar_list *list, const struct exemplar *exemplar)
{
	size_t position = position_of(list, exemplar);
	struct exemplar *next = &list->exemplars[position];

	if (is_in_row(list, position, exemplar)) {
		if (exemplar->value > next->value)
			*next = *exemplar;
		return 0;
	}
	struct exemplar *larger =
		reallocarray(list->exemplars, list->n_exemplars + 1, sizeof(*list->exemplars));

	if (!larger)
		return -ENOMEM;
	list->exemplars = larger;
	memmove(&larger[position + 1], &larger[position], (list->n_exemplars - position) * sizeof(*larger));
	larger[position] = *exemplar;
	list->n_exemplars++;
	return 0;
}

int exemplar_list_add_all(struct exemplar_list *list, const struct exemplar_list *other)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < other->n_exemplars; i++)
		result = exemplar_list_add(list, &other->exemplars[i]);
	return result;
}

void exemplar_list_deinit(struct exemplar_list *list)
{
	free(list->exemplars);
	*list = (struct exemplar_list){0};
}

/* Not in the middle of a character. */
static void copy_site(char ret_site[EXEMPLAR_SITE_SIZE], const char *name)
{
	size_t length = strlen(name);

	if (length >= EXEMPLAR_SITE_SIZE)
		length = EXEMPLAR_SITE_SIZE - 1;
	while (length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80)
		length--;
	memcpy(ret_site, name, length);
	ret_site[length] = '\0';
}

static void name_site(struct exemplar *exemplar, const struct stack_list *stacks, const struct stack_record *stack)
{
	char name[FRAME_NAME_SIZE];

	if (!stack->n_frames)
		return;
	size_t frame = stack->frames[stack_site_position(stacks, stack)];

	copy_site(exemplar->site, stack_frame_function(stacks, &stacks->frames[frame], 0, name));
}

int exemplar_list_add_slow_call(struct exemplar_list *list, const struct stack_list *stacks,
				const struct slow_call *call)
{
	struct exemplar exemplar = {
		.value = (double)call->ns / 1e9,
		.time_ns = (int64_t)((uint64_t)call->start_ns + call->ns),
		.bucket = histogram_bucket(call->ns),
		.pid = call->pid,
		.tid = call->tid,
	};
	size_t position = position_of(list, &exemplar);

	/* Of a thousand few stay: only those need a name. */
	if (is_in_row(list, position, &exemplar) && list->exemplars[position].value >= exemplar.value)
		return 0;
	name_site(&exemplar, stacks, &stacks->stacks[call->stack]);
	return exemplar_list_add(list, &exemplar);
}
