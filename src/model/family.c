// SPDX-License-Identifier: MIT
/*
 * Images of one number stand in one chain, the newest first: the number of a process is used again by others. The
 * ended ones stand in a ring, too, and the oldest makes place for the next.
 */
#include "config.h"

#include "model/family.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/labels.h"
#include "model/region-marks.h"
#include "model/test-rule.h"

enum {
	CHAINS = 1024,
	/* A child tells its start a moment after it has seen its parent alive. */
	PARENT_SLACK_NS = 1000000000,
};

struct image {
	struct image *next;
	int pid;
	int64_t started_ns;
	int64_t ended_ns;  /* 0: it runs, or went on as another program */
	bool has_ended;    /* it stands in the ring */
	bool is_foreign;   /* its numbers are those of another pid namespace */
	bool is_forked;
	enum harness harness;
	enum harness started_by; /* what executed the process, if that was a harness */
	char *test;
	char *labels;
	char *label_test; /* the test of its own label */
	char *pytest;
	struct membership membership;
};

struct family {
	struct image *chains[CHAINS];
	struct image *ended[FAMILY_ENDED];
	size_t n_ended; /* ever */
	char *test;
};

/* -- Finding --------------------------------------------------------------------------------------- */

static struct image **chain_of(struct family *family, int pid)
{
	return &family->chains[(unsigned int)pid % CHAINS];
}

static struct image *find(const struct family *family, int pid, int64_t started_ns)
{
	struct image *image = family->chains[(unsigned int)pid % CHAINS];

	while (image && (image->pid != pid || image->started_ns != started_ns))
		image = image->next;
	return image;
}

/* The last image of a process that there was at a moment. */
static struct image *find_before(const struct family *family, const struct region_header *header, int pid)
{
	bool is_foreign = header->flags & REGION_FOREIGN_NAMESPACE;
	struct image *latest = NULL;

	for (struct image *image = family->chains[(unsigned int)pid % CHAINS]; image; image = image->next)
		if (image->pid == pid && image->is_foreign == is_foreign && image->started_ns < header->started_ns &&
		    (!latest || image->started_ns > latest->started_ns))
			latest = image;
	return latest;
}

/* What the process was before it executed this program. */
static struct image *find_predecessor(const struct family *family, const struct region_header *header)
{
	struct image *image = header->flags & REGION_FORKED ? NULL : find_before(family, header, header->pid);

	/* One that has ended otherwise was another process of this number. */
	return image && !image->ended_ns ? image : NULL;
}

static struct image *find_parent(const struct family *family, const struct region_header *header)
{
	struct image *image = find_before(family, header, header->parent_pid);

	/* A forked child has the number from its parent itself, and may outlive it for long before its first call. */
	if (image && image->ended_ns && !(header->flags & REGION_FORKED) && image->ended_ns + PARENT_SLACK_NS < header->started_ns)
		return NULL;
	return image;
}

/* -- Belonging ------------------------------------------------------------------------------------- */

/* What is known of an image while it is decided what it belongs to. */
struct arrival {
	const struct region_header *header;
	const struct image *predecessor; /* NULL: it is the process's first */
	const struct image *parent;
	const struct image *origin;      /* one of them; NULL: not known */
	struct words words;
	struct marks marks;
};

