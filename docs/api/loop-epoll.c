// SPDX-License-Identifier: MIT
/*
 * A loop of epoll that is fed by a stream: each descriptor has a function that is called when it is
 * readable.
 *
 *     cc loop-epoll.c $(pkg-config --cflags --libs sonde) -o loop-epoll && ./loop-epoll
 */
#include <sonde/sonde.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

struct watched {
	void (*is_readable)(struct watched *watched);
	void *object;
};

static bool is_over;

/* Waits for nothing: the loop does. */
static void take_values(struct watched *watched)
{
	struct sonde_metric_value *value;

	while (sonde_metrics_stream_next(watched->object, 0, &value) == 0) {
		printf("%s is %g %s\n", value->name, value->value, value->unit_text);
		sonde_free(value);
		is_over = true;
	}
}

static void say_collected(struct watched *watched)
{
	int result = -1;

	sonde_future_wait(watched->object, 0, &result);
	printf("collected: %s\n", sonde_error_text(result));
	sonde_future_free(watched->object);
}

static int watch(int loop, int fd, struct watched *watched)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = watched};

	return epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event);
}

int main(void)
{
	const char *const names[] = {"queue.length"};
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.names = names,
		.n_names = 1,
		.min_interval = 0.1,
	};
	struct sonde *sonde;
	struct sonde_stream *stream;
	struct sonde_future *collection;
	int loop = epoll_create1(EPOLL_CLOEXEC);

	if (loop < 0 || sonde_initialize_metrics(NULL, &sonde, NULL) != 0 ||
	    sonde_metrics_stream_open(sonde, &filter, &stream) != 0)
		return 1;
	sonde_record_gauge(sonde, "queue.length", 7, NULL, 0);
	if (sonde_collect_metrics_async(sonde, NULL, NULL, &collection) != 0)
		return 1;

	struct watched values = {take_values, stream};
	struct watched collected = {say_collected, collection};

	if (watch(loop, sonde_metrics_stream_fd(stream), &values) ||
	    watch(loop, sonde_future_fd(collection), &collected))
		return 1;
	/* A descriptor that is closed leaves the epoll by itself. */
	for (int n_events = 0; n_events < 2 || !is_over; n_events++) {
		struct epoll_event event;

		if (epoll_wait(loop, &event, 1, -1) != 1)
			return 1;
		struct watched *watched = event.data.ptr;

		watched->is_readable(watched);
	}
	sonde_metrics_stream_close(stream);
	close(loop);
	return sonde_shutdown_metrics(sonde) ? 1 : 0;
}
