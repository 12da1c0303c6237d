// SPDX-License-Identifier: MIT
#include "shared/sources.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "unit.h"

#define KEEP_NS INT64_C(1000)

/* As far as the list looks at it. */
struct sonde_snapshot {
	struct sonde_tag tag;
	struct sonde_snapshot_info info;
	int n_references;
};

static int64_t now_ns;
static int n_left_out;

static void *plain_alloc(const struct sonde_host *host, size_t size)
{
	(void)host;
	return calloc(1, size);
}

static void *plain_realloc(const struct sonde_host *host, void *memory, size_t size)
{
	(void)host;
	return realloc(memory, size);
}

static void plain_free(const struct sonde_host *host, void *memory)
{
	(void)host;
	free(memory);
}

static int64_t get_now(void)
{
	return now_ns;
}

static const struct sonde_snapshot *ref(const struct sonde_snapshot *snapshot)
{
	((struct sonde_snapshot *)snapshot)->n_references++;
	return snapshot;
}

static void unref(const struct sonde_snapshot *snapshot)
{
	((struct sonde_snapshot *)snapshot)->n_references--;
}

static int get_info(const struct sonde_snapshot *snapshot, struct sonde_snapshot_info *ret_info)
{
	*ret_info = snapshot->info;
	return 0;
}

static void count(const struct sonde_host *host, const char *name, uint64_t amount)
{
	(void)host;
	(void)name;
	n_left_out += (int)amount;
}

static void say(const struct sonde_host *host, uint32_t level, uint32_t code, const char *format, ...)
{
	(void)host;
	(void)level;
	(void)code;
	(void)format;
}

static const struct sonde_host host = {
	.alloc = plain_alloc,
	.realloc = plain_realloc,
	.free = plain_free,
	.now_mono_ns = get_now,
	.snapshot_ref = ref,
	.snapshot_unref = unref,
	.snapshot_info = get_info,
	.counter_add = count,
	.log = say,
};

static struct sources sources;

static void begin(uint64_t memory)
{
	now_ns = 1;
	n_left_out = 0;
	sources = (struct sources){.host = &host, .keep_ns = KEEP_NS, .memory = memory};
}

/* A session's, which is one of several unless `flags` say otherwise. */
static struct sonde_snapshot make(const char *session, uint64_t sequence, uint32_t flags)
{
	return (struct sonde_snapshot){
		.tag = {"sonde.session", session},
		.info = {.flags = flags, .sequence = sequence, .n_source = 1, .size = 100, .n_series = 7},
	};
}

static int take(struct sonde_snapshot *snapshot)
{
	snapshot->info.source = &snapshot->tag;
	return sources_take(&sources, snapshot);
}

/* Whether these are all there are, in this order; NULL ends them. */
static bool has(const struct sonde_snapshot *first, ...)
{
	const struct sonde_snapshot *wanted = first;
	va_list others;
	size_t n;
	const struct sonde_snapshot **found = sources_get(&sources, &n);
	bool is_same = true;

	va_start(others, first);
	for (size_t i = 0; i < n; i++, wanted = wanted ? va_arg(others, const struct sonde_snapshot *) : NULL)
		is_same = is_same && found[i] == wanted;
	va_end(others);
	sources_put(&host, found, n);
	return is_same && !wanted;
}

enum { SEVERAL = SONDE_SNAPSHOT_ONE_OF_SEVERAL, LAST = SEVERAL | SONDE_SNAPSHOT_FINAL };

static void of_the_only_source_the_newest_is_there(void)
{
	struct sonde_snapshot one = make("a", 1, 0);
	struct sonde_snapshot two = make("a", 2, SONDE_SNAPSHOT_FINAL);

	begin(10);
	CU_ASSERT(has(NULL));
	CU_ASSERT_EQUAL(take(&one), 0);
	CU_ASSERT(has(&one, NULL));
	CU_ASSERT_EQUAL(take(&two), 0);
	now_ns += 10 * KEEP_NS;
	CU_ASSERT(has(&two, NULL));
	CU_ASSERT(sources_turn_ends(&sources, &one));
	sources_deinit(&sources);
	CU_ASSERT_EQUAL(one.n_references, 0);
	CU_ASSERT_EQUAL(two.n_references, 0);
}

static void of_several_each_has_its_place(void)
{
	struct sonde_snapshot a[] = {make("a", 1, SEVERAL), make("a", 2, SEVERAL)};
	struct sonde_snapshot b[] = {make("b", 1, SEVERAL), make("b", 2, SEVERAL)};

	begin(1000);
	take(&a[0]);
	take(&b[0]);
	CU_ASSERT(has(&a[0], &b[0], NULL));
	take(&b[1]);
	take(&a[1]);
	CU_ASSERT(has(&a[1], &b[1], NULL));
	sources_deinit(&sources);
	CU_ASSERT_EQUAL(a[0].n_references + a[1].n_references + b[0].n_references + b[1].n_references, 0);
}

