// SPDX-License-Identifier: MIT
#include "statsd/packets.h"

#include <stdbool.h>
#include <string.h>

void packets_init(struct packets *packets, const struct sonde_host *host, size_t size,
		  const char *prefix, packets_send_function *send, void *argument)
{
	*packets = (struct packets){
		.size = size,
		.prefix = prefix,
		.send = send,
		.argument = argument,
		.packet = {.host = host},
		.group = {.host = host},
		.line = {.host = host},
	};
}

void packets_deinit(struct packets *packets)
{
	buffer_deinit(&packets->packet);
	buffer_deinit(&packets->group);
	buffer_deinit(&packets->line);
}

void packets_begin(struct packets *packets)
{
	buffer_clear(&packets->packet);
	buffer_clear(&packets->group);
	buffer_clear(&packets->line);
	packets->n_packet_lines = packets->n_group_lines = 0;
	packets->n_datagrams = packets->n_bytes = 0;
	packets->n_lost_lines = packets->n_long_lines = 0;
	packets->error = 0;
}

static void send_packet(struct packets *packets)
{
	if (!packets->n_packet_lines)
		return;
	int result = packets->send(packets->argument, packets->packet.bytes, packets->packet.size);

	if (result < 0) {
		packets->error = result;
		packets->n_lost_lines += packets->n_packet_lines;
	} else {
		packets->n_datagrams++;
		packets->n_bytes += packets->packet.size;
	}
	packets->n_packet_lines = 0;
	buffer_clear(&packets->packet);
}

/* Lines are separated by a newline, the last one has none. */
static int append(struct buffer *lines, const struct buffer *more)
{
	int result = lines->size ? buffer_take(lines, "\n", 1) : 0;

	return result < 0 ? result : buffer_take(lines, more->bytes, more->size);
}

static int pack_group(struct packets *packets)
{
	size_t n_lines = packets->n_group_lines;

	packets->n_group_lines = 0;
	if (packets->group.size > packets->size)
		packets->n_long_lines += n_lines;
	if (!n_lines || packets->group.size > packets->size) {
		buffer_clear(&packets->group);
		return 0;
	}
	if (packets->packet.size + 1 + packets->group.size > packets->size)
		send_packet(packets);
	int result = append(&packets->packet, &packets->group);

	packets->n_packet_lines += n_lines;
	buffer_clear(&packets->group);
	return result;
}

/* Whether it changes what the line before has set. */
static bool is_relative(const struct buffer *line)
{
	const char *colon = memchr(line->bytes, ':', line->size);

	return colon && colon + 1 < line->bytes + line->size && colon[1] == '-';
}

static int end_line(struct packets *packets)
{
	int result = is_relative(&packets->line) ? 0 : pack_group(packets);

	if (result == 0)
		result = append(&packets->group, &packets->line);
	packets->n_group_lines++;
	buffer_clear(&packets->line);
	return result;
}

static int add_to_line(struct packets *packets, const char *text, size_t size)
{
	int result = 0;

	if (!packets->line.size)
		result = buffer_take(&packets->line, packets->prefix, strlen(packets->prefix));
	return result < 0 ? result : buffer_take(&packets->line, text, size);
}

int packets_take(void *argument, const void *data, size_t size)
{
	struct packets *packets = argument;
	const char *text = data;
	const char *end = text + size;
	int result = 0;

	while (text < end && result == 0) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline ? newline : end;

		result = add_to_line(packets, text, (size_t)(stop - text));
		if (newline && result == 0)
			result = end_line(packets);
		text = newline ? newline + 1 : end;
	}
	return result;
}

int packets_end(struct packets *packets)
{
	int result = pack_group(packets);

	send_packet(packets);
	return result;
}
