// SPDX-License-Identifier: MIT
/*
 * stream.h - the descriptors behind streams, which closing the stream closes too.
 *
 * errno is left alone; -1 where there is no descriptor, as behind a stream in memory.
 */
#ifndef SONDE_PRELOAD_STREAM_H
#define SONDE_PRELOAD_STREAM_H

#include <dirent.h>
#include <stdio.h>

int stream_descriptor(FILE *stream) __attribute__((visibility("hidden")));
int directory_descriptor(DIR *directory) __attribute__((visibility("hidden")));

#endif
