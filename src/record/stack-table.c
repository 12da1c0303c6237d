// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/stack-table.h"

#include "base/raw.h"
#include "base/text.h"
#include "record/process.h"
#include "record/region-writer.h"
#include "record/thread.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

static KEPT struct stack_index *known_index;

struct stack_index *stack_index_find(bool must_exist)
{
	struct stack_index *index = __atomic_load_n(&known_index, __ATOMIC_ACQUIRE);

	if (index || must_exist)
		return index;
	/* A child must not find its parent's records. */
	long address = process_is_wiped_by_kernel() ? raw_mmap(NULL, sizeof(*index), PROT_READ | PROT_WRITE,
							       MAP_PRIVATE | MAP_ANONYMOUS, -1)
						    : -1;

	if (raw_failed(address))
		return NULL;
	raw_madvise((void *)address, sizeof(*index), MADV_WIPEONFORK);
	if (__atomic_compare_exchange_n(&known_index, &index, (struct stack_index *)address, false, __ATOMIC_RELEASE,
					__ATOMIC_ACQUIRE))
		return (struct stack_index *)address;
	raw_munmap((void *)address, sizeof(*index));
	return index;
}

struct stack_table *stack_table_find(struct thread_cache *thread, struct region_header *region)
{
	struct stack_table *table = relative_get(&region->stacks);
	relative none = 0;

