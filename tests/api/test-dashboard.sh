# SPDX-License-Identifier: MIT
. "${top_srcdir:-.}/tests/api/lib.sh" || exit

# What a dashboard for Grafana asks, Prometheus's own tool can read.
export EXPRESSIONS=$scratch/expressions
(run test-dashboard) || has_failed=1
sed 's/\$__rate_interval/5m/g' "$EXPRESSIONS" >"$scratch/rules.yml"
if test "$(grep -c 'record:' "$scratch/rules.yml")" -ge 10 && promtool check rules "$scratch/rules.yml" >"$scratch/said" 2>&1; then
	echo "ok - the expressions of all dashboards are PromQL"
else
	echo "not ok - the expressions of all dashboards are PromQL"
	cat "$scratch/rules.yml" "$scratch/said" | sed 's/^/#   /'
	has_failed=1
fi
exit "$has_failed"