static char *copy(const char *text, bool *has_failed)
{
	char *copied = text ? strdup(text) : NULL;

	if (text && !copied)
		*has_failed = true;
	return copied;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static char *label_test_of(const char *labels)
{
	struct label_set set = {0};
	const char *test = label_set_parse(&set, labels) == 0 ? label_set_find(&set, TEST_LABEL) : NULL;
	char *copied = test && *test ? strdup(test) : NULL;

	label_set_deinit(&set);
	return copied;
}

static enum harness started_by(const struct arrival *arrival)
{
	if (arrival->predecessor)
		return arrival->predecessor->started_by;
	return arrival->parent ? arrival->parent->harness : HARNESS_NONE;
}

/* Whether the program is the first that a child of a harness executes. */
static bool is_executed_first(const struct arrival *arrival)
{
	return !(arrival->header->flags & REGION_FORKED) &&
	       (!arrival->predecessor || arrival->predecessor->is_forked);
}

/* The test that begins with this image; NULL: none does. */
static char *new_test(const struct arrival *arrival, const struct image *image)
{
	const struct image *origin = arrival->origin;

	if (image->label_test && !is_same(image->label_test, origin ? origin->label_test : NULL))
		return strdup(image->label_test);
	if (image->pytest && !is_same(image->pytest, origin ? origin->pytest : NULL))
		return strdup(image->pytest);
	/* A forked child has its parent's command line, and so its parent's marks. */
	if (arrival->header->flags & REGION_FORKED)
		return NULL;
	char *own = test_rule_own(&arrival->words);

	if (own || !is_executed_first(arrival))
		return own;
	return test_rule_child(image->started_by, &arrival->words);
}

/* 0 or -ENOMEM. */
static int belong(const struct family *family, const struct arrival *arrival, struct image *image)
{
	const struct image *origin = arrival->origin;
	const char *labels = arrival->marks.labels;
	bool has_failed = false;

	image->started_by = started_by(arrival);
	image->harness = test_rule_harness(&arrival->words);
	image->labels = copy(!*labels && origin ? origin->labels : labels, &has_failed);
	image->label_test = label_test_of(image->labels);
	image->pytest = *arrival->marks.test ? test_rule_pytest(arrival->marks.test)
		      : origin               ? copy(origin->pytest, &has_failed)
					     : NULL;
	image->test = new_test(arrival, image);
	if (!image->test)
		image->test = copy(origin ? origin->test : family->test, &has_failed);
	image->membership = (struct membership){image->test, image->labels};
	return has_failed ? -ENOMEM : 0;
}

static void image_free(struct image *image)
{
	if (!image)
		return;
	free(image->test);
	free(image->labels);
	free(image->label_test);
	free(image->pytest);
	free(image);
}

static int add(struct family *family, const struct arrival *arrival)
{
	const struct region_header *header = arrival->header;
	struct image **chain = chain_of(family, header->pid);
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return -ENOMEM;
	image->pid = header->pid;
	image->started_ns = header->started_ns;
	image->is_foreign = header->flags & REGION_FOREIGN_NAMESPACE;
	image->is_forked = header->flags & REGION_FORKED;
	if (belong(family, arrival, image) < 0) {
		image_free(image);
		return -ENOMEM;
	}
	image->next = *chain;
	*chain = image;
	return 0;
}

int family_add(struct family *family, const struct region_header *header, size_t size, bool may_be_orphan)
{
	struct arrival arrival = {
		.header = header,
		.predecessor = find_predecessor(family, header),
		.parent = find_parent(family, header),
		.words = words_of(header->command, REGION_COMMAND_SIZE - 1),
	};

	if (find(family, header->pid, header->started_ns))
		return 0;
	arrival.origin = arrival.predecessor ? arrival.predecessor : arrival.parent;
	if (!arrival.origin && !may_be_orphan)
		return FAMILY_ORPHAN;
	region_marks_find(header, size, &arrival.marks);
	int result = add(family, &arrival);

	return result == 0 && !arrival.origin ? FAMILY_ORPHAN : result;
}

/* -- The family ------------------------------------------------------------------------------------ */

struct family *family_new(const char *test)
{
	struct family *family = calloc(1, sizeof(*family));
	bool has_failed = false;

	if (!family)
		return NULL;
	family->test = copy(test && *test ? test : NULL, &has_failed);
	return has_failed ? family_free(family) : family;
}

struct family *family_free(struct family *family)
{
	if (!family)
		return NULL;
	for (size_t i = 0; i < CHAINS; i++)
		while (family->chains[i]) {
			struct image *image = family->chains[i];

			family->chains[i] = image->next;
			image_free(image);
		}
	free(family->test);
	free(family);
	return NULL;
}

const struct membership *family_find(const struct family *family, int pid, int64_t started_ns)
{
	const struct image *image = find(family, pid, started_ns);

	return image ? &image->membership : NULL;
}

static void forget(struct family *family, struct image *image)
{
	struct image **place = chain_of(family, image->pid);

	while (*place != image)
		place = &(*place)->next;
	*place = image->next;
	image_free(image);
}

void family_end(struct family *family, int pid, int64_t started_ns, int64_t ended_ns)
{
	struct image *image = find(family, pid, started_ns);
	struct image **place = &family->ended[family->n_ended % FAMILY_ENDED];

	if (!image)
		return;
	image->ended_ns = ended_ns;
	image->has_ended = true;
	if (*place)
		forget(family, *place);
	*place = image;
	family->n_ended++;
}

/* -- Known elsewhere ------------------------------------------------------------------------------- */

/* Who comes from one that has nothing of this has nothing from it either. */
static void visit_image(const struct image *image,
			void (*visit)(const struct family_image *image, void *argument), void *argument)
{
	const struct family_image shown = {
		.pid = image->pid,
		.started_ns = image->started_ns,
		.ended_ns = image->ended_ns,
		.has_ended = image->has_ended,
		.is_foreign = image->is_foreign,
		.is_forked = image->is_forked,
		.harness = image->harness,
		.started_by = image->started_by,
		.test = image->test,
		.labels = image->labels,
		.pytest = image->pytest,
	};

	if (image->test || image->pytest || (image->labels && *image->labels) || image->harness != HARNESS_NONE ||
	    image->started_by != HARNESS_NONE)
		visit(&shown, argument);
}

void family_visit(const struct family *family, void (*visit)(const struct family_image *image, void *argument),
		  void *argument)
{
	size_t first = family->n_ended > FAMILY_ENDED ? family->n_ended - FAMILY_ENDED : 0;

	for (size_t i = first; i < family->n_ended; i++)
		visit_image(family->ended[i % FAMILY_ENDED], visit, argument);
	for (size_t i = 0; i < CHAINS; i++)
		for (const struct image *image = family->chains[i]; image; image = image->next)
			if (!image->has_ended)
				visit_image(image, visit, argument);
}

int family_restore(struct family *family, const struct family_image *known)
{
	struct image **chain = chain_of(family, known->pid);
	bool has_failed = false;

	if (find(family, known->pid, known->started_ns))
		return 0;
	struct image *image = calloc(1, sizeof(*image));

	if (!image)
		return -ENOMEM;
	*image = (struct image){
		.pid = known->pid,
		.started_ns = known->started_ns,
		.is_foreign = known->is_foreign,
		.is_forked = known->is_forked,
		.harness = known->harness,
		.started_by = known->started_by,
		.test = copy(known->test, &has_failed),
		.labels = copy(known->labels ? known->labels : "", &has_failed),
		.pytest = copy(known->pytest, &has_failed),
	};
	if (has_failed) {
		image_free(image);
		return -ENOMEM;
	}
	image->label_test = label_test_of(image->labels);
	image->membership = (struct membership){image->test, image->labels};
	image->next = *chain;
	*chain = image;
	if (known->has_ended)
		family_end(family, known->pid, known->started_ns, known->ended_ns);
	return 0;
}

int family_set_test(struct family *family, const char *test)
{
	bool has_failed = false;
	char *copied = copy(test && *test ? test : NULL, &has_failed);

	if (has_failed)
		return -ENOMEM;
	free(family->test);
	family->test = copied;
	return 0;
}