	if (table)
		return table;
	table = thread_make_record(thread, sizeof(*table));
	if (!table)
		return NULL;
	table->heap_period = recorder_session.settings.stacks.allocated;
	/* Release: pairs with the acquire of relative_get(). */
	__atomic_compare_exchange_n(&region->stacks, &none, relative_to(&region->stacks, table), false,
				    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	return relative_get(&region->stacks);
}

/* Puts a complete record at the head of a list that all threads add to. */
static void add_to_list(relative *list, relative *next, const void *record)
{
	relative head = __atomic_load_n(list, __ATOMIC_RELAXED);

	do {
		*next = relative_to(next, relative_follow(list, head));
		/* Release: a reader that follows the list, with acquire, sees a complete record. */
	} while (!__atomic_compare_exchange_n(list, &head, relative_to(list, record), false, __ATOMIC_RELEASE,
					      __ATOMIC_RELAXED));
}

/* -- Modules ------------------------------------------------------------------------------------------ */

/* Goes before a name that a library was loaded by, if the working directory still is the one that it is relative to. */
static void add_directory(struct text *path, const char *name)
{
	long size = raw_syscall(SYS_getcwd, (long)path->buf, (long)path->size, 0, 0, 0, 0);

	path->len = size > 1 && *path->buf == '/' ? (size_t)size - 1 : 0;
	if (path->len > 1)
		text_add_char(path, '/');
	text_add(path, name);
	if (path->is_cut || raw_access(path->buf, F_OK) != 0)
		*path = text_init(path->buf, path->size);
}

/* The program itself has no name there; in a sandbox it is called as it was when it was executed. */
static void name_module(struct code_module *module, const struct link_map *entry)
{
	const struct region_header *region = recorder_region();
	struct text path = text_init(module->path, sizeof(module->path));
	bool is_sandboxed = region && (__atomic_load_n(&region->flags, __ATOMIC_RELAXED) & REGION_SANDBOXED);
	long size;

	if (*entry->l_name) {
		if (*entry->l_name != '/' && !is_sandboxed)
			add_directory(&path, entry->l_name);
		if (!path.len)
			text_add(&path, entry->l_name);
		return;
	}
	if (is_sandboxed) {
		text_add(&path, region->executable);
		return;
	}
	size = raw_readlink("/proc/self/exe", module->path, sizeof(module->path) - 1);
	module->path[size > 0 ? size : 0] = '\0';
}

static struct code_module *make_module(struct thread_cache *thread, struct stack_table *table,
				       const struct code_object *object)
{
	struct code_module *module = NULL;
	size_t size;

	if (__atomic_load_n(&table->n_modules, __ATOMIC_RELAXED) < STACK_MODULES_MAX)
		module = thread_make_record(thread, sizeof(*module));
	if (!module)
		return NULL;
	const uint8_t *id = code_object_build_id(object, &size);

	module->number = __atomic_add_fetch(&table->n_modules, 1, __ATOMIC_RELAXED);
	module->start = object->start;
	module->end = object->end;
	module->bias = object->bias;
	module->mark = object->mark;
	if (id && size <= sizeof(module->build_id)) {
		module->build_id_size = (uint32_t)size;
		__builtin_memcpy(module->build_id, id, size);
	}
	name_module(module, object->entry);
	return module;
}

/* Two threads that come at once may make two, of which one stands in the index. */
static struct code_module *find_module(struct thread_cache *thread, struct stack_table *table,
				       struct stack_index *index, const struct code_object *object)
{
	for (unsigned int i = object->mark % STACK_MODULE_SLOTS;; i = (i + 1) % STACK_MODULE_SLOTS) {
		struct code_module *module = __atomic_load_n(&index->modules[i], __ATOMIC_ACQUIRE);

		if (module && module->mark == object->mark)
			return module;
		if (module)
			continue;
		struct code_module *made = make_module(thread, table, object);

		if (!made)
			return NULL;
		if (!__atomic_compare_exchange_n(&index->modules[i], &module, made, false, __ATOMIC_RELEASE,
						 __ATOMIC_ACQUIRE) &&
		    module->mark == object->mark)
			return module;
		add_to_list(&table->modules, &made->next, made);
		return made;
	}
}

uint64_t stack_table_frame(struct thread_cache *thread, struct stack_table *table, struct stack_index *index,
			   const struct unwind *unwind)
{
	uintptr_t behind = unwind_place(unwind) + 1;
	struct code_module *module =
		unwind->has_object ? find_module(thread, table, index, &unwind->object) : NULL;

	if (!module)
		return behind & ((UINT64_C(1) << STACK_PLACE_BITS) - 1);
	return (uint64_t)module->number << STACK_PLACE_BITS | (behind - module->bias);
}

/* -- Sites -------------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct stack_subject *subject, const struct stack_trace *trace)
{
	uint64_t hash = mix((uintptr_t)subject->info, (uint64_t)(uint32_t)subject->code << 8 | subject->kind);

	for (unsigned int i = 0; i < trace->n_frames; i++)
		hash = mix(hash, trace->frames[i]);
	return hash;
}

static bool is_site_of(const struct stack_site *site, uint64_t hash, const struct stack_trace *trace)
{
	if (site->hash != hash || site->n_frames != trace->n_frames)
		return false;
	for (unsigned int i = 0; i < trace->n_frames; i++)
		if (site->frames[i] != trace->frames[i])
			return false;
	return true;
}

static struct stack_site *make_site(struct thread_cache *thread, struct stack_table *table,
				    const struct stack_subject *subject, const struct stack_trace *trace, uint64_t hash)
{
	size_t frames_size = trace->n_frames * sizeof(trace->frames[0]);
	struct stack_site *site;

	if (__atomic_load_n(&table->n_sites, __ATOMIC_RELAXED) >= STACK_SITES_MAX)
		return NULL;
	site = thread_make_record(thread, (uint32_t)(sizeof(*site) + frames_size));
	if (!site)
		return NULL;
	site->info = relative_to(&site->info, subject->info);
	site->code = subject->code;
	site->kind = (uint8_t)subject->kind;
	site->flags = trace->is_cut ? STACK_IS_CUT : 0;
	site->n_frames = (uint16_t)trace->n_frames;
	site->hash = hash;
	__builtin_memcpy(site->frames, trace->frames, frames_size);
	return site;
}

/* The index never becomes more than half full, but for what several threads add at once. */
struct stack_site *stack_table_site(struct thread_cache *thread, struct stack_table *table, struct stack_index *index,
				    const struct stack_subject *subject, const struct stack_trace *trace)
{
	uint64_t hash = hash_of(subject, trace);
	struct stack_site *made = NULL;

	for (unsigned int i = hash % STACK_INDEX_SLOTS, tried = 0; tried < STACK_INDEX_SLOTS; tried++) {
		struct stack_site *site = __atomic_load_n(&index->sites[i], __ATOMIC_ACQUIRE);

		if (!site && !made)
			made = make_site(thread, table, subject, trace, hash);
		if (!site && !made)
			return NULL;
		if (!site && __atomic_compare_exchange_n(&index->sites[i], &site, made, false, __ATOMIC_RELEASE,
							 __ATOMIC_ACQUIRE)) {
			__atomic_fetch_add(&table->n_sites, 1, __ATOMIC_RELAXED);
			add_to_list(&table->sites, &made->next, made);
			return made;
		}
		if (is_site_of(site, hash, trace))
			return site;
		i = (i + 1) % STACK_INDEX_SLOTS;
	}
	return NULL;
}

/* -- Slow calls --------------------------------------------------------------------------------------- */

static struct stack_events *find_events(struct region_header *region, struct stack_table *table)
{
	struct stack_events *events = relative_get(&table->events);
	relative none = 0;

	if (events)
		return events;
	events = region_take(region, sizeof(*events));
	if (!events)
		return NULL;
	/* Release: pairs with the acquire of relative_get(). */
	__atomic_compare_exchange_n(&table->events, &none, relative_to(&table->events, events), false,
				    __ATOMIC_RELEASE, __ATOMIC_RELAXED);
	return relative_get(&table->events);
}

void stack_table_prepare_events(struct region_header *region, struct stack_table *table)
{
	find_events(region, table);
}

void stack_table_add_event(struct region_header *region, struct stack_table *table, const struct stack_event *event,
			   const struct stack_site *site)
{
	struct stack_events *events = find_events(region, table);

	if (!events)
		return;
	uint64_t number = __atomic_fetch_add(&events->n_events, 1, __ATOMIC_RELAXED);
	struct stack_event *kept = &events->event[number % STACK_EVENTS];

	*kept = *event;
	kept->site = relative_to(&kept->site, site);
}
