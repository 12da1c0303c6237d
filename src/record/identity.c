// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/identity.h"

#include "base/raw.h"
#include "base/text.h"
#include "record/startup.h"

#include <stdbool.h>

/* What forked children share with the process that they were forked from. */
static struct {
	bool has_region; /* or had one, before a fork */
	uint32_t flags;
	char executable[REGION_EXECUTABLE_SIZE];
	char command[REGION_COMMAND_SIZE];
	char allocator[REGION_ALLOCATOR_SIZE];
} program;

static void find_executable(void)
{
	const char *executable = startup_executable();
	struct text text = text_init(program.executable, sizeof(program.executable));

	text_add(&text, executable ? executable : "");
}

static void find_command(void)
{
	char *command = program.command;
	size_t room = sizeof(program.command) - 1; /* a NUL more than the arguments' ends the list */

	for (char *const *argument = startup_arguments(); *argument && room > 1; argument++) {
		struct text text = text_init(command, room);

		text_add(&text, *argument);
		command += text.len + 1;
		room -= text.len + 1;
	}
}

static void find_allocator(void)
{
	struct text text = text_init(program.allocator, sizeof(program.allocator));
	struct link_map *own = startup_own_object();
	struct link_map *owner = NULL;

	/* The program itself comes before us; everything else that has a malloc comes behind us. */
	startup_find_symbol(NULL, "malloc", &owner);
	if (owner == own)
		startup_find_symbol(own, "malloc", &owner);
	if (owner)
		text_add(&text, *owner->l_name ? text_file_name(owner->l_name) : "the program");
}

static void find_namespace(const struct session_settings *settings)
{
	program.flags = session_pid_namespace() == settings->pid_namespace
				? 0
				: REGION_FOREIGN_NAMESPACE;
}

void identity_learn(void)
{
	find_executable();
	find_command();
	find_allocator();
}

const char *identity_executable(void)
{
	return program.executable;
}

void identity_fill(struct region_header *region, const struct session_settings *settings)
{
	region->pid = raw_getpid();
	region->parent_pid = raw_getppid();
	region->started_ns = clock_kernel_ns(CLOCK_BOOTTIME);
	region->started_realtime_ns = clock_kernel_ns(CLOCK_REALTIME);
	/* A child whose parent is in another namespace sees no parent. */
	if (!program.has_region || region->parent_pid == 0)
		find_namespace(settings);
	region->flags |= program.flags;
	if (program.has_region)
		region->flags |= REGION_FORKED;
	program.has_region = true;
	__builtin_memcpy(region->executable, program.executable, sizeof(program.executable));
	__builtin_memcpy(region->command, program.command, sizeof(program.command));
	__builtin_memcpy(region->allocator, program.allocator, sizeof(program.allocator));
}
