// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/mapped-file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static int make_file(void)
{
	char path[] = "/tmp/sonde-mapped-XXXXXX";
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0 && ftruncate(fd, 4096) == 0);
	unlink(path);
	return fd;
}

/* A child that has the file mapped and not open, until its pipe is closed. */
static pid_t start_mapper(int fd, int *ret_pipe)
{
	int ready[2], end[2];
	char byte;

	CU_ASSERT_FATAL(pipe2(ready, O_CLOEXEC) == 0 && pipe2(end, O_CLOEXEC) == 0);
	pid_t pid = fork();

	if (pid == 0) {
		close(end[1]);
		if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
			_exit(1);
		close(fd);
		_exit(write(ready[1], "r", 1) != 1 || read(end[0], &byte, 1) != 0);
	}
	close(ready[1]);
	close(end[0]);
	CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*ret_pipe = end[1];
	return pid;
}

static void one_that_nobody_has_is_not(void)
{
	int fd = make_file();

	CU_ASSERT_FALSE(file_is_mapped(fd));
	close(fd);
}

static void one_that_only_we_have_is_not(void)
{
	int fd = make_file();
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CU_ASSERT_FALSE(file_is_mapped(fd));
	munmap(memory, 4096);
	close(fd);
}

static void one_that_another_process_has_is_until_that_ends(void)
{
	int fd = make_file();
	int other = make_file();
	int end;
	pid_t pid = start_mapper(fd, &end);

	CU_ASSERT_TRUE(file_is_mapped(fd));
	CU_ASSERT_FALSE(file_is_mapped(other));
	close(end);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	CU_ASSERT_FALSE(file_is_mapped(fd));
	close(fd);
	close(other);
}

static void what_is_no_file_is_not(void)
{
	CU_ASSERT_FALSE(file_is_mapped(-1));
}

static void another_opening_is_in_use_until_its_last_mapping_goes(void)
{
	char path[64];
	int fd = make_file();

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CU_ASSERT_FALSE(file_is_open_elsewhere(fd));
	int other = open(path, O_RDWR | O_CLOEXEC);
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);

	close(other);
	CU_ASSERT_TRUE(file_is_open_elsewhere(fd));
	munmap(memory, 4096);
	CU_ASSERT_FALSE(file_is_open_elsewhere(fd));
	close(fd);
}

UNIT_MAIN("mapped files",
	  {"another opening of a file is in use until its last mapping goes",
	   another_opening_is_in_use_until_its_last_mapping_goes},
	  {"one that nobody has mapped is not", one_that_nobody_has_is_not},
	  {"one that only we have mapped is not", one_that_only_we_have_is_not},
	  {"one that another process has mapped is, until it ends", one_that_another_process_has_is_until_that_ends},
	  {"what is no file is not", what_is_no_file_is_not})
