// SPDX-License-Identifier: MIT
/*
 * Calls to the dynamic loader. Whose RPATH dlopen() searches, and which object RTLD_NEXT comes after, depends on
 * where they are called from, which a wrapper would change: they are counted first and then jumped to, with
 * the program's own return address. So what comes of them is not seen.
 */
#include "config.h"

#include "preload/wrapper.h"

#include <dlfcn.h>

static void *absent_pointer(void)
{
	return NULL;
}

/* Without libdl, which had these functions before glibc 2.34, there is none to jump to. */
static void *enter(enum call call, enum symbol symbol)
{
	probe_count(call);
	return symbol_exists(symbol) ? resolved_symbol(symbol) : (void *)absent_pointer;
}

/* The jump itself: saves three arguments, calls enter_NAME() and goes where it says. */
#if defined(__x86_64__)
#define JUMP(name)                                                                                \
	__asm__(".text\n"                                                                         \
		".globl " name "\n"                                                               \
		".type " name ", @function\n" name ":\n"                                          \
		"	.cfi_startproc\n"                                                         \
		"	endbr64\n"                                                                \
		"	subq $40, %rsp\n"                                                         \
		"	.cfi_adjust_cfa_offset 40\n"                                              \
		"	movq %rdi, (%rsp)\n"                                                      \
		"	movq %rsi, 8(%rsp)\n"                                                     \
		"	movq %rdx, 16(%rsp)\n"                                                    \
		"	call enter_" name "\n"                                                    \
		"	movq (%rsp), %rdi\n"                                                      \
		"	movq 8(%rsp), %rsi\n"                                                     \
		"	movq 16(%rsp), %rdx\n"                                                    \
		"	addq $40, %rsp\n"                                                         \
		"	.cfi_adjust_cfa_offset -40\n"                                             \
		"	jmp *%rax\n"                                                              \
		"	.cfi_endproc\n"                                                           \
		".size " name ", . - " name "\n")
#elif defined(__aarch64__)
#define JUMP(name)                                                                                \
	__asm__(".text\n"                                                                         \
		".globl " name "\n"                                                               \
		".type " name ", %function\n" name ":\n"                                          \
		"	.cfi_startproc\n"                                                         \
		"	stp x29, x30, [sp, #-48]!\n"                                              \
		"	.cfi_adjust_cfa_offset 48\n"                                              \
		"	.cfi_rel_offset x29, 0\n"                                                 \
		"	.cfi_rel_offset x30, 8\n"                                                 \
		"	stp x0, x1, [sp, #16]\n"                                                  \
		"	str x2, [sp, #32]\n"                                                      \
		"	bl enter_" name "\n"                                                      \
		"	mov x16, x0\n"                                                            \
		"	ldp x0, x1, [sp, #16]\n"                                                  \
		"	ldr x2, [sp, #32]\n"                                                      \
		"	ldp x29, x30, [sp], #48\n"                                                \
		"	.cfi_adjust_cfa_offset -48\n"                                             \
		"	.cfi_restore x29\n"                                                       \
		"	.cfi_restore x30\n"                                                       \
		"	br x16\n"                                                                 \
		"	.cfi_endproc\n"                                                           \
		".size " name ", . - " name "\n")
#endif

#define COUNTED_JUMP(name)                                                                        \
	__attribute__((visibility("hidden"), used)) void *enter_##name(void);                     \
	void *enter_##name(void)                                                                  \
	{                                                                                         \
		return enter(CALL_##name, SYMBOL_##name);                                         \
	}                                                                                         \
	JUMP(#name)

COUNTED_JUMP(dlopen);
COUNTED_JUMP(dlmopen);
COUNTED_JUMP(dlsym);
COUNTED_JUMP(dlvsym);
COUNTED_JUMP(dlclose);
