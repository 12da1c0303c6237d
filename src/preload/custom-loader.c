// SPDX-License-Identifier: MIT
/*
 * Calls to the dynamic loader. Whose RPATH dlopen() searches, and which object RTLD_NEXT comes after, depends on
 * where they are called from, which a wrapper would change. Where that may make a difference they are counted first
 * and then jumped to, with the program's own return address, and what comes of them is not seen. Where it makes
 * none - no object has a path of its own that the search would go along, or dlsym() is given a handle - the jump
 * is to a wrapper like any other. What it cannot keep from being seen is who asked: an auditor (LD_AUDIT) is told
 * that we did.
 *
 * None of them sets errno; each has one code, which the row tells.
 */
#include "config.h"

#include "preload/wrapper.h"

#include <dlfcn.h>
#include <link.h>

static void *absent_pointer(void)
{
	return NULL;
}

/* Where a call goes on whose result is not seen. Without libdl, which had these functions before glibc 2.34, there is none. */
static void *count_and_jump(enum call call, enum symbol symbol)
{
	probe_count(call);
	return symbol_exists(symbol) ? resolved_symbol(symbol) : (void *)absent_pointer;
}

/* A pointer, or the code of its absence. */
static void *finish(const struct probe *probe, void *result, int code)
{
	if (result || !code)
		probe_succeeded(probe, 0);
	else
		probe_failed(probe, code);
	return result;
}

/* -- Whether the caller makes a difference ------------------------------------------------------------ */

struct search {
	uintptr_t caller;
	bool is_along_paths; /* the name is looked for in directories */
	bool is_caller_found;
	bool depends;
};

static bool has_address(const struct dl_phdr_info *object, uintptr_t address)
{
	for (int i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];

		if (part->p_type == PT_LOAD && address - object->dlpi_addr - part->p_vaddr < part->p_memsz)
			return true;
	}
	return false;
}

static const ElfW(Dyn) *find_dynamic(const struct dl_phdr_info *object)
{
	static const ElfW(Dyn) none = {.d_tag = DT_NULL};

	for (int i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_DYNAMIC)
			return (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
	return &none;
}

/*
 * An RPATH is for all that is loaded by an object and by what that loads, to any depth, and who loaded whom is the loader's
 * secret: a single one in the process counts. A RUNPATH is for the object's own search.
 */
static bool decides(const ElfW(Dyn) *entry, bool is_own_search)
{
	if (entry->d_tag == DT_RPATH)
		return true;
	return is_own_search && (entry->d_tag == DT_RUNPATH ||
				 (entry->d_tag == DT_FLAGS_1 && (entry->d_un.d_val & DF_1_NODEFLIB)));
}

static int look_at_object(struct dl_phdr_info *object, size_t size, void *argument)
{
	struct search *search = argument;
	bool is_caller = has_address(object, search->caller);

	(void)size;
	search->is_caller_found |= is_caller;
	for (const ElfW(Dyn) *entry = find_dynamic(object); entry->d_tag != DT_NULL; entry++)
		search->depends |= decides(entry, is_caller && search->is_along_paths);
	return search->depends;
}

/* With a $ it may be $ORIGIN, the caller's directory; without a slash it is looked for. */
static bool opening_depends_on(const void *caller, const char *filename)
{
	struct search search = {.caller = (uintptr_t)caller, .is_along_paths = true};

	if (!startup_is_relocated())
		return true;
	for (const char *c = filename; c && *c; c++) {
		search.depends |= *c == '$';
		search.is_along_paths &= *c != '/';
	}
	if (filename && !search.depends)
		dl_iterate_phdr(look_at_object, &search);
	return search.depends || (filename && !search.is_caller_found);
}

static bool lookup_depends_on_caller(const void *handle)
{
	return handle == RTLD_DEFAULT || handle == RTLD_NEXT || !startup_is_relocated();
}

/* -- The wrappers where it makes none ----------------------------------------------------------------- */

/* With RTLD_NOLOAD it is only asked whether it is there. */
static int opening_code(int flags)
{
	return flags & RTLD_NOLOAD ? 0 : ELIBACC;
}

static void *seen_dlopen(const char *filename, int flags)
{
	struct probe probe = probe_begin(CALL_dlopen);

	return finish(&probe, REAL(dlopen)(filename, flags), opening_code(flags));
}

static void *seen_dlmopen(Lmid_t lmid, const char *filename, int flags)
{
	struct probe probe = probe_begin(CALL_dlmopen);

	return finish(&probe, REAL(dlmopen)(lmid, filename, flags), opening_code(flags));
}

/*
 * A symbol may have the value NULL (an absolute one, or what an indirect function answers). Only dlerror() could tell, and it
 * would have told then: the program would not hear of it any more. NULL counts as what it nearly always is.
 */
static void *seen_dlsym(void *handle, const char *symbol)
{
	struct probe probe = probe_begin(CALL_dlsym);

	return finish(&probe, REAL(dlsym)(handle, symbol), ENOENT);
}

static void *seen_dlvsym(void *handle, const char *symbol, const char *version)
{
	struct probe probe = probe_begin(CALL_dlvsym);

	return finish(&probe, REAL(dlvsym)(handle, symbol, version), ENOENT);
}

/* -- What the program calls --------------------------------------------------------------------------- */

/* The jump itself: saves three arguments, calls enter_NAME() with them and the return address, and goes where it says. */
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
		"	movq 40(%rsp), %rcx\n"                                                    \
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
		"	stp x0, x1, [sp, #16]\n"                                                  \
		"	str x2, [sp, #32]\n"                                                      \
		"	mov x3, x30\n"                                                            \
		"	bl enter_" name "\n"                                                      \
		"	mov x16, x0\n"                                                            \
		"	ldp x0, x1, [sp, #16]\n"                                                  \
		"	ldr x2, [sp, #32]\n"                                                      \
		"	ldp x29, x30, [sp], #48\n"                                                \
		"	.cfi_adjust_cfa_offset -48\n"                                             \
		"	br x16\n"                                                                 \
		"	.cfi_endproc\n"                                                           \
		".size " name ", . - " name "\n")
#endif

#define ENTRY(name, ...)                                                                          \
	__attribute__((visibility("hidden"), used)) void *enter_##name(__VA_ARGS__);              \
	JUMP(#name);                                                                              \
	void *enter_##name(__VA_ARGS__)

ENTRY(dlopen, const char *filename, int flags, const void *none, const void *caller)
{
	(void)flags;
	(void)none;
	if (opening_depends_on(caller, filename) || !symbol_exists(SYMBOL_dlopen))
		return count_and_jump(CALL_dlopen, SYMBOL_dlopen);
	return (void *)seen_dlopen;
}

ENTRY(dlmopen, Lmid_t lmid, const char *filename, int flags, const void *caller)
{
	(void)lmid;
	(void)flags;
	if (opening_depends_on(caller, filename) || !symbol_exists(SYMBOL_dlmopen))
		return count_and_jump(CALL_dlmopen, SYMBOL_dlmopen);
	return (void *)seen_dlmopen;
}

ENTRY(dlsym, const void *handle)
{
	if (lookup_depends_on_caller(handle) || !symbol_exists(SYMBOL_dlsym))
		return count_and_jump(CALL_dlsym, SYMBOL_dlsym);
	return (void *)seen_dlsym;
}

ENTRY(dlvsym, const void *handle)
{
	if (lookup_depends_on_caller(handle) || !symbol_exists(SYMBOL_dlvsym))
		return count_and_jump(CALL_dlvsym, SYMBOL_dlvsym);
	return (void *)seen_dlvsym;
}
