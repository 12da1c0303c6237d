// SPDX-License-Identifier: MIT
/*
 * How metrics are found. There are two indexes, of chains that only grow, at their heads: one of
 * metrics, by all bytes of their names and tags, and one of names, by what exporters make of them.
 * The first alone is asked for what was asked for before in the same words. All else (new names,
 * another case of letters, tags that are put right) goes through the second.
 *
 * A chain is looked through and then replaced by one that begins with the new entry, if it is still
 * the one that was looked through: so nothing is there twice, whoever comes at the same time.
 */
#include "config.h"

#include "record/metric-private.h"

#include "base/path-like.h"
#include "base/text.h"
#include "record/private-memory.h"
#include "record/process.h"

enum {
	METRIC_CHAINS = 32 * 1024,
	FAMILY_CHAINS = 1024,
};

static struct metric *metric_chains[METRIC_CHAINS];
static struct metric_family *family_chains[FAMILY_CHAINS];

static KEPT uint32_t n_metrics;
static KEPT uint32_t max_tag_sets = METRIC_TAG_SETS;
static KEPT uint32_t max_path_sets = METRIC_PATH_SETS;

/* A part of somebody else's string. */
struct piece {
	const char *text;
	size_t len;
};

struct tag_pieces {
	struct piece key;
	struct piece value;
};

/* A request whose words have been measured, its tags in order. */
struct words {
	struct piece name;
	struct piece unit;
	size_t n_tags;
	bool has_twice; /* a key of two values, of which put_right() has left out one */
	struct tag_pieces tags[METRIC_TAGS_MAX];
};

static const char overflow_key[] = "otel.metric.overflow";

/* -- Words ------------------------------------------------------------------------------------ */

static struct piece measure(const char *text)
{
	return (struct piece){text, text_length(text)};
}

static int compare_pieces(struct piece left, struct piece right)
{
	for (size_t i = 0; i < left.len && i < right.len; i++)
		if (left.text[i] != right.text[i])
			return (unsigned char)left.text[i] < (unsigned char)right.text[i] ? -1 : 1;
	return (left.len > right.len) - (left.len < right.len);
}

static bool piece_is(struct piece piece, const char *text)
{
	return compare_pieces(piece, measure(text)) == 0;
}

/* By insertion: they are few, and often in order. */
static void insert_tag(struct words *words, struct tag_pieces tag)
{
	size_t i = words->n_tags++;

	for (; i > 0 && compare_pieces(words->tags[i - 1].key, tag.key) > 0; i--)
		words->tags[i] = words->tags[i - 1];
	words->tags[i] = tag;
}

static struct words measure_request(const struct metric_request *request)
{
	struct words words;

	words.name = measure(request->name);
	words.unit = measure(request->unit ? request->unit : "");
	words.n_tags = 0;
	for (size_t i = 0; i < request->n_tags; i++)
		insert_tag(&words, (struct tag_pieces){measure(request->tags[i].key),
						       measure(request->tags[i].value)});
	return words;
}

/* A letter, digits and letters and _.-/ after it: OpenTelemetry's names. */
static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' ||
	       c == '/';
}

/* Letters in one case; exporters make an underscore of all that stands between letters and digits.
 */
static char fold_char(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return is_letter(c) || (c >= '0' && c <= '9') ? c : '_';
}

/* The next character of a name as exporters write it, several underscores being one. 0: the end. */
static char next_folded(const char **name)
{
	char c = **name ? fold_char(*(*name)++) : '\0';

	while (c == '_' && **name && fold_char(**name) == '_')
		(*name)++;
	return c;
}

static bool folded_starts_with(const char *name, const char *folded_prefix)
{
	while (*folded_prefix)
		if (next_folded(&name) != *folded_prefix++)
			return false;
	return true;
}

/* Of what is recorded without being asked for: in whatever way it is written. */
static bool is_taken(const char *name)
{
	return folded_starts_with(name, "libc_") || folded_starts_with(name, "sonde_");
}

