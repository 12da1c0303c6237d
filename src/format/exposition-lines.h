// SPDX-License-Identifier: MIT
/*
 * exposition-lines.h - the series of a snapshot in the order in which Prometheus has them.
 *
 * Series that have one name there are one family, and stand together, in the order of their labels. Two names of
 * ours may become one of theirs ("a.b" and "a_b"): what then has another type or unit than the first, or the
 * labels of another, is left out, and the watcher is told. Series of several sources are told apart by a label with the source's
 * mark.
 */
#ifndef SONDE_FORMAT_EXPOSITION_LINES_H
#define SONDE_FORMAT_EXPOSITION_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "format/snapshot-format.h"

struct exposition_line {
	const struct series *series;
	char *family;
	char *labels; /* "call=\"read\",group=\"io\"", or "" */
	size_t position;
	bool is_left_out;
};

/* Without those that would be another one again: of a family of another kind or unit, with its labels, or with the
 * name of a sample of another family. */
struct exposition_lines {
	struct exposition_line *lines;
	size_t n_lines;
	const struct left_out_watcher *watcher;
};

/*
 * `run` is a label of all of them, if it is not NULL; nor need there be a watcher. 0 or -ENOMEM; to be deinitialised in
 * both cases. The snapshots must live as long.
 */
int exposition_lines_init(struct exposition_lines *lines, const struct snapshot_part *parts, size_t n_parts,
			  const char *run, const struct left_out_watcher *watcher);
void exposition_lines_deinit(struct exposition_lines *lines);

/* Labels that series have beside their own tags, and before them. */
struct exposition_common {
	const char *run;	/* the value of the label "run"; NULL: no such label */
	const struct tag *mark; /* NULL: none */
};

/* Tags as labels, escaped, in a new string; NULL without memory. What has no value is no label. */
char *exposition_labels(const struct tag *tags, size_t n_tags, const struct exposition_common *common);

/* Whose value it was, likewise: never more than the 128 characters that readers take. */
char *exposition_exemplar_labels(const struct exemplar *exemplar);

#endif
