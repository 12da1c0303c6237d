// SPDX-License-Identifier: MIT
/*
 * Programs that go from directory to directory, and know which files they opened by relative names.
 */
#include "config.h"

#include "directory.h"
#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static int run_directories(char **arguments)
{
	bool is_done = enter_directory() && mkdir("one", 0700) == 0 && mkdir("one/two", 0700) == 0;
	int one = open("one", O_RDONLY | O_DIRECTORY);

	(void)arguments;
	is_done = is_done && chdir("one/two") == 0 && close(make_file("a")) == 0 && fchdir(one) == 0 &&
		  close(make_file("b")) == 0 && close(openat(one, "two/c", O_WRONLY | O_CREAT, 0600)) == 0;
	state("opens", "one/two/a", 1);
	state("opens", "one/b", 1);
	state("opens", "one/two/c", 1);
	return leave_directory(is_done);
}

/* A walk goes from directory to directory, and so do the paths of what is opened meanwhile. */
static int run_walk(char **arguments)
{
	char *const roots[] = {(char[]){"one"}, NULL};
	bool is_done = enter_directory() && mkdir("one", 0700) == 0 && mkdir("one/two", 0700) == 0 &&
		       close(make_file("before")) == 0 && close(make_file("one/two/a")) == 0;
	FTS *walk = fts_open(roots, FTS_PHYSICAL, NULL);
	uint64_t n_reads = 1; /* with the one that finds the end */

	(void)arguments;
	for (FTSENT *entry = walk ? fts_read(walk) : NULL; entry; entry = fts_read(walk)) {
		if (entry->fts_info == FTS_F)
			is_done = is_done && close(open(entry->fts_accpath, O_RDONLY)) == 0;
		n_reads++;
	}
	is_done = is_done && walk && fts_close(walk) == 0 && close(make_file("after")) == 0;
	truth_count("fts_read", n_reads);
	truth_error("fts_read", "ENOENT", 0);
	state("opens", "before", 1);
	state("opens", "one/two/a", 2);
	state("opens", "after", 1);
	return leave_directory(is_done);
}

static int open_where_it_is(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	return type == FTW_F && close(open(path + walk->base, O_RDONLY)) < 0;
}

/* The same, where one of the program's functions is called in each of them. */
static int run_called_walk(char **arguments)
{
	bool is_done = enter_directory() && mkdir("one", 0700) == 0 && mkdir("one/two", 0700) == 0 &&
		       close(make_file("before")) == 0 && close(make_file("one/a")) == 0 &&
		       close(make_file("one/two/a")) == 0 &&
		       nftw("one", open_where_it_is, 4, FTW_CHDIR | FTW_PHYS) == 0 &&
		       nftw("none", open_where_it_is, 4, FTW_CHDIR) < 0 && close(make_file("after")) == 0;

	(void)arguments;
	truth_count("nftw", 2);
	truth_error("nftw", "ENOENT", 1);
	state("opens", "before", 1);
	state("opens", "one/a", 2);
	state("opens", "one/two/a", 2);
	state("opens", "after", 1);
	return leave_directory(is_done);
}

const struct truth_case truth_directory_cases[] = {
	{"object-directories", "a relative path begins at the directory of the moment", run_directories, 0},
	{"object-walk", "what is opened in a walk by fts_read() is known by its whole path", run_walk, 0},
	{"object-called-walk", "what is opened in a walk by nftw(FTW_CHDIR) is known by its whole path", run_called_walk, 0},
	{0},
};