static void one_that_has_ended_stays_for_its_time(void)
{
	struct sonde_snapshot a[] = {make("a", 1, SEVERAL), make("a", 2, LAST)};
	struct sonde_snapshot b = make("b", 1, SEVERAL);

	begin(1000);
	take(&a[0]);
	take(&b);
	take(&a[1]);
	now_ns += KEEP_NS - 1;
	CU_ASSERT(has(&a[1], &b, NULL));
	now_ns += 1;
	CU_ASSERT(has(&b, NULL));
	sources_deinit(&sources);
}

static void one_that_is_silent_has_ended(void)
{
	struct sonde_snapshot a = make("a", 1, SEVERAL);
	struct sonde_snapshot again = make("a", 2, SEVERAL);
	struct sonde_snapshot b[5];

	begin(1000);
	take(&a);
	for (uint64_t i = 0; i < 3; i++) {
		b[i] = make("b", i + 1, SEVERAL);
		take(&b[i]);
	}
	now_ns += 10 * KEEP_NS;
	CU_ASSERT(has(&a, &b[2], NULL)); /* two turns */
	b[3] = make("b", 4, SEVERAL);
	take(&b[3]);
	now_ns += KEEP_NS;
	CU_ASSERT(has(&b[3], NULL));
	take(&again);
	CU_ASSERT(has(&b[3], &again, NULL));
	sources_deinit(&sources);
}

static void one_that_is_offered_again_makes_nobody_silent(void)
{
	struct sonde_snapshot a = make("a", 1, SEVERAL);
	struct sonde_snapshot b = make("b", 1, SEVERAL);

	begin(1000);
	take(&a);
	for (int i = 0; i < 10; i++)
		take(&b);
	now_ns += 10 * KEEP_NS;
	CU_ASSERT(has(&a, &b, NULL));
	sources_deinit(&sources);
}

static void what_they_take_is_bounded(void)
{
	struct sonde_snapshot a = make("a", 1, LAST);
	struct sonde_snapshot b = make("b", 1, LAST);
	struct sonde_snapshot c = make("c", 1, SEVERAL);
	struct sonde_snapshot d = make("d", 1, SEVERAL);
	struct sonde_snapshot e = make("e", 1, SEVERAL);
	struct sonde_snapshot more = make("c", 2, SEVERAL);
	struct sonde_result result = {.struct_size = sizeof(result)};

	begin(200);
	take(&b);
	now_ns++;
	take(&a);
	CU_ASSERT_EQUAL(take(&c), 0);
	CU_ASSERT(has(&a, &c, NULL)); /* the one that ended first has left */
	CU_ASSERT_EQUAL(take(&d), 0);
	CU_ASSERT_EQUAL(take(&e), -ENOSPC);
	CU_ASSERT(has(&c, &d, NULL));
	CU_ASSERT_EQUAL(take(&more), 0);
	CU_ASSERT(has(&more, &d, NULL));
	CU_ASSERT_EQUAL(sources_refuse(&host, &e, &result), SONDE_PARTIAL);
	CU_ASSERT_EQUAL(result.rejected_points, 7);
	CU_ASSERT_EQUAL(n_left_out, 1);
	sources_deinit(&sources);
	CU_ASSERT_EQUAL(a.n_references + b.n_references + c.n_references + d.n_references + e.n_references +
				more.n_references,
			0);
}

static void a_turn_ends_with_the_agents_own(void)
{
	struct sonde_snapshot a = make("a", 1, SEVERAL);
	struct sonde_snapshot last = make("a", 2, LAST);
	struct sonde_snapshot own = make("17", 1, SEVERAL);

	begin(1000);
	own.tag.key = "sonde.agent";
	take(&a);
	take(&last);
	take(&own);
	CU_ASSERT_FALSE(sources_turn_ends(&sources, &a));
	CU_ASSERT(sources_turn_ends(&sources, &last));
	CU_ASSERT(sources_turn_ends(&sources, &own));
	sources_deinit(&sources);
}

UNIT_MAIN("source-list", {"of the only source the newest is there", of_the_only_source_the_newest_is_there},
	  {"of several each has its place", of_several_each_has_its_place},
	  {"one that has ended stays for its time", one_that_has_ended_stays_for_its_time},
	  {"one that is silent has ended", one_that_is_silent_has_ended},
	  {"one that is offered again makes nobody silent", one_that_is_offered_again_makes_nobody_silent},
	  {"what they take is bounded", what_they_take_is_bounded},
	  {"a turn ends with the agent's own", a_turn_ends_with_the_agents_own})
