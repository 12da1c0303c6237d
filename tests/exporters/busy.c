// SPDX-License-Identifier: MIT
/*
 * busy THREADS - threads that write, read and fail, and processes that do so and end, until a line
 * arrives on the standard input. Not faster than a test can look at.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_bool is_over;

static void work(void)
{
	char byte = 'x';
	int pipe_fds[2];

	if (pipe(pipe_fds) < 0)
		return;
	for (int i = 0; i < 100; i++)
		if (write(pipe_fds[1], &byte, 1) == 1 && read(pipe_fds[0], &byte, 1) == 1)
			close(open("/nowhere", O_RDONLY));
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static void *work_on(void *argument)
{
	while (!is_over) {
		work();
		poll(NULL, 0, 1);
	}
	return argument;
}

static void work_in_child(void)
{
	pid_t child = fork();

	if (child == 0) {
		work();
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	int n_threads = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t *threads = calloc((size_t)n_threads, sizeof(*threads));
	struct pollfd line = {.fd = STDIN_FILENO, .events = POLLIN};

	for (int i = 0; threads && i < n_threads; i++)
		pthread_create(&threads[i], NULL, work_on, NULL);
	while (poll(&line, 1, 10) == 0)
		work_in_child();
	is_over = true;
	for (int i = 0; threads && i < n_threads; i++)
		pthread_join(threads[i], NULL);
	free(threads);
	return 0;
}
