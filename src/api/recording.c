// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/recording.h"

#include "api/events.h"
#include "base/number-bits.h"

static int add_nothing(struct metric *metric, uint64_t amount)
{
	(void)metric;
	(void)amount;
	return SONDE_ESHUTDOWN;
}

/* -- Recorded, and told ----------------------------------------------------------------------- */

static int add_and_tell(struct metric *metric, uint64_t amount)
{
	int error = instance.engine->add(metric, amount);

	if (!error)
		events_tell(metric, amount);
	return error;
}

static bool tell_if(bool is_recorded, struct metric *metric, uint64_t bits)
{
	if (is_recorded)
		events_tell(metric, bits);
	return is_recorded;
}

static bool add_fraction_and_tell(struct metric *metric, double amount)
{
	return tell_if(instance.engine->add_fraction(metric, amount), metric, bits_of(amount));
}

static bool set_and_tell(struct metric *metric, double value)
{
	return tell_if(instance.engine->set(metric, value), metric, bits_of(value));
}

static bool change_and_tell(struct metric *metric, double difference, double *ret_value)
{
	bool is_recorded = instance.engine->change(metric, difference, ret_value);

	/* There is no value if it is not. */
	if (is_recorded)
		events_tell(metric, bits_of(*ret_value));
	return is_recorded;
}

static bool enter_and_tell(struct metric *metric, double value)
{
	return tell_if(instance.engine->enter(metric, value), metric, bits_of(value));
}

static bool enter_ns_and_tell(struct metric *metric, uint64_t ns)
{
	return tell_if(instance.engine->enter_ns(metric, ns), metric, ns);
}

/* -- Choice ----------------------------------------------------------------------------------- */

#define CHOOSE(sonde, function, chosen)                                                            \
	__atomic_store_n(&(sonde)->recording.function, chosen, __ATOMIC_RELAXED)

static void choose_telling(struct sonde *sonde)
{
	CHOOSE(sonde, add, add_and_tell);
	CHOOSE(sonde, add_fraction, add_fraction_and_tell);
	CHOOSE(sonde, set, set_and_tell);
	CHOOSE(sonde, change, change_and_tell);
	CHOOSE(sonde, enter, enter_and_tell);
	CHOOSE(sonde, enter_ns, enter_ns_and_tell);
}

static void choose_plain(struct sonde *sonde, const struct engine *engine)
{
	CHOOSE(sonde, add, engine->add);
	CHOOSE(sonde, add_fraction, engine->add_fraction);
	CHOOSE(sonde, set, engine->set);
	CHOOSE(sonde, change, engine->change);
	CHOOSE(sonde, enter, engine->enter);
	CHOOSE(sonde, enter_ns, engine->enter_ns);
}

/* The hottest of all: nobody asks whether it is over. All others do. */
void recording_end(struct sonde *sonde)
{
	CHOOSE(sonde, add, add_nothing);
}

void recording_choose(struct sonde *sonde, const struct engine *engine)
{
	if (events_are_wanted())
		choose_telling(sonde);
	else
		choose_plain(sonde, engine);
	if (__atomic_load_n(&sonde->is_shut_down, __ATOMIC_SEQ_CST))
		recording_end(sonde);
}
