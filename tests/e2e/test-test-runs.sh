#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The recipes of docs/test-runs.md, each run for real: the tests of unchanged projects are told by name, pass and fail
# as they do without sonde, and their calls are known exactly.
. "$top_srcdir/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export S=$sonde

# A program whose work is known, for the shells of all harnesses: N looks at what is not there.
cat >work <<'END'
#!/bin/dash
i=0; while test $i -lt "$1"; do test -r "/nowhere/$i"; i=$((i + 1)); done
END
chmod +x work
export WORK=$scratch/work

# tests RECORDING - "NAME=FAILED ..." of each test: its looks at what is not there.
tests() {
	sonde report --by=test --only=call:faccessat --only=errno:ENOENT --format=json "$1" | python3 -I -c '
import json, sys
print(*sorted("%s=%d" % (r["name"], r["failures"]) for r in json.load(sys.stdin)["rows"] if r["name"] and r["failures"]))'
}
needs() {
	command -v "$1" >/dev/null || { fail "$1 is there"; finish; exit 1; }
}

# -- automake, parallel harness
needs automake
mkdir automake && cd automake || exit 1
printf 'AC_INIT([tested],[1])\nAM_INIT_AUTOMAKE([foreign])\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n' >configure.ac
printf 'TESTS = one.sh two.sh sub/three.sh\n' >Makefile.am
mkdir sub
printf '#!/bin/sh\n"$WORK" 11\n' >one.sh
printf '#!/bin/sh\n"$WORK" 12 & wait; exit 1\n' >two.sh
printf '#!/bin/sh\n"$WORK" 13; exit 77\n' >sub/three.sh
chmod +x one.sh two.sh sub/three.sh
{ aclocal && autoconf && automake --add-missing && ./configure -q; } >/dev/null 2>&1
unset MAKEFLAGS MFLAGS MAKELEVEL TESTS
act make -k check
bare=$(grep -E '^(PASS|FAIL|SKIP):' "$scratch/out" | sort)
rm -f ./*.log ./*.trs sub/*.log sub/*.trs
act sonde run --report=none -o ../automake.json -- make -k -j2 check
check "make check says what it says without sonde" "$(grep -E '^(PASS|FAIL|SKIP):' "$scratch/out" | sort)" = "$bare"
check "and did run its tests" "$(echo "$bare" | wc -l)" = 3
cd ..
check "tests of automake's parallel harness have their names" "$(tests automake.json)" = "one.sh=11 sub/three.sh=13 two.sh=12"

# -- prove
needs prove
mkdir -p prove/t && cd prove || exit 1
printf '#!/bin/sh\n"$WORK" 21\necho 1..1; echo ok 1\n' >t/shell.t
printf 'use Test::More tests => 1; is(system("$ENV{WORK} 22"), 0);\n' >t/perl.t
chmod +x t/shell.t
act sonde run --report=none -o ../prove.json -- prove -j2 t/shell.t t/perl.t
check "prove is content" "$status" = 0 -a "$(tail -1 "$scratch/out")" = "Result: PASS"
cd ..
check "tests of prove have their names" "$(tests prove.json)" = "t/perl.t=22 t/shell.t=21"

# -- ctest
needs ctest
mkdir ctest && cd ctest || exit 1
printf 'add_test(first "%s" "31")\nadd_test(second "%s" "32")\n' "$WORK" "$WORK" >CTestTestfile.cmake
act sonde run --report=none -o ../ctest.json -- ctest -j2
check "ctest is content" "$status" = 0 -a -n "$(grep '100% tests passed' "$scratch/out")"
cd ..
check "tests of ctest are told by their commands" "$(tests ctest.json)" = "dash $WORK 31=31 dash $WORK 32=32"
mkdir labelled && cd labelled || exit 1
printf 'add_test(first "%s" "label" "test=first" "--" "%s" "31")\n' "$S" "$WORK" >CTestTestfile.cmake
act sonde run --report=none -o ../ctest.json -- ctest
cd ..
check "or by their names, where they have a label" "$status $(tests ctest.json)" = "0 first=31"
act sonde report --by=test ctest.json
check "and what gives them the label is no test" "$(grep -c 'sonde label' "$scratch/out")" = 0

# -- pytest
# Debian's, which has pytest as a package.
python=/usr/bin/python3
$python -c 'import pytest' 2>/dev/null || { fail "pytest is there"; finish; exit 1; }
mkdir pytest && cd pytest || exit 1
cat >test_it.py <<'END'
import os, subprocess, pytest

@pytest.mark.parametrize("n", [41, 42])
def test_children(n):
    assert subprocess.call([os.environ["WORK"], str(n)]) == 0

def test_itself():
    for i in range(43):
        assert not os.access("/nowhere", os.F_OK)
END
act sonde run --report=none -o ../pytest.json -- $python -m pytest -q -p no:cacheprovider test_it.py
check "pytest is content" "$status" = 0 -a -n "$(grep '^3 passed' "$scratch/out")"
cd ..
check "what tests of pytest start has their names" "$(tests pytest.json)" = \
	"test_it.py::test_children[41]=41 test_it.py::test_children[42]=42"
sed -n '/^```python/,/^```/p' "$top_srcdir/docs/test-runs.md" | sed '1d;$d' >pytest/conftest.py
cd pytest || exit 1
act env LD_LIBRARY_PATH="$top_builddir/.libs" "$sonde" run --report=none -o ../pytest.json -- \
	$python -m pytest -q -p no:cacheprovider test_it.py
cd ..
check "with the snippet of the manual pytest is content, too" "$status" = 0 -a -n "$(grep '^3 passed' "$scratch/out")"
act sonde report --by=test --only=call:access --only=errno:ENOENT --format=csv pytest.json
check "and what it does itself has the names as well" "$(grep -c '^"test_it.py::test_itself",0,0,43,43,' "$scratch/out")" = 1
check "without a difference to what it starts" "$(tests pytest.json | tr ' ' '\n' | grep children | tr '\n' ' ')" = \
	"test_it.py::test_children[41]=41 test_it.py::test_children[42]=42 "

# -- Programs like those of go test
mkdir go && cp "$(command -v dash)" go/parser.test
act sonde run --report=none -o go.json -- go/parser.test -c '"$WORK" 51' -test.v
check "programs as go test runs them are tests" "$(tests go.json)" = "parser=51"

# -- Programs like those of cargo test
mkdir -p target/debug/deps && cp "$(command -v dash)" target/debug/deps/parser-0123456789abcdef
act sonde run --report=none -o cargo.json -- "$PWD/target/debug/deps/parser-0123456789abcdef" -c '"$WORK" 52'
check "programs as cargo test runs them are tests" "$(tests cargo.json)" = "parser=52"

# -- A shell
cat >shell.sh <<'END'
for n in 61 62; do "$S" label test=case-$n -- "$WORK" $n || exit 1; done
END
act sonde run --report=none -o shell.json -- sh shell.sh
check "tests of a shell script have the names that they are given" "$(tests shell.json)" = "case-61=61 case-62=62"

# -- Unchanged work does not differ
for i in 1 2; do sonde run --report=none -o "shell$i.json" -- sh shell.sh; done
act sonde diff shell1.json shell2.json
check "two runs of unchanged tests do not differ" "$(sed -n 4p out)" = "no difference"
finish
