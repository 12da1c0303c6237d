# SPDX-License-Identifier: MIT
#
# The jobs in docs/test-runs.md do what is said of them: their commands are taken from there and run.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export S=$sonde
unset MAKEFLAGS MFLAGS MAKELEVEL TESTS

# A project with two tests of its own; LOOKS is what one of them looks for in vain.
printf 'check:\n\t@for t in one two; do "$$S" label test=$$t -- sh tests/$$t.sh; done\n' >Makefile
mkdir tests bin
printf 'test -e /nowhere\n:\n' >tests/one.sh
printf 'i=0; while test $i -lt "$LOOKS"; do : </nowhere/$i; i=$((i + 1)); done 2>/dev/null; :\n' >tests/two.sh
sed -i 's|: </nowhere/$i;|test -r /nowhere/$i;|' tests/two.sh
ln -s "$sonde" bin/sonde
export LOOKS=0 PATH=$scratch/bin:$PATH

# commands SECTION - the commands of a section's job, in their order
commands() {
	sed -n "/^## $1\$/,/^## /p" "$top_srcdir/docs/test-runs.md" | sed -n "s/^ *- run: //p; /script:/,/cache:/s/^ *- //p"
}

# job SECTION - runs them until one fails, as a job does; what it was is in $failed.
job() {
	failed=none
	while read -r command; do
		sh -c "$command" >out 2>err </dev/null && continue
		status=$?
		failed=$command
		return
	done < <(commands "$1")
	status=0
}

check "GitHub's job has its commands" "$(commands 'GitHub Actions' | wc -l)" = 4
check "and GitLab's" "$(commands GitLab | wc -l)" = 4
export GITHUB_STEP_SUMMARY=$scratch/summary CI_COMMIT_BRANCH=main CI_DEFAULT_BRANCH=main
sonde run --report=none -o first.json -- make check >/dev/null
sonde check --budget=tests/budget.cfg --update --headroom=5 first.json >/dev/null 2>&1

for platform in "GitHub Actions" GitLab; do
	rm -f before.json.gz after.json.gz budget.xml summary
	LOOKS=0 job "$platform"
	check "$platform: the first run passes, and is kept" "$failed" = none -a -s before.json.gz -a -s budget.xml
	LOOKS=0 job "$platform"
	check "$platform: an unchanged one passes" "$failed" = none
	LOOKS=100 job "$platform"
	check "$platform: one that does more is stopped by its budget" "$status $failed" = \
		"3 sonde check --budget=tests/budget.cfg --junit=budget.xml after.json.gz"
	check "$platform: which names the test" -n "$(grep '<failure' budget.xml)" -a -n "$(grep 'test two: ' err)"
	check "$platform: and nothing else" -z "$(grep 'test one: ' err)"
done
check "the summary names it, too, when a step goes on" "$(LOOKS=100 sh -c "$(commands 'GitHub Actions' | sed -n 3p)"; grep -c 'two' summary)" -ge 1
finish
