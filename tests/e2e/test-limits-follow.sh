# SPDX-License-Identifier: MIT
#
# session.follow: which children are watched, and that the others are reported.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

printf 'session: { follow = "none"; };' >none.cfg
printf 'session: { follow = "env"; };' >env.cfg

for how in execve vfork posix_spawn posix_spawnp; do
	options=(-c none.cfg)
	unharmed "with follow = none a child by $how runs as it does bare" "$subject" start "$how" /bin/echo x
	check "and is reported, not watched" \
		"$(value 'reason("/bin/echo"), started("/bin/echo"), len(r["processes"])')" = "('environment', 1, 1)"
	options=(-c env.cfg)
	unharmed "with follow = env a child by $how runs as it does bare" "$subject" start "$how" /bin/echo x
	check "and is watched" "$(value 'r["unwatched"], len(r["processes"])')" = "([], 2)"
done
for how in system popen; do
	options=(-c none.cfg)
	unharmed "with follow = none the shell of $how runs as it does bare" "$subject" start "$how" "echo x"
	check "and is reported, not watched" \
		"$(value 'reason("/bin/sh"), started("/bin/sh"), len(r["processes"])')" = "('environment', 1, 1)"
	options=(-c env.cfg)
	unharmed "with follow = env the shell of $how runs as it does bare" "$subject" start "$how" "echo x"
	check "and is watched" "$(value 'r["unwatched"], len(r["processes"]) > 1')" = "([], True)"
done

options=(-c none.cfg)
unharmed "with follow = none a child finds an environment without us" sh -c 'env | grep -v "^_="'
unharmed "and an LD_PRELOAD of the user's as it was" \
	env LD_PRELOAD=libm.so.6 sh -c 'env | grep LD_PRELOAD'
options=(-c env.cfg)
unharmed "with follow = env a program that clears the environment runs as it does bare" \
	sh -c 'env -i /bin/echo x; env -i /bin/echo y; /bin/echo z'
check "and what it starts is reported" "$(value 'reason("/bin/echo"), started("/bin/echo")')" = "('environment', 2)"
check "and no path that was looked at in vain" "$(value 'len(r["unwatched"])')" = 1
options=(-c none.cfg)
unharmed "a search in PATH is no start" env PATH=/none:/nowhere:/usr/bin:/bin sh -c 'env -i uname; :'
check "so each program is reported once" \
	"$(value 'sorted((u["command"].split("/")[-1], u["count"]) for u in r["unwatched"])')" = "[('sh', 1)]"
options=()
unharmed "with follow = all a child without an environment is watched" \
	sh -c 'env -i /bin/echo x; env -u LD_PRELOAD /bin/echo y; LD_PRELOAD= /bin/echo z'
check "and nothing is reported" "$(value 'r["unwatched"], count("fclose") > 0')" = "([], True)"
act sonde run -c none.cfg -- sh -c '/bin/true; /bin/true; :'
check "the report names who was not followed" -n \
	"$(grep 'not watched: /bin/true, 2 times (environment does not name sonde)' err)"
finish
