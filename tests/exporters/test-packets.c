// SPDX-License-Identifier: MIT
#include "statsd/packets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void *plain_realloc(const struct sonde_host *host, void *memory, size_t size)
{
	(void)host;
	return realloc(memory, size);
}

static void plain_free(const struct sonde_host *host, void *memory)
{
	(void)host;
	free(memory);
}

static const struct sonde_host host = {.realloc = plain_realloc, .free = plain_free};

static char sent[65536]; /* datagrams, each ended by "!" */
static int send_error;

static int keep(void *argument, const void *datagram, size_t size)
{
	size_t length = strlen(sent);

	(void)argument;
	if (send_error)
		return send_error;
	memcpy(sent + length, datagram, size);
	strcpy(sent + length + size, "!");
	return 0;
}

static struct packets packets;

static void begin(size_t size, const char *prefix)
{
	packets_init(&packets, &host, size, prefix, keep, NULL);
	packets_begin(&packets);
	sent[0] = '\0';
	send_error = 0;
}

static void take(const char *text)
{
	CU_ASSERT_EQUAL(packets_take(&packets, text, strlen(text)), 0);
}

/* The datagrams that came of it. */
static const char *end(void)
{
	CU_ASSERT_EQUAL(packets_end(&packets), 0);
	packets_deinit(&packets);
	return sent;
}

static void lines_share_a_datagram(void)
{
	begin(64, "");
	take("a:1|c\nb:2|c\n");
	CU_ASSERT_STRING_EQUAL(end(), "a:1|c\nb:2|c!");
	CU_ASSERT_EQUAL(packets.n_datagrams, 1);
	CU_ASSERT_EQUAL(packets.n_bytes, 11);
}

static void a_datagram_is_as_full_as_it_may_be(void)
{
	begin(11, "");
	take("a:1|c\nb:2|c\nc:3|c\n");
	CU_ASSERT_STRING_EQUAL(end(), "a:1|c\nb:2|c!c:3|c!");
	begin(10, "");
	take("a:1|c\nb:2|c\nc:3|c\n");
	CU_ASSERT_STRING_EQUAL(end(), "a:1|c!b:2|c!c:3|c!");
}

static void lines_may_come_in_pieces(void)
{
	begin(11, "");
	for (const char *c = "a:1|c\nb:2|c\nc:3|c\n"; *c; c++)
		CU_ASSERT_EQUAL(packets_take(&packets, c, 1), 0);
	CU_ASSERT_STRING_EQUAL(end(), "a:1|c\nb:2|c!c:3|c!");
}

static void a_gauge_below_zero_stays_with_its_zero(void)
{
	begin(23, "");
	take("a:1|c\nb:2|c\ng:0|g\ng:-5|g\nc:3|c\n");
	CU_ASSERT_STRING_EQUAL(end(), "a:1|c\nb:2|c!g:0|g\ng:-5|g\nc:3|c!");
	begin(16, "");
	take("a:1|c\ng:0|g\ng:-5|g\n");
	CU_ASSERT_STRING_EQUAL(end(), "a:1|c!g:0|g\ng:-5|g!");
}

static void every_name_gets_the_prefix(void)
{
	begin(64, "my.");
	take("a:1|c\nb:");
	take("2|c\n");
	CU_ASSERT_STRING_EQUAL(end(), "my.a:1|c\nmy.b:2|c!");
}

static void what_fits_in_no_datagram_is_counted(void)
{
	begin(8, "");
	take("a:1|c\nlonger.name:2|c\nb:3|c\ng:0|g\ng:-5|g\n");
	CU_ASSERT_STRING_EQUAL(end(), "a:1|c!b:3|c!");
	CU_ASSERT_EQUAL(packets.n_long_lines, 3);
	CU_ASSERT_EQUAL(packets.n_lost_lines, 0);
}

static void what_cannot_be_sent_is_counted(void)
{
	begin(11, "");
	take("a:1|c\nb:2|c\n");
	send_error = -EAGAIN;
	take("c:3|c\nd:4|c\n");
	CU_ASSERT_STRING_EQUAL(end(), "");
	CU_ASSERT_EQUAL(packets.n_lost_lines, 4);
	CU_ASSERT_EQUAL(packets.n_datagrams, 0);
	CU_ASSERT_EQUAL(packets.error, -EAGAIN);
}

UNIT_MAIN("packets", {"lines share a datagram", lines_share_a_datagram},
	  {"a datagram is as full as it may be", a_datagram_is_as_full_as_it_may_be},
	  {"lines may come in pieces", lines_may_come_in_pieces},
	  {"a gauge below zero stays with its zero", a_gauge_below_zero_stays_with_its_zero},
	  {"every name gets the prefix", every_name_gets_the_prefix},
	  {"what fits in no datagram is counted", what_fits_in_no_datagram_is_counted},
	  {"what cannot be sent is counted", what_cannot_be_sent_is_counted})
