// SPDX-License-Identifier: MIT
/*
 * Addresses of sockets as names: 127.0.0.1:80, [::1]:80, [::ffff:127.0.0.1]:80, [fe80::1%2]:80, unix:/run/log,
 * unix:@abstract, unix:(unnamed).
 */
#include "config.h"

#include "record/object-name.h"

#include "base/raw.h"
#include "base/text.h"

#include <netinet/in.h>
#include <sys/un.h>

enum { ADDRESS_TEXT = 160 };

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_un un;
};

static void add_port(struct text *text, uint16_t port)
{
	const uint8_t *bytes = (const uint8_t *)&port;

	text_add_char(text, ':');
	text_add_number(text, (uint64_t)bytes[0] << 8 | bytes[1]);
}

static void add_numbers(struct text *text, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			text_add_char(text, '.');
		text_add_number(text, bytes[i]);
	}
}

static void add_in(struct text *text, const struct sockaddr_in *address)
{
	add_numbers(text, (const uint8_t *)&address->sin_addr);
	add_port(text, address->sin_port);
}

static void add_hex(struct text *text, unsigned int word)
{
	bool is_begun = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned int digit = word >> shift & 15;

		is_begun = is_begun || digit || !shift;
		if (is_begun)
			text_add_char(text, "0123456789abcdef"[digit]);
	}
}

static unsigned int word_of(const uint8_t *bytes, int i)
{
	return (unsigned int)bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* The longest run of zero words, which "::" stands for; of one word it does not. */
static int longest_zeros(const uint8_t *bytes, int *ret_n)
{
	int best = -1;
	int n_best = 1;

	for (int i = 0; i < 8; i++) {
		int n = 0;

		while (i + n < 8 && !word_of(bytes, i + n))
			n++;
		if (n > n_best) {
			best = i;
			n_best = n;
		}
		i += n;
	}
	*ret_n = n_best;
	return best;
}

/* One of IPv4, of which the last words are written as there. */
static bool is_mapped(const uint8_t *bytes)
{
	for (int i = 0; i < 5; i++)
		if (word_of(bytes, i))
			return false;
	return word_of(bytes, 5) == 0xffff;
}

static void add_in6(struct text *text, const struct sockaddr_in6 *address, bool has_scope)
{
	const uint8_t *bytes = (const uint8_t *)&address->sin6_addr;
	int n_words = is_mapped(bytes) ? 6 : 8;
	int n_zeros;
	int zeros = longest_zeros(bytes, &n_zeros);

	text_add_char(text, '[');
	for (int i = 0; i < n_words; i++) {
		if (i == zeros) {
			text_add(text, "::");
			i += n_zeros - 1;
			continue;
		}
		if (i && i != zeros + n_zeros)
			text_add_char(text, ':');
		add_hex(text, word_of(bytes, i));
	}
	if (n_words == 6) {
		text_add_char(text, ':');
		add_numbers(text, bytes + 12);
	}
	/* Links have the same addresses. */
	if (has_scope && address->sin6_scope_id) {
		text_add_char(text, '%');
		text_add_number(text, address->sin6_scope_id);
	}
	text_add_char(text, ']');
	add_port(text, address->sin6_port);
}

static void add_un(struct text *text, const struct sockaddr_un *address, size_t size)
{
	size_t len = size - offsetof(struct sockaddr_un, sun_path);

	text_add(text, "unix:");
	if (!len) {
		text_add(text, "(unnamed)");
		return;
	}
	/* One that begins with NUL is no path, and may have more of them. */
	for (size_t i = 0; i < len; i++) {
		char c = address->sun_path[i];

		if (!c && i && address->sun_path[0])
			return;
		text_add_char(text, c ? c : '@');
	}
}

/* False: of a family that is no network's. */
static bool write_address(struct text *text, const union address *address, size_t size)
{
	switch (size >= sizeof(sa_family_t) ? address->any.sa_family : AF_UNSPEC) {
	case AF_INET:
		if (size < sizeof(address->in))
			return false;
		add_in(text, &address->in);
		return true;
	case AF_INET6:
		if (size < offsetof(struct sockaddr_in6, sin6_scope_id))
			return false;
		add_in6(text, &address->in6, size >= sizeof(address->in6));
		return true;
	case AF_UNIX:
		add_un(text, &address->un, size);
		return true;
	default:
		return false;
	}
}

__attribute__((noinline)) struct object_name *
object_name_of_address(enum object_kind kind, const struct sockaddr *given, socklen_t size)
{
	char buf[ADDRESS_TEXT];
	struct text text = text_init(buf, sizeof(buf));
	union address address = {0};

	if (!given)
		return NULL;
	if (size > sizeof(address))
		size = sizeof(address);
	__builtin_memcpy(&address, given, size);
	if (!write_address(&text, &address, size))
		return NULL;
	return object_name_find(kind, buf, text.len, text.is_cut);
}

static struct object_name *ask(long number, int fd, enum object_kind kind)
{
	union address address;
	socklen_t size = sizeof(address);
	long result = raw_syscall(number, fd, (long)&address, (long)&size, 0, 0, 0);

	return result < 0 ? NULL : object_name_of_address(kind, &address.any, size);
}

static bool is_listening(int fd)
{
	int answer = 0;
	socklen_t size = sizeof(answer);

	return raw_syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_ACCEPTCONN, (long)&answer, (long)&size, 0) == 0 &&
	       answer;
}

struct object_name *object_name_of_socket(int fd)
{
	struct object_name *name = is_listening(fd) ? NULL : ask(SYS_getpeername, fd, OBJECT_PEER);

	return name ? name : ask(SYS_getsockname, fd, OBJECT_LISTENER);
}
