// SPDX-License-Identifier: MIT
/*
 * rule.h - when a difference is too much: METRIC COMPARISON LIMIT.
 *
 *     memory.calls > +5%           more than five percent more than before
 *     open.errors.ENOENT > +100    more than a hundred more than before
 *     errors > 0                   any, whatever there was before
 *     program:gcc/read.bytes > 1GiB
 *     test:io?/bytes > +10%        in any such test; each is looked at by itself
 *     p99 >= +2ms
 *
 * The metric is one of model/measure.h. The comparison, one of > >= < <=, is with the figure after the change; a limit
 * with a sign is of how much it has changed: "+5%" more, "-5%" less than before. Bytes and times may have a unit.
 */
#ifndef SONDE_TOOL_RULE_H
#define SONDE_TOOL_RULE_H

#include <stdbool.h>

#include "model/comparison.h"
#include "model/message.h"

struct rule {
	const char *text; /* as it was given */
	char *copy;	  /* of the metric's strings */
	struct measure metric; /* its test is a pattern as of a shell */
	bool wants_more; /* > or >=, else < or <= */
	bool may_equal;
	bool is_change;
	bool is_percent;
	double limit;
};

/* A rule that `text` states, which must live as long. 0; -EINVAL with ret_message set; -ENOMEM. */
int rule_init(struct rule *rule, const char *text, struct message *ret_message);
void rule_deinit(struct rule *rule);

/*
 * Whether the rule is met, that is, broken by the program, or by `test` of it, which must be NULL where the rule is not
 * of tests. A figure that a side does not have is 0 there. ret_change is what it was held against.
 */
bool rule_is_breached(const struct rule *rule, const char *test, const struct side *before, const struct side *after,
		      struct change *ret_change);

/*
 * Whether it is to be asked of a test. One that is new or gone has not changed: a limit with a sign is asked of those
 * that both sides have.
 */
bool rule_is_of_test(const struct rule *rule, const char *test, const struct side *before, const struct side *after);

#endif
