// SPDX-License-Identifier: MIT
/*
 * syscall-name.h - names of system calls.
 */
#ifndef SONDE_MODEL_SYSCALL_NAME_H
#define SONDE_MODEL_SYSCALL_NAME_H

enum { SYSCALL_NAME_SIZE = 48 };

/*
 * Writes the name of a system call of this machine to ret_name ("futex"; "number 999" for one that was not
 * known when sonde was built; "other" below 0) and returns it.
 */
const char *syscall_name(int number, char ret_name[SYSCALL_NAME_SIZE]);

#endif
