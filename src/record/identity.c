// SPDX-License-Identifier: MIT
/*
 * All of this is done in every process, so it asks the kernel for little. The clocks are read by system calls:
 * the vDSO would be faster, but for two readings not worth the page fault that its data costs. The pid
 * namespace, a look into /proc, is looked up only where it can differ from the session's.
 */
#include "config.h"

#include "record/identity.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "base/text.h"
#include "record/startup.h"

#include <stdbool.h>

/* The program that the process runs since it was executed. A forked child finds it here, as its parent did. */
static KEPT struct {
	bool is_known;
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

/* Once: a program may later put other things in place of its arguments. */
static void find_program(void)
{
	if (program.is_known)
		return;
	find_executable();
	find_command();
	find_allocator();
	program.is_known = true;
}

static void fill_program(struct region_header *region)
{
	find_program();
	__builtin_memcpy(region->executable, program.executable, sizeof(region->executable));
	__builtin_memcpy(region->command, program.command, sizeof(region->command));
	__builtin_memcpy(region->allocator, program.allocator, sizeof(region->allocator));
}

enum { INHERITED_FLAGS = REGION_FOREIGN_NAMESPACE | REGION_SANDBOXED | REGION_MEMORY_KNOWN };

/*
 * A process is in the pid namespace of its parent, whose number it knows then: it knows none when it is the
 * first in a new namespace, and 1 may be that first one, unwatched.
 */
static bool may_be_foreign(const struct region_header *region, const struct parentage *parent,
			   const struct session_settings *settings)
{
	if (parent && parent->pid)
		return region->parent_pid == 0;
	return region->parent_pid <= 1 || settings->has_namespaces;
}

static void fill_namespace(struct region_header *region, struct session_settings *settings)
{
	region->flags &= ~(uint32_t)REGION_FOREIGN_NAMESPACE;
	if (session_pid_namespace() == settings->pid_namespace)
		return;
	region->flags |= REGION_FOREIGN_NAMESPACE;
	session_note_namespace(settings);
}

static int64_t kernel_ns(clockid_t id)
{
	struct timespec now = {0};

	raw_clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/*
 * A forked child knows its parent from whose region it has: the kernel names another, once the parent has ended, or
 * one between the two that has recorded nothing. The first in a new pid namespace has a parent without a number.
 */
static int find_parent_pid(const struct parentage *parent)
{
	int pid = raw_getppid();

	return pid != 0 && parent && parent->pid > 0 ? parent->pid : pid;
}

void identity_fill(struct region_header *region, const struct parentage *parent, struct session_settings *settings)
{
	region->pid = raw_getpid();
	region->parent_pid = find_parent_pid(parent);
	region->started_ticks = clock_ticks(&settings->clock);
	region->started_ns = kernel_ns(CLOCK_BOOTTIME);
	region->started_realtime_ns = kernel_ns(CLOCK_REALTIME);
	if (parent)
		region->flags = REGION_FORKED | (parent->flags & INHERITED_FLAGS);
	fill_program(region);
	if (may_be_foreign(region, parent, settings))
		fill_namespace(region, settings);
}

const char *identity_executable(void)
{
	find_program();
	return program.executable;
}
