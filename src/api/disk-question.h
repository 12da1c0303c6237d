// SPDX-License-Identifier: MIT
/*
 * disk-question.h - how full a filesystem is, asked so that nobody waits for ever.
 *
 * The kernel does not answer while a network filesystem's server is gone, and no signal ends the
 * call. So a thread of its own asks, and whoever wants to know waits only so long. A thread without
 * an answer stays until there is one, and while there is one for a path no other is started.
 *
 *     int error = disk_question_ask(path, &question);    (the instance's lock is held)
 *     ...
 *     error = disk_question_wait(question, deadline_ns); (it is not)
 *     ...
 *     error = disk_question_end(question, &space);       (it is held)
 */
#ifndef SONDE_API_DISK_QUESTION_H
#define SONDE_API_DISK_QUESTION_H

#include "base/compiler.h"
#include "resources/disk-space.h"

struct disk_question;

/* 0, SONDE_ENOMEM, or SONDE_ETIMEDOUT: the path has not answered an earlier question. */
int disk_question_ask(const char *path, struct disk_question **ret_question) HIDDEN;

/* Until there is an answer, or an instant of CLOCK_MONOTONIC. Calls nothing that is counted. */
void disk_question_wait(struct disk_question *question, int64_t deadline_ns) HIDDEN;

/* Takes the answer: 0, SONDE_ENOENT, SONDE_EIO or SONDE_ETIMEDOUT. The question is gone. */
int disk_question_end(struct disk_question *question, struct disk_space *ret_space) HIDDEN;

/* In a forked child, where the threads are not. */
void disk_question_after_fork(void) HIDDEN;

#endif
