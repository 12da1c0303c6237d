// SPDX-License-Identifier: MIT
/*
 * Failures can be many, and their stacks few: of each way and code the first failures are looked at closely, and of the
 * later ones fewer and fewer; those in between are added to the last stack. The way is the innermost frames, up to the first
 * that is of another object than the caller: a few steps that are cheap, so that wrappers of the program's own are told by who
 * calls them. No rare failure is missed because of a frequent one, and only stacks that part farther out than that may be
 * taken for each other.
 *
 * A call's turn is chosen as its timing is: at random intervals, so as to be in step with no loop. Of calls that are
 * timed by sample, one that is timed counts for those that were not.
 */
#include "config.h"

#include "record/stacks.h"

#include "base/raw.h"
#include "record/heap-samples.h"
#include "record/process.h"
#include "record/stack-table.h"
#include "record/thread.h"

#include <signal.h>

enum {
	LOOKS_CLOSELY = 16, /* at so many failures of one kind */
	LOOKS_SHARE = 8,    /* then from one stack to the next, so many times fewer than there were */
	LOOKS_SELDOM = 1000,
	LOOKS_TIMED = 16,   /* one look in so many is timed */
	WAY_FRAMES = 8,
	ROOM = 3072,        /* of stack, for the walk */
	ROOM_OF_HANDLERS = 16 * 1024, /* on a stack that the program has given: below it may be anything */
	NEAR = 64 * 1024,   /* a stack that begins so much lower is still the same */
};

/* All that one stack is taken with. */
struct taking {
	struct region_header *region;
	struct thread_cache *thread;
	struct stack_table *table;
	struct stack_index *index;
	struct unwind unwind;
	uintptr_t own_start; /* our own code */
	uintptr_t own_end;
};

static KEPT uint32_t has_begun;

void stacks_begin(void)
{
	has_begun = 1;
}

static bool is_sandboxed(const struct region_header *region)
{
	return __atomic_load_n(&region->flags, __ATOMIC_RELAXED) & REGION_SANDBOXED;
}

static bool open_records(struct taking *taking)
{
	taking->region = recorder_region();
	taking->thread = recorder_thread;
	taking->table = NULL;
	if (!has_begun || !taking->region || !taking->thread || !taking->thread->block || !code_object_are_known())
		return false;
	taking->index = stack_index_find(is_sandboxed(taking->region));
	taking->table = taking->index ? stack_table_find(taking->thread, taking->region) : NULL;
	return taking->table != NULL;
}

/* A page that can grow there, grows. */
static bool has_room(const struct unwind *unwind)
{
	uintptr_t needed = (uintptr_t)__builtin_frame_address(0) - ROOM;

	return !unwind->may_ask || !((needed ^ (needed + ROOM)) & ~(uintptr_t)4095) ||
	       raw_syscall(SYS_rt_sigprocmask, -1, (long)(needed & ~(uintptr_t)7), 0, 8, 0, 0) == -EINVAL;
}

/* A stack has all pages from where it is now up to where it was found to reach. */
static void use_asked_before(struct unwind *unwind, const struct thread_cache *thread)
{
	uintptr_t page = unwind->stack_pointer & ~(uintptr_t)4095;

	if (page >= thread->stack_to || thread->stack_from > page + NEAR)
		return;
	unwind->readable_from = page;
	unwind->readable_to = thread->stack_to;
}

static bool is_in_own(const struct taking *taking)
{
	return taking->unwind.address >= taking->own_start && taking->unwind.address < taking->own_end;
}

/*
 * Below a thread's stack there is nothing, but below one that the program has given to its signal handlers there may be what
 * it would miss. The kernel is asked once for each part of a stack.
 */
