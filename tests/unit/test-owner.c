// SPDX-License-Identifier: MIT
/*
 * Each test updates words in a loop while a signal handler updates the same words; then the totals
 * must be equal to what both did. On x86-64 the processor's trap flag has the handler run after
 * every single instruction, so no gap between two instructions is missed; elsewhere a timer
 * interrupts as often as it can.
 */
#include "config.h"

#include "base/owner.h"

#include <signal.h>
#include <stdint.h>
#include <sys/time.h>

#include "unit.h"

#if defined(__x86_64__)

enum { STORM_SIGNAL = SIGTRAP, STORM_IS_TOTAL = 1 };

/* Below the red zone, since the compiler does not know that the stack is used. */
static void storm_begin(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
			 "pushfq\n\t"
			 "orq $0x100, (%%rsp)\n\t"
			 "popfq\n\t"
			 "lea 128(%%rsp), %%rsp"
			 :
			 :
			 : "cc", "memory");
}

static void storm_end(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\t"
			 "pushfq\n\t"
			 "andq $~0x100, (%%rsp)\n\t"
			 "popfq\n\t"
			 "lea 128(%%rsp), %%rsp"
			 :
			 :
			 : "cc", "memory");
}

#else

enum { STORM_SIGNAL = SIGALRM, STORM_IS_TOTAL = 0 };

static void storm_set_period(long us)
{
	struct itimerval period = {.it_interval.tv_usec = us, .it_value.tv_usec = us};

	setitimer(ITIMER_REAL, &period, NULL);
}

static void storm_begin(void)
{
	storm_set_period(20);
}

static void storm_end(void)
{
	storm_set_period(0);
}

#endif

enum {
	N_INTERRUPTIONS = 500,
	/*
	 * A loop that tries until its word has not changed would never end if every trial were
	 * disturbed. A prime number, so that in the course of the loop every instruction has its
	 * turn.
	 */
	SIGNALS_PER_INTERRUPTION = STORM_IS_TOTAL ? 37 : 1,
};

static uint64_t counter, smallest, largest, replaced;
static uint32_t slots;
static uint64_t unsafe_counter;
static volatile uint64_t n_signals, n_interruptions;
static uint64_t n_replaced_by_handler;

static void replace_until_done(uint64_t *ret_n)
{
	for (;;) {
		uint64_t seen = __atomic_load_n(&replaced, __ATOMIC_RELAXED);

		if (owner_replace64(&replaced, seen, seen + 1))
			break;
	}
	++*ret_n;
}

static void interrupt(int signal)
{
	(void)signal;
	if (++n_signals % SIGNALS_PER_INTERRUPTION != 0)
		return;
	n_interruptions++;
	owner_add(&counter, 1);
	owner_fetch_add(&slots, 1);
	owner_min(&smallest, UINT64_MAX - 2 * n_interruptions);
	owner_max(&largest, 2 * n_interruptions);
	replace_until_done(&n_replaced_by_handler);
	__atomic_store_n(&unsafe_counter, unsafe_counter + 1, __ATOMIC_RELAXED);
}

/* Calls update over and over while handlers run, and returns how often it did. */
static uint64_t update_under_fire(void (*update)(uint64_t i))
{
	struct sigaction action = {.sa_handler = interrupt};
	uint64_t n = 0;

	n_interruptions = 0;
	sigaction(STORM_SIGNAL, &action, NULL);
	storm_begin();
	while (n_interruptions < N_INTERRUPTIONS)
		update(n++);
	storm_end();
	signal(STORM_SIGNAL, SIG_IGN);
	return n;
}

static void add_one(uint64_t i)
{
	(void)i;
	owner_add(&counter, 1);
}

static void additions_survive(void)
{
	counter = 0;
	uint64_t n = update_under_fire(add_one);
	CU_ASSERT_EQUAL(counter, n + n_interruptions);
}

static void add_in_two_steps(uint64_t i)
{
	(void)i;
	uint64_t seen = __atomic_load_n(&unsafe_counter, __ATOMIC_RELAXED);
	__asm__ volatile("" : : : "memory");
	__atomic_store_n(&unsafe_counter, seen + 1, __ATOMIC_RELAXED);
}

static void the_storm_is_fierce_enough(void)
{
	unsafe_counter = 0;
	uint64_t n = update_under_fire(add_in_two_steps);
	CU_ASSERT(unsafe_counter < n + n_interruptions);
}

static uint32_t last_slot;
static uint64_t n_repeated;

static void take_slot(uint64_t i)
{
	uint32_t slot = owner_fetch_add(&slots, 1);

	if (i > 0 && slot <= last_slot)
		n_repeated++;
	last_slot = slot;
}

static void no_slot_is_taken_twice(void)
{
	slots = 0;
	n_repeated = 0;
	uint64_t n = update_under_fire(take_slot);
	CU_ASSERT_EQUAL(slots, n + n_interruptions);
	CU_ASSERT_EQUAL(n_repeated, 0);
}

static uint64_t n_replaced_by_loop;

static void replace_one(uint64_t i)
{
	(void)i;
	replace_until_done(&n_replaced_by_loop);
}

static void replacements_survive(void)
{
	replaced = n_replaced_by_loop = n_replaced_by_handler = 0;
	update_under_fire(replace_one);
	CU_ASSERT_EQUAL(replaced, n_replaced_by_loop + n_replaced_by_handler);
}

/* Always below what the next handler notes, so that a handler's value that is lost stays lost. */
static void note_lesser_extremes(uint64_t i)
{
	uint64_t seen = n_interruptions;
	uint64_t lesser = seen > 0 ? 2 * seen - 1 : 0;

	(void)i;
	owner_min(&smallest, UINT64_MAX - lesser);
	owner_max(&largest, lesser);
}

static void extremes_survive(void)
{
	smallest = UINT64_MAX;
	largest = 0;
	update_under_fire(note_lesser_extremes);
	CU_ASSERT_EQUAL(smallest, UINT64_MAX - 2 * n_interruptions);
	CU_ASSERT_EQUAL(largest, 2 * n_interruptions);
}

static void a_changed_word_is_not_replaced(void)
{
	uint64_t wide = 5;
	int32_t narrow = 5;

	CU_ASSERT_FALSE(owner_replace64(&wide, 4, 9));
	CU_ASSERT_FALSE(owner_replace32(&narrow, 4, 9));
	CU_ASSERT_EQUAL(wide, 5);
	CU_ASSERT_EQUAL(narrow, 5);
	CU_ASSERT_TRUE(owner_replace64(&wide, 5, 9));
	CU_ASSERT_TRUE(owner_replace32(&narrow, 5, -9));
	CU_ASSERT_EQUAL(wide, 9);
	CU_ASSERT_EQUAL(narrow, -9);
}

UNIT_MAIN("owner",
	  {"a load and a store lose additions to signal handlers here", the_storm_is_fierce_enough},
	  {"no addition is lost to a signal handler", additions_survive},
	  {"a signal handler and the code it interrupts never take the same slot",
	   no_slot_is_taken_twice},
	  {"no replacement is lost to a signal handler", replacements_survive},
	  {"the smallest and largest value are kept whoever saw them", extremes_survive},
	  {"a word that has changed is not replaced", a_changed_word_is_not_replaced})
