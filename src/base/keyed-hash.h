// SPDX-License-Identifier: MIT
/*
 * keyed-hash.h - SipHash-2-4 (Aumasson and Bernstein, 2012) of a text, under a key of 128 bits.
 *
 * Who has the hash and not the key cannot find the text by trying likely ones.
 */
#ifndef SONDE_BASE_KEYED_HASH_H
#define SONDE_BASE_KEYED_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint64_t keyed_hash_turn(uint64_t word, unsigned int n_bits)
{
	return word << n_bits | word >> (64 - n_bits);
}

static inline void keyed_hash_rounds(uint64_t state[4], int n_rounds)
{
	while (n_rounds--) {
		state[0] += state[1];
		state[1] = keyed_hash_turn(state[1], 13) ^ state[0];
		state[0] = keyed_hash_turn(state[0], 32);
		state[2] += state[3];
		state[3] = keyed_hash_turn(state[3], 16) ^ state[2];
		state[0] += state[3];
		state[3] = keyed_hash_turn(state[3], 21) ^ state[0];
		state[2] += state[1];
		state[1] = keyed_hash_turn(state[1], 17) ^ state[2];
		state[2] = keyed_hash_turn(state[2], 32);
	}
}

static inline void keyed_hash_word(uint64_t state[4], uint64_t word)
{
	state[3] ^= word;
	keyed_hash_rounds(state, 2);
	state[0] ^= word;
}

static inline uint64_t keyed_hash(const uint64_t key[2], const char *text, size_t len)
{
	uint64_t state[4] = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
			     key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++) {
		word |= (uint64_t)(unsigned char)text[i] << (i % 8 * 8);
		if (i % 8 == 7) {
			keyed_hash_word(state, word);
			word = 0;
		}
	}
	keyed_hash_word(state, word | (uint64_t)len << 56);
	state[2] ^= 0xff;
	keyed_hash_rounds(state, 4);
	return state[0] ^ state[1] ^ state[2] ^ state[3];
}

#endif