static bool is_stack_large(struct thread_cache *thread, const struct unwind *unwind)
{
	uintptr_t at = unwind->stack_pointer;
	stack_t stack;

	if (!unwind->may_ask || (at >= thread->usual_from && at <= thread->usual_to) ||
	    raw_syscall(SYS_sigaltstack, 0, (long)&stack, 0, 0, 0, 0) < 0)
		return true;
	if (stack.ss_flags & SS_ONSTACK)
		return at - (uintptr_t)stack.ss_sp >= ROOM_OF_HANDLERS;
	bool is_near = at + NEAR >= thread->usual_from && at <= thread->usual_to + NEAR;

	/* Not across what may lie between two stacks. */
	if (!is_near || at < thread->usual_from)
		thread->usual_from = at;
	if (!is_near || at > thread->usual_to)
		thread->usual_to = at;
	return true;
}

/* Goes to whoever has called us. False: there is nobody, or no room to look. */
static __attribute__((noinline)) bool find_caller(struct taking *taking)
{
	struct unwind *unwind = &taking->unwind;

	UNWIND_BEGIN(unwind, &taking->index->steps);
	if (is_sandboxed(taking->region)) {
		unwind->may_ask = false;
		use_asked_before(unwind, taking->thread);
	}
	if (!is_stack_large(taking->thread, unwind))
		return false;
	taking->own_start = unwind->object.start;
	taking->own_end = unwind->object.end;
	do {
		if (!unwind_step(unwind))
			return false;
	} while (is_in_own(taking));
	return true;
}

static void note_shortage(struct stack_table *table, enum stack_shortage shortage)
{
	__atomic_fetch_add(&table->shortages[shortage], 1, __ATOMIC_RELAXED);
}

void stacks_note_shortage(enum stack_shortage shortage)
{
	struct taking taking;

	if (open_records(&taking))
		note_shortage(taking.table, shortage);
}

/* From the caller on. Where libc calls what we watch for a call of the program's, there is one of our wrappers in between. */
static void walk(struct taking *taking, struct stack_trace *trace)
{
	unsigned int depth = recorder_session.settings.stacks.depth;
	struct unwind *unwind = &taking->unwind;

	if (depth > STACK_DEPTH_MAX || depth == 0)
		depth = STACK_DEPTH_MAX;
	trace->n_frames = 0;
	trace->is_cut = false;
	do {
		if (is_in_own(taking))
			continue;
		trace->frames[trace->n_frames++] =
			stack_table_frame(taking->thread, taking->table, taking->index, unwind);
		trace->is_cut = trace->n_frames == depth;
	} while (!trace->is_cut && unwind_step(unwind));
}

/* Apart, for what it needs of the stack. */
static __attribute__((noinline)) struct stack_site *take_all(struct taking *taking, const struct stack_subject *subject)
{
	struct stack_trace trace;

	walk(taking, &trace);
	return stack_table_site(taking->thread, taking->table, taking->index, subject, &trace);
}

static __attribute__((noinline)) struct stack_site *take_caller(struct taking *taking,
								const struct stack_subject *subject)
{
	struct stack_trace trace;

	trace.n_frames = 1;
	trace.is_cut = true;
	trace.frames[0] = stack_table_frame(taking->thread, taking->table, taking->index, &taking->unwind);
	return stack_table_site(taking->thread, taking->table, taking->index, subject, &trace);
}

/* The site of the stack. NULL: there is no room for it. */
static struct stack_site *take(struct taking *taking, const struct stack_subject *subject)
{
	const struct clock_calibration *clock = &recorder_session.settings.clock;
	uint64_t start = clock_last_ticks(clock);
	struct stack_site *site = has_room(&taking->unwind) ? take_all(taking, subject) : take_caller(taking, subject);
	uint64_t ticks = clock_last_ticks(clock) - start;

	__atomic_fetch_add(&taking->table->walks, 1, __ATOMIC_RELAXED);
	if ((int64_t)ticks > 0)
		__atomic_fetch_add(&taking->table->walk_ticks, ticks, __ATOMIC_RELAXED);
	return site;
}

