// SPDX-License-Identifier: MIT
/*
 * Labels that a program gives to what it does now. They are of the process, not of a thread, so there is one stack of
 * them, which a forked child goes on with. Only what the preload counts has labels: without one, the stack is kept, so
 * that a program that is wrong is told so, and nothing else is done.
 *
 * What is done here is not the program's: no call of libc is made that would be counted, so nothing is allocated, and
 * no lock of libc's is taken, which besides could be held in a forked child for ever.
 */
#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "api/instance.h"
#include "base/raw.h"
#include "base/signals.h"
#include "base/text.h"
#include "model/labels.h"

enum { DEPTH_MOST = 16 };

struct label_text {
	char text[LABELS_TEXT_MAX + 1];
};

static struct {
	int owner; /* the process whose thread is at it, or 0 */
	bool has_begun;
	struct label_text texts[DEPTH_MOST + 1]; /* the first is that of the program's start */
	size_t depth;
} labels;

/* -- One thread at a time -------------------------------------------------------------------------- */

/* A child that was forked while another thread was at it finds the lock taken by its parent, who is not here. */
static void lock(void)
{
	int pid = raw_getpid();
	int owner = 0;

	while (!__atomic_compare_exchange_n(&labels.owner, &owner, pid, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		if (owner == pid) {
			raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
			owner = 0;
		}
}

static struct signals_held begin_turn(void)
{
	struct signals_held signals = signals_hold(SIGNALS_ALL);

	lock();
	return signals;
}

static void end_turn(struct signals_held signals)
{
	/* Release: who is at it next finds the stack whole. */
	__atomic_store_n(&labels.owner, 0, __ATOMIC_RELEASE);
	signals_release(signals);
}

/* 0; or SONDE_ESYSTEM: the preload is of another version. ret_engine is NULL where there is none. */
static int find_preload(const struct engine **ret_engine)
{
	engine_function *function = (engine_function *)dlsym(RTLD_DEFAULT, ENGINE_SYMBOL);
	const struct engine *engine = function ? function() : NULL;

	*ret_engine = engine;
	return !engine || instance_engine_fits(engine) ? 0 : SONDE_ESYSTEM;
}

/* -- Texts ----------------------------------------------------------------------------------------- */

/* The present labels but for the one with this key. Returns how many. */
static size_t copy_others(struct text *text, const char *present, const char *key)
{
	size_t key_length = strlen(key);
	size_t n = 0;

	for (size_t length; *present; present += length + (present[length] == ';')) {
		length = strcspn(present, ";");
		if (length == 0 || (strncmp(present, key, key_length) == 0 && present[key_length] == '='))
			continue;
		if (n++)
			text_add_char(text, ';');
		for (size_t i = 0; i < length; i++)
			text_add_char(text, present[i]);
	}
	return n;
}

static void add_label(struct text *text, const char *key, const char *value)
{
	if (text->len)
		text_add_char(text, ';');
	text_add(text, key);
	text_add_char(text, '=');
	for (; *value; value++)
		if (*value == ';' || *value == '%')
			text_add(text, *value == ';' ? "%3B" : "%25");
		else
			text_add_char(text, *value);
}

/* The present labels and one more, or instead of one with the same key. 0 or SONDE_ENOSPC. */
static int make_next(const char *key, const char *value)
{
	struct label_text *next = &labels.texts[labels.depth + 1];
	struct text text = text_init(next->text, sizeof(next->text));
	size_t n = copy_others(&text, labels.texts[labels.depth].text, key);

	add_label(&text, key, value);
	return n >= LABELS_MOST || text.is_cut ? SONDE_ENOSPC : 0;
}

/* -- Begin and end --------------------------------------------------------------------------------- */

static void remember_first(const struct engine *engine)
{
	struct label_text *first = &labels.texts[0];

	if (!labels.has_begun) {
		struct text text = text_init(first->text, sizeof(first->text));

		text_add(&text, engine ? engine->labels() : "");
	}
	labels.has_begun = true;
}

static int begin(const struct engine *engine, const char *key, const char *value)
{
	int result;

	remember_first(engine);
	result = labels.depth < DEPTH_MOST ? make_next(key, value) : SONDE_ENOSPC;
	if (result)
		return result;
	labels.depth++;
	if (engine)
		engine->switch_labels(labels.texts[labels.depth].text);
	return 0;
}

static int end(const struct engine *engine)
{
	if (labels.depth == 0)
		return SONDE_ENOENT;
	labels.depth--;
	if (engine)
		engine->switch_labels(labels.texts[labels.depth].text);
	return 0;
}

int sonde_label_begin(const char *key, const char *value)
{
	int saved_errno = errno;
	const struct engine *engine;
	int result = key && value && label_check(key, value, NULL) == 0 ? find_preload(&engine) : SONDE_EINVAL;

	if (!result) {
		struct signals_held signals = begin_turn();

		result = begin(engine, key, value);
		end_turn(signals);
	}
	errno = saved_errno;
	return result;
}

int sonde_label_end(void)
{
	int saved_errno = errno;
	const struct engine *engine;
	int result = find_preload(&engine);

	if (!result) {
		struct signals_held signals = begin_turn();

		result = end(engine);
		end_turn(signals);
	}
	errno = saved_errno;
	return result;
}
