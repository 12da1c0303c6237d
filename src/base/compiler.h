// SPDX-License-Identifier: MIT
/*
 * compiler.h - attributes that say more than the language can.
 */
#ifndef SONDE_BASE_COMPILER_H
#define SONDE_BASE_COMPILER_H

#define HIDDEN __attribute__((visibility("hidden")))
#define likely(condition) __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)

/*
 * State of the preload that is used in every process and that forked children inherit. It shares the page of
 * .data that the dynamic loader writes to in any case (preload/order.ld): each further page would be one more page fault.
 */
#define KEPT __attribute__((section(".kept")))

#endif
