// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-leavers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/plugin-figures.h"

enum { KEPT_MAX = 16 }; /* of those that have left */

struct plugin_leaver {
	struct plugin_leaver *next;
	struct plugin_process *process;
	struct plugin_choice choice; /* only what the end still needs: */
	char *name;
	char *plugin;
};

static struct plugin_leaver *leaver_free(struct plugin_leaver *leaver)
{
	struct plugin_leaver *next = leaver->next;

	plugin_process_free(leaver->process);
	free(leaver->name);
	free(leaver->plugin);
	free(leaver);
	return next;
}

int plugin_leavers_add(struct plugin_leavers *leavers, struct plugin_process *process,
		       int64_t until_ns)
{
	const struct plugin_choice *choice = plugin_process_choice(process);
	struct plugin_leaver *leaver = calloc(1, sizeof(*leaver));

	if (!leaver) {
		plugin_process_free(process);
		return -ENOMEM;
	}
	leaver->process = process;
	leaver->name = strdup(choice->name);
	leaver->plugin = strdup(choice->plugin);
	if (!leaver->name || !leaver->plugin) {
		leaver_free(leaver);
		return -ENOMEM;
	}
	leaver->choice = (struct plugin_choice){.name = leaver->name, .plugin = leaver->plugin};
	plugin_process_keep(process, &leaver->choice);
	plugin_process_end(process, until_ns);
	leaver->next = leavers->first;
	leavers->first = leaver;
	return 0;
}

void plugin_leavers_deinit(struct plugin_leavers *leavers)
{
	while (leavers->first)
		leavers->first = leaver_free(leavers->first);
}

/* The oldest of those that have left go when there are too many. */
static void forget_old(struct plugin_leavers *leavers)
{
	struct plugin_leaver **place = &leavers->first;
	size_t n_left = 0;

	while (*place) {
		if (plugin_process_is_over((*place)->process) && ++n_left > KEPT_MAX)
			*place = leaver_free(*place);
		else
			place = &(*place)->next;
	}
}

int64_t plugin_leavers_work(struct plugin_leavers *leavers)
{
	int64_t next_ns = INT64_MAX;

	for (struct plugin_leaver *leaver = leavers->first; leaver; leaver = leaver->next) {
		int64_t again_ns = plugin_process_is_over(leaver->process)
					   ? INT64_MAX
					   : plugin_process_work(leaver->process);

		if (again_ns < next_ns)
			next_ns = again_ns;
	}
	forget_old(leavers);
	return next_ns;
}

bool plugin_leavers_is_there(const struct plugin_leavers *leavers, const char *name)
{
	for (struct plugin_leaver *leaver = leavers->first; leaver; leaver = leaver->next)
		if (!plugin_process_is_over(leaver->process) &&
		    (!name || strcmp(leaver->name, name) == 0))
			return true;
	return false;
}

bool plugin_leavers_blame(const struct plugin_leavers *leavers, int sender, int signal)
{
	for (struct plugin_leaver *leaver = leavers->first; leaver; leaver = leaver->next)
		if (plugin_process_blame(leaver->process, sender, signal))
			return true;
	return false;
}

int plugin_leavers_describe(const struct plugin_leavers *leavers, struct recording *recording)
{
	int result = 0;

	for (struct plugin_leaver *leaver = leavers->first; leaver && result == 0;
	     leaver = leaver->next) {
		struct plugin_health health;

		plugin_process_health(leaver->process, &health);
		result = plugin_figures_describe(&leaver->choice, &health, recording);
	}
	return result;
}