static void raise_to(uint64_t *word, uint64_t value)
{
	uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

	while (value > seen &&
	       !__atomic_compare_exchange_n(word, &seen, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static void add(uint64_t *word, uint64_t amount)
{
	__atomic_fetch_add(word, amount, __ATOMIC_RELAXED);
}

static struct stack_figures *figures_of(struct taking *taking, struct stack_site *site, enum stack_kind kind)
{
	if (site)
		return &site->figures;
	note_shortage(taking->table, STACK_TABLE_FULL);
	return &taking->table->others[kind];
}

/* So many calls, of which one took so long. */
static void add_calls(struct stack_figures *figures, uint64_t weight, uint64_t ns)
{
	add(&figures->count, weight * STACK_SCALE);
	add(&figures->sum_ns, ns * weight);
	raise_to(&figures->max_ns, ns);
}

/* A stack that stands for `weight` calls, of which this one took so long. */
static struct stack_site *count(struct taking *taking, const struct stack_subject *subject, uint64_t weight,
				uint64_t ns)
{
	struct stack_site *site = take(taking, subject);
	struct stack_figures *figures = figures_of(taking, site, subject->kind);

	add(&figures->samples, 1);
	add_calls(figures, weight, ns);
	return site;
}

/* -- Sandboxes --------------------------------------------------------------------------------------- */

void stacks_prepare_for_sandbox(void)
{
	const struct stack_settings *settings = &recorder_session.settings.stacks;
	struct taking taking;

	if ((!settings->looks_at_failures && !settings->allocated) || !open_records(&taking))
		return;
	heap_prepare();
	if (settings->slower_ns != UINT64_MAX)
		stack_table_prepare_events(taking.region, taking.table);
	/* The modules that it has by now, as far as they are on this stack. */
	if (find_caller(&taking)) {
		struct stack_trace trace;

		walk(&taking, &trace);
	}
	taking.thread->stack_from = taking.unwind.readable_from;
	taking.thread->stack_to = taking.unwind.readable_to;
}

/* -- Turns and slow calls ----------------------------------------------------------------------------- */

/* How many calls a timed one stands for. */
static uint64_t timed_weight(const struct call_info_record *info)
{
	uint64_t period = recorder_session.settings.period[info->id];

	return period > 1 && !(info->flags & CALL_ALWAYS_TIMED) ? period : 1;
}

/* The first of two different numbers up to 2 `every`: as far as the next turn is from anywhere between turns. */
static int64_t first_turn(struct thread_cache *thread, uint64_t every)
{
	uint64_t one = thread_next_random(thread) % (2 * every);
	uint64_t other = thread_next_random(thread) % (2 * every - 1);

	other += other >= one;
	return 1 + (int64_t)(one < other ? one : other);
}

/*
 * Turns come at random intervals, one in `every` calls on average, and this call stands for several, on which more than one
 * may fall: so what is counted is right on average, however few calls a thread makes. How many calls the turns stand for.
 */
static uint64_t take_turns(struct thread_cache *thread, const struct call_info_record *info, uint64_t every)
{
	uint64_t weight = timed_weight(info);
	uint64_t n_turns = 0;

	if (weight >= every)
		return weight;
	/* A thread that has not begun, or that has chosen when there were fewer turns. */
	if (!thread->until_turn || thread->until_turn >= 2 * (int64_t)every)
		thread->until_turn = first_turn(thread, every);
	thread->until_turn -= (int64_t)weight;
	for (; thread->until_turn <= 0; n_turns++)
		thread->until_turn += 1 + (int64_t)(thread_next_random(thread) % (2 * every - 1));
	return n_turns * every;
}

static struct call_info_record *info_of(struct call_stats *stats)
{
	return relative_get(&stats->info);
}

static void take_slow(struct taking *taking, struct call_info_record *info, int code, uint64_t start_ticks,
		      uint64_t ns)
{
	const struct stack_subject subject = {.info = info, .kind = STACK_SLOW, .code = code};
	const struct stack_event event = {.start_ticks = start_ticks, .ns = ns, .tid = taking->thread->tid};
	struct stack_site *site = count(taking, &subject, timed_weight(info), ns);

	stack_table_add_event(taking->region, taking->table, &event, site);
}

/* A timed call, which has failed where the code is not 0. */
static __attribute__((noinline)) void look_at_timed(struct call_stats *stats, int code, uint64_t start_ticks,
						    uint64_t ns)
{
	const struct stack_settings *settings = &recorder_session.settings.stacks;
	struct call_info_record *info = info_of(stats);
	uint32_t every = settings->every;
	struct taking taking;
	bool is_slow = ns >= settings->slower_ns;

	if (!info || !open_records(&taking))
		return;
	uint64_t turns = every ? take_turns(taking.thread, info, every) : 0;

	if (!is_slow && !turns)
		return;
	if (!find_caller(&taking)) {
		note_shortage(taking.table, STACK_UNKNOWN);
		return;
	}
	struct unwind caller = taking.unwind;

	if (is_slow)
		take_slow(&taking, info, code, start_ticks, ns);
	taking.unwind = caller;
	if (turns) {
		const struct stack_subject subject = {.info = info, .kind = STACK_EVERY};

		count(&taking, &subject, turns, ns);
	}
}

void stacks_finished(struct call_stats *stats, uint64_t start_ticks, uint64_t ns)
{
	if (process_owns(stats))
		look_at_timed(stats, 0, start_ticks, ns);
}

/* -- Failures ----------------------------------------------------------------------------------------- */

/* Of the caller, who has called it, and so on; with a copy, so that the stack can be taken from the caller on. */
static __attribute__((noinline)) uint64_t way_from(struct unwind unwind)
{
	uint64_t way = unwind.address;
	bool goes_on = true;

	for (int i = 1; i < WAY_FRAMES && goes_on; i++) {
		goes_on = unwind_step_within(&unwind);
		way = way * UINT64_C(0xff51afd7ed558ccd) + unwind.address;
	}
	return way;
}

/* Of a way, a call and its code. */
static uint64_t key_of(const struct taking *taking, const struct call_info_record *info, int code)
{
	return way_from(taking->unwind) * UINT64_C(0x9e3779b97f4a7c15) ^
	       ((uintptr_t)info << 16) * UINT64_C(0xff51afd7ed558ccd) ^ (uint64_t)(uint32_t)code << 40;
}

static struct stack_look *find_look(struct taking *taking, uint64_t key)
{
	struct stack_look *look = &taking->index->looks[(key ^ key >> 32) % STACK_LOOK_SLOTS];

	if (__atomic_load_n(&look->key, __ATOMIC_RELAXED) == key)
		return look;
	/* Another one was here, and goes. Release: who sees the key sees no figures of the other's. */
	__atomic_store_n(&look->figures, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&look->count, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&look->left, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&look->key, key, __ATOMIC_RELEASE);
	return look;
}

/* Figures are kept for the next failure of the kind, unless the place is another kind's by now. */
static void keep_figures(struct stack_look *look, uint64_t key, struct stack_figures *figures)
{
	__atomic_store_n(&look->figures, figures, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&look->key, __ATOMIC_SEQ_CST) != key)
		__atomic_store_n(&look->figures, NULL, __ATOMIC_RELAXED);
}

/* Where the failure is to be added without a stack of its own: to the last one of its kind. NULL: its stack is taken. */
static struct stack_figures *choose(struct stack_look *look, struct thread_cache *thread)
{
	struct stack_figures *figures = __atomic_load_n(&look->figures, __ATOMIC_RELAXED);
	uint32_t n = __atomic_add_fetch(&look->count, 1, __ATOMIC_RELAXED);
	uint32_t left = __atomic_load_n(&look->left, __ATOMIC_RELAXED);
	uint32_t gap = n / LOOKS_SHARE < LOOKS_SELDOM ? n / LOOKS_SHARE : LOOKS_SELDOM;

	if (figures && n > LOOKS_CLOSELY && left > 0) {
		__atomic_store_n(&look->left, left - 1, __ATOMIC_RELAXED);
		return figures;
	}
	__atomic_store_n(&look->left, (uint32_t)(thread_next_random(thread) % (2 * gap + 1)), __ATOMIC_RELAXED);
	return NULL;
}

/* One failure in a few says what looking at one costs. */
static void add_look(struct taking *taking, uint64_t start)
{
	add(&taking->table->looks, 1);
	if (!start)
		return;
	uint64_t ticks = clock_last_ticks(&recorder_session.settings.clock) - start;

	if ((int64_t)ticks > 0)
		add(&taking->table->look_ticks, LOOKS_TIMED * ticks);
}

static void look_at_failure(struct call_stats *stats, int code, uint64_t ns)
{
	struct stack_subject subject = {.info = info_of(stats), .kind = STACK_FAILURE, .code = code};
	struct taking taking;

	if (!subject.info || !open_records(&taking))
		return;
	uint64_t start = taking.table->looks % LOOKS_TIMED ? 0 : clock_last_ticks(&recorder_session.settings.clock);

	if (!find_caller(&taking)) {
		note_shortage(taking.table, STACK_UNKNOWN);
		return;
	}
	uint64_t key = key_of(&taking, subject.info, code);
	struct stack_look *look = find_look(&taking, key);
	struct stack_figures *figures = choose(look, taking.thread);

	/* Another thread's kind has taken the place. */
	if (__atomic_load_n(&look->key, __ATOMIC_ACQUIRE) != key)
		figures = NULL;
	add_look(&taking, start);
	if (figures) {
		add_calls(figures, 1, ns);
		return;
	}
	struct stack_site *site = count(&taking, &subject, 1, ns);

	figures = site ? &site->figures : &taking.table->others[STACK_FAILURE];
	keep_figures(look, key, figures);
}

void stacks_failed(struct call_stats *stats, int code, uint64_t start_ticks, uint64_t now_ticks)
{
	const struct stack_settings *settings = &recorder_session.settings.stacks;
	uint64_t ns = start_ticks ? clock_interval_ns(&recorder_session.settings.clock, start_ticks, now_ticks) : 0;

	if (!process_owns(stats))
		return;
	if (start_ticks && ns >= settings->look_ns)
		look_at_timed(stats, code, start_ticks, ns);
	if (settings->failures)
		look_at_failure(stats, code, ns);
}

/* -- Allocations -------------------------------------------------------------------------------------- */

struct stack_figures *stacks_allocated(struct call_stats *stats, uint64_t n, uint64_t bytes)
{
	struct stack_subject subject = {.info = info_of(stats), .kind = STACK_ALLOCATION};
	struct stack_site *site = NULL;
	struct taking taking;

	if (!subject.info || !process_owns(stats) || !open_records(&taking))
		return NULL;
	if (find_caller(&taking))
		site = take(&taking, &subject);
	else
		note_shortage(taking.table, STACK_UNKNOWN);
	struct stack_figures *figures = figures_of(&taking, site, STACK_ALLOCATION);

	add(&figures->samples, 1);
	add(&figures->count, n);
	add(&figures->bytes, bytes);
	add(&figures->live_count, n);
	raise_to(&figures->peak_bytes, __atomic_add_fetch(&figures->live_bytes, bytes, __ATOMIC_RELAXED));
	raise_to(&taking.table->peak_bytes, __atomic_add_fetch(&taking.table->live_bytes, bytes, __ATOMIC_RELAXED));
	return figures;
}

void stacks_freed(struct stack_figures *figures, uint64_t n, uint64_t bytes)
{
	struct region_header *region = recorder_region();
	struct stack_table *table = region ? relative_get(&region->stacks) : NULL;

	if (!table || !process_owns(figures))
		return;
	__atomic_fetch_sub(&figures->live_count, n, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&figures->live_bytes, bytes, __ATOMIC_RELAXED);
	__atomic_fetch_sub(&table->live_bytes, bytes, __ATOMIC_RELAXED);
}
