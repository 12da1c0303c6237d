# SPDX-License-Identifier: MIT
#
# emit-forward.awk - from the list of what the preload library exports, the source of a library that exports
# the same symbols and does nothing but forward each through a pointer: floor F0. For x86-64.
#
# Left out are older versions and the loader's own functions, by which the others are found.
#
# A pointer leads at first to a stub that has forward_resolve() find the function, with every register saved
# that may hold an argument, and goes on there.

function line(text) {
	gsub(/"/, "\\\"", text)
	print "\t\"" text "\\n\""
}

{
	sub(/@@.*/, "")
	if ($0 !~ /@|^dl/)
		name[n++] = $0
}

function emit_function(i) {
	line(".globl " name[i])
	line(".type " name[i] ", @function")
	line(".p2align 4")
	line(name[i] ": endbr64")
	line("jmp *forward_table+" 8 * i "(%rip)")
	line(".Lresolve" i ": push $" i)
	line("jmp .Lresolve")
	line(".size " name[i] ", .-" name[i])
}

# The index, the return address and eight registers keep the stack aligned to 16 bytes. The index becomes the
# function's address, to which the last ret goes.
function emit_resolve(   i, n_saved, saved) {
	n_saved = split("rax rdi rsi rdx rcx r8 r9 r10", saved)
	line(".Lresolve:")
	for (i = 1; i <= n_saved; i++)
		line("push %" saved[i])
	line("sub $128, %rsp")
	for (i = 0; i < 8; i++)
		line("movups %xmm" i ", " 16 * i "(%rsp)")
	line("mov 192(%rsp), %rdi")
	line("call forward_resolve")
	line("mov %rax, 192(%rsp)")
	for (i = 0; i < 8; i++)
		line("movups " 16 * i "(%rsp), %xmm" i)
	line("add $128, %rsp")
	for (i = n_saved; i >= 1; i--)
		line("pop %" saved[i])
	line("ret")
}

function begin_data(section, object) {
	line(section)
	line(".p2align 3")
	line(".hidden " object)
	line(".globl " object)
	line(object ":")
}

END {
	print "/* Made by bench/emit-forward.awk. */"
	print "__asm__("
	line(".text")
	for (i = 0; i < n; i++)
		emit_function(i)
	emit_resolve()
	begin_data(".data", "forward_table")
	for (i = 0; i < n; i++)
		line(".quad .Lresolve" i)
	begin_data(".section .rodata", "forward_names")
	for (i = 0; i < n; i++)
		line(".string \"" name[i] "\"")
	line(".text")
	print ");"
}