bool metric_name_is_valid(const char *name)
{
	size_t len = 0;

	if (!is_letter(*name) || is_taken(name))
		return false;
	while (is_name_char(name[len]))
		len++;
	return !name[len] && len <= METRIC_NAME_MAX;
}

static bool unit_is_valid(struct piece unit)
{
	for (size_t i = 0; i < unit.len; i++)
		if (unit.text[i] < ' ' || unit.text[i] > '~')
			return false;
	return unit.len <= METRIC_UNIT_MAX;
}

/* No more than METRIC_VALUE_MAX, and no part of a character of UTF-8, which has 4 bytes, at its
 * end. */
static struct piece cut_value(struct piece value)
{
	if (value.len <= METRIC_VALUE_MAX)
		return value;
	value.len = METRIC_VALUE_MAX;
	while (value.len > METRIC_VALUE_MAX - 3 && (value.text[value.len] & 0xc0) == 0x80)
		value.len--;
	return value;
}

/* Tags as a series has them. Of two with one key the later one holds. */
static bool put_right(struct words *words)
{
	size_t n = 0;

	words->has_twice = false;
	for (size_t i = 0; i < words->n_tags; i++) {
		struct tag_pieces tag = words->tags[i];

		if (!tag.key.len || tag.key.len > METRIC_KEY_MAX)
			return false;
		tag.value = cut_value(tag.value);
		if (n && compare_pieces(words->tags[n - 1].key, tag.key) == 0) {
			words->has_twice = true;
			n--;
		}
		if (tag.value.len)
			words->tags[n++] = tag;
	}
	words->n_tags = n;
	return true;
}

/* -- Hashes ----------------------------------------------------------------------------------- */

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

static inline uint64_t hash_piece(uint64_t hash, struct piece piece)
{
	const char *text = piece.text;
	size_t left = piece.len;
	uint64_t word;

	for (; left >= sizeof(word); left -= sizeof(word), text += sizeof(word)) {
		__builtin_memcpy(&word, text, sizeof(word));
		hash = mix(hash, word);
	}
	word = left;
	while (left)
		word = word << 8 | (unsigned char)text[--left];
	return mix(hash, word);
}

static uint64_t hash_words(const struct words *words)
{
	uint64_t hash = hash_piece(0, words->name);

	for (size_t i = 0; i < words->n_tags; i++) {
		hash = hash_piece(hash, words->tags[i].key);
		hash = hash_piece(hash, words->tags[i].value);
	}
	return hash;
}

static uint32_t hash_folded(const char *name)
{
	uint32_t hash = 0;
	char c;

	while ((c = next_folded(&name)))
		hash = (hash ^ (unsigned char)c) * 0x01000193;
	return hash ^ hash >> 15;
}

