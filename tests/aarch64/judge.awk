# SPDX-License-Identifier: MIT
#
# judge.awk <OUTPUT - what the truth driver (tests/truth/truth.c) says of cases that ran in qemu, without what is
# qemu's: the launcher is a program that is not watched, and a case that does not end as it should bare, since qemu
# executes no program and has no seccomp, says nothing of us.

function judge() {
	if (name == "")
		return
	if (is_impossible)
		print "ok - " name " # SKIP not in qemu"
	else
		print (wrong == "" ? "ok - " : "not ok - ") name (wrong == "" ? "" : "\n" wrong)
	name = wrong = ""
}

/^(not )?ok - / {
	judge()
	is_impossible = 0
	name = $0
	sub(/^(not )?ok - /, "", name)
}

/^# / && / bare$/ {
	is_impossible = 1
}

/^# / && !/unwatched programs: / {
	wrong = wrong (wrong == "" ? "" : "\n") $0
}

# Times are converted by the launching machine's clock, and system calls are named by its numbers; another user is
# one for some threads of qemu only; 5,000 children take longer than the driver waits.
/^(not )?ok - .* \((waits|waits-threads|waits-killed|raw-calls|give-up-rights|short-children)\)$/ {
	is_impossible = 1
}

END {
	judge()
}
