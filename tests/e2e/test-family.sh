# SPDX-License-Identifier: MIT
#
# Whose child a process is, where the kernel does not know it any more. The sessions are nobody's, so that the figures of
# all processes are there to the end.
. "${top_srcdir:-.}/tests/e2e/lib.sh"

library=$(readlink -f "$top_builddir/.libs/libsonde-preload.so")
export SONDE_DIRECTORY=$scratch/place
mkdir "$SONDE_DIRECTORY"

# As automake's harness starts a test.
act env LD_PRELOAD="$library" "$subject" heir --test-name lost.sh --log-file lost.log
check "a child makes its first call when its parent has ended" "$status" = 0
session=$(echo "$SONDE_DIRECTORY"/sonde-*/*)
act sonde report --format=json "$session"
mv "$scratch/out" "$scratch/recording"
act sonde report --by=process --format=json "$session"
mv "$scratch/out" "$scratch/tree"

# ask EXPRESSION - of the processes in their order, and the depth of each in the tree.
ask() {
	python3 -I -c '
import json, sys
processes = json.load(open(sys.argv[1]))["processes"]
depths = [row["depth"] for row in json.load(open(sys.argv[2]))["rows"]]
print(eval(sys.argv[3]))' "$scratch/recording" "$scratch/tree" "$1"
}
check "there are the program, its child and a grandchild in two images" "$(ask 'len(processes), len({p["pid"] for p in processes})')" = "(4, 3)"
check "the grandchild has its parent's number" "$(ask 'processes[2]["ppid"] == processes[1]["pid"]')" = True
check "it belongs to their test, also after an exec" "$(ask '[p["test"] for p in processes]')" = \
	"['lost.sh', 'lost.sh', 'lost.sh', 'lost.sh']"
check "and stands below its parent in the tree" "$(ask 'depths')" = "[0, 1, 2, 2]"
finish