static bool folded_are_equal(const char *left, const char *right)
{
	char c;

	do {
		c = next_folded(&left);
		if (c != next_folded(&right))
			return false;
	} while (c);
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool differ_in_case_only(const char *left, const char *right)
{
	while (*left && lower(*left) == lower(*right))
		left++, right++;
	return lower(*left) == lower(*right);
}

/* -- Names ------------------------------------------------------------------------------------ */

/* A copy, ended by NUL; returns what follows it. */
static char *place(char *memory, struct piece piece)
{
	for (size_t i = 0; i < piece.len; i++)
		memory[i] = piece.text[i];
	memory[piece.len] = '\0';
	return memory + piece.len + 1;
}

static struct metric_family *make_family(const struct metric_request *request,
					 const struct words *words)
{
	struct piece unit =
		words->unit.len ? words->unit : measure(request->kind == KIND_TIMER ? "s" : "");
	struct metric_family *family =
		private_take(sizeof(*family) + words->name.len + 1 + unit.len + 1);

	if (!family)
		return NULL;
	family->kind = request->kind;
	family->flags = request->flags;
	family->merge = request->merge;
	family->first_index =
		piece_is(unit, "s") ? HISTOGRAM_FIRST_INDEX : HISTOGRAM_FIRST_OF_NUMBERS;
	family->name_length = (uint16_t)words->name.len;
	family->unit = place(family->name, words->name);
	place(family->unit, unit);
	return family;
}

static struct metric_family *look_for_family(struct metric_family *chain, const char *name)
{
	while (chain && !folded_are_equal(chain->name, name))
		chain = chain->next;
	return chain;
}

/* NULL: there is none yet. */
static struct metric_family *known_family(const char *name)
{
	struct metric_family **head = &family_chains[hash_folded(name) % FAMILY_CHAINS];

	/* Acquire: pairs with the release in find_family(). */
	return look_for_family(__atomic_load_n(head, __ATOMIC_ACQUIRE), name);
}

static struct metric_family *find_family(const struct metric_request *request,
					 const struct words *words)
{
	struct metric_family **head = &family_chains[hash_folded(request->name) % FAMILY_CHAINS];
	struct metric_family *made = NULL;

	for (;;) {
		/* Acquire: pairs with the release below. */
		struct metric_family *chain = __atomic_load_n(head, __ATOMIC_ACQUIRE);
		struct metric_family *family = look_for_family(chain, request->name);

		if (family)
			return family;
		if (!made)
			made = make_family(request, words);
		if (!made)
			return NULL;
		made->next = chain;
		/* Release: who finds it finds it filled in. */
		if (__atomic_compare_exchange_n(head, &chain, made, false, __ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return made;
	}
}

static bool is_of_kind(const struct metric_family *family, const struct metric_request *request)
{
	return family->kind == request->kind && family->flags == request->flags;
}

/* Once for each name: it is one, but perhaps it was meant to be two. */
static void note_spelling(struct metric_family *family, const char *name)
{
	if (!text_equals(family->name, name) &&
	    !__atomic_exchange_n(&family->is_respelled, true, __ATOMIC_RELAXED))
		metric_count_respelled();
}

/* 0, or 1 + the reason why the name cannot be used like this. */
static int check_family(struct metric_family *family, const struct metric_request *request,
			const struct words *words)
{
	if (!differ_in_case_only(family->name, request->name))
		return 1 + REFUSED_NAME;
	if (!is_of_kind(family, request) ||
	    (words->unit.len && !piece_is(words->unit, family->unit)))
		return 1 + REFUSED_CONFLICT;
	note_spelling(family, request->name);
	return 0;
}

/* -- Metrics ---------------------------------------------------------------------------------- */

/* Whether a string is the piece; *string moves past it. */
static inline bool take_equal(const char **string, struct piece piece)
{
	const char *text = *string;

	for (size_t i = 0; i < piece.len; i++)
		if (text[i] != piece.text[i])
			return false;
	*string = text + piece.len + 1;
	return !text[piece.len];
}

static bool metric_is(const struct metric *metric, const struct words *words)
{
	const char *name = metric->family->name;
	const char *tags = metric->tags;

	if (metric->n_tags != words->n_tags || !take_equal(&name, words->name))
		return false;
	for (size_t i = 0; i < words->n_tags; i++)
		if (!take_equal(&tags, words->tags[i].key) ||
		    !take_equal(&tags, words->tags[i].value))
			return false;
	return true;
}

static struct metric *look_for_metric(struct metric *chain, uint64_t hash,
				      const struct words *words)
{
	while (chain && (chain->hash != hash || !metric_is(chain, words)))
		chain = chain->next;
	return chain;
}

static struct metric **metric_chain(uint64_t hash)
{
	return &metric_chains[(hash ^ hash >> 48) % METRIC_CHAINS];
}

static bool is_overflow(const struct words *words)
{
	return words->n_tags == 1 && piece_is(words->tags[0].key, overflow_key);
}

static struct metric *make_metric(struct metric_family *family, uint64_t hash,
				  const struct words *words)
{
	size_t size = 0;

	for (size_t i = 0; i < words->n_tags; i++)
		size += words->tags[i].key.len + 1 + words->tags[i].value.len + 1;
	/* A number is used up even if another thread is faster: it happens as often as threads
	 * meet. */
	uint32_t number = __atomic_load_n(&n_metrics, __ATOMIC_RELAXED) < METRICS_MAX
				  ? __atomic_fetch_add(&n_metrics, 1, __ATOMIC_RELAXED)
				  : METRICS_MAX;
	struct metric *metric = number < METRICS_MAX ? private_take(sizeof(*metric) + size) : NULL;

	if (!metric)
		return NULL;
	metric->family = family;
	metric->hash = hash;
	metric->number = number;
	metric->tags_size = (uint32_t)size;
	metric->n_tags = (uint16_t)words->n_tags;
	metric->flags = family->flags | (is_overflow(words) ? METRIC_OF_OVERFLOW : 0);
	char *end = metric->tags;

	for (size_t i = 0; i < words->n_tags; i++) {
		end = place(end, words->tags[i].key);
		end = place(end, words->tags[i].value);
	}
	return metric;
}

static bool has_path(const struct words *words)
{
	for (size_t i = 0; i < words->n_tags; i++)
		if (path_like_key(words->tags[i].key.text, words->tags[i].key.len) ||
		    path_like_value(words->tags[i].value.text, words->tags[i].value.len))
			return true;
	return false;
}

/* One more, unless there are so many. */
static bool take_one(uint32_t *n_taken, const uint32_t *limit)
{
	uint32_t n = __atomic_load_n(n_taken, __ATOMIC_RELAXED);

	while (n < __atomic_load_n(limit, __ATOMIC_RELAXED))
		if (__atomic_compare_exchange_n(n_taken, &n, n + 1, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return true;
	return false;
}

static void give_back_one(uint32_t *n_taken)
{
	__atomic_fetch_sub(n_taken, 1, __ATOMIC_RELAXED);
}

/* Takes one of the sets of tags that the name may have. */
static bool take_tag_set(struct metric_family *family, const struct words *words)
{
	bool is_path = has_path(words);

	if (is_path && !take_one(&family->n_path_sets, &max_path_sets))
		return false;
	if (take_one(&family->n_tag_sets, &max_tag_sets))
		return true;
	if (is_path)
		give_back_one(&family->n_path_sets);
	return false;
}

static void give_back_tag_set(struct metric_family *family, const struct words *words)
{
	if (has_path(words))
		give_back_one(&family->n_path_sets);
	give_back_one(&family->n_tag_sets);
}

static struct metric *find_or_make(struct metric_family *family, const struct words *words,
				   bool is_limited, bool *ret_is_over)
{
	uint64_t hash = hash_words(words);
	struct metric **head = metric_chain(hash);
	struct metric *made = NULL;

	for (;;) {
		/* Acquire: pairs with the release below. */
		struct metric *chain = __atomic_load_n(head, __ATOMIC_ACQUIRE);
		struct metric *metric = look_for_metric(chain, hash, words);

		if (metric && made && is_limited)
			give_back_tag_set(family, words);
		if (metric)
			return metric;
		if (!made && is_limited && !take_tag_set(family, words)) {
			*ret_is_over = true;
			return NULL;
		}
		if (!made)
			made = make_metric(family, hash, words);
		if (!made)
			return NULL;
		made->next = chain;
		/* Release: who finds it finds it filled in. */
		if (__atomic_compare_exchange_n(head, &chain, made, false, __ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return made;
	}
}

/* The metric of all sets of tags for which there was no room. Kept: it is asked for often. */
static struct metric *find_overflow(struct metric_family *family)
{
	struct metric *overflow = __atomic_load_n(&family->overflow, __ATOMIC_ACQUIRE);
	struct words words = {
		.name = {family->name, family->name_length},
		.n_tags = 1,
		.tags = {{measure(overflow_key), measure("true")}},
	};

	if (overflow)
		return overflow;
	overflow = find_or_make(family, &words, false, NULL);
	if (overflow)
		__atomic_store_n(&family->overflow, overflow, __ATOMIC_RELEASE);
	return overflow;
}

/* Puts the words right. False, with the reason: no series can have them. */
static bool check_words(const struct metric_request *request, struct words *words,
			enum series_refusal *ret_reason)
{
	*ret_reason = REFUSED_NAME;
	if (!metric_name_is_valid(request->name))
		return false;
	*ret_reason = REFUSED_TAGS;
	if (!put_right(words))
		return false;
	*ret_reason = REFUSED_CONFLICT;
	return unit_is_valid(words->unit);
}

/* The name, if it can be used like this. NULL, with the reason. */
static struct metric_family *find_usable_family(const struct metric_request *request,
						const struct words *words,
						enum series_refusal *ret_reason)
{
	struct metric_family *family =
		request->must_exist ? known_family(request->name) : find_family(request, words);
	int problem = family ? check_family(family, request, words) : 0;

	if (!family)
		*ret_reason = request->must_exist ? REFUSED_NAME : REFUSED_MEMORY;
	else if (problem)
		*ret_reason = (enum series_refusal)(problem - 1);
	return problem ? NULL : family;
}

static struct metric *known_metric(const struct words *words)
{
	uint64_t hash = hash_words(words);

	/* Acquire: pairs with the release in find_or_make(). */
	return look_for_metric(__atomic_load_n(metric_chain(hash), __ATOMIC_ACQUIRE), hash, words);
}

/* What has not been asked for in just these words. Otherwise as metric_find(). */
static __attribute__((noinline)) struct metric *find_carefully(const struct metric_request *request,
							       struct words *words,
							       enum series_refusal *ret_reason)
{
	bool is_over = false;
	struct metric_family *family = NULL;

	if (check_words(request, words, ret_reason))
		family = find_usable_family(request, words, ret_reason);
	if (!family)
		return NULL;
	*ret_reason = REFUSED_MEMORY;
	words->name.text = family->name;
	if (request->must_exist)
		return known_metric(words);
	struct metric *metric = find_or_make(family, words, true, &is_over);

	if (is_over)
		metric = find_overflow(family);
	if (metric && words->has_twice)
		metric_refuse(REFUSED_TAGS);
	return metric;
}

struct metric *metric_find(const struct metric_request *request, enum series_refusal *ret_reason)
{
	struct words words = measure_request(request);
	uint64_t hash = hash_words(&words);
	/* Acquire: pairs with the release in find_or_make(). */
	struct metric *chain = __atomic_load_n(metric_chain(hash), __ATOMIC_ACQUIRE);
	struct metric *metric = look_for_metric(chain, hash, &words);

	if (likely(metric)) {
		if (likely(is_of_kind(metric->family, request) &&
			   (!words.unit.len || piece_is(words.unit, metric->family->unit))))
			return metric;
		*ret_reason = REFUSED_CONFLICT;
		return NULL;
	}
	return find_carefully(request, &words, ret_reason);
}

bool metric_take_number(struct metric *metric, uint32_t limit)
{
	uint32_t n = __atomic_load_n(&metric->n_numbers, __ATOMIC_RELAXED);

	while (n < limit)
		if (__atomic_compare_exchange_n(&metric->n_numbers, &n, n + 1, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return true;
	return false;
}

void metric_limit_tag_sets(uint32_t n_sets, uint32_t n_path_sets)
{
	__atomic_store_n(&max_tag_sets, n_sets, __ATOMIC_RELAXED);
	__atomic_store_n(&max_path_sets, n_path_sets, __ATOMIC_RELAXED);
}

uint8_t metric_kind(const struct metric *metric)
{
	return metric->family->kind;
}

uint8_t metric_flags(const struct metric *metric)
{
	return metric->family->flags;
}

const char *metric_name(const struct metric *metric)
{
	return metric->family->name;
}

const char *metric_unit(const struct metric *metric)
{
	return metric->family->unit;
}

size_t metric_tags(const struct metric *metric, struct metric_tag *ret_tags)
{
	const char *text = metric->tags;

	for (size_t i = 0; i < metric->n_tags; i++) {
		ret_tags[i].key = text;
		text += text_length(text) + 1;
		ret_tags[i].value = text;
		text += text_length(text) + 1;
	}
	return metric->n_tags;
}
