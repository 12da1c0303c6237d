#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # variables of lib.sh
#
# Peers in reports: connections that nothing waits for, and addresses that are a peer's and a listener's.
. "${top_srcdir:-.}/tests/e2e/lib.sh"

cd "$scratch" || exit 1

# Listens, connects to itself in the way of programs that wait for several things at once, and where nobody listens.
cat >program.pl <<'END'
use IO::Select; use Socket; use POSIX qw(EINPROGRESS); use Fcntl;
sub begin {
	socket(my $socket, PF_INET, SOCK_STREAM, 0); fcntl($socket, F_SETFL, O_NONBLOCK);
	connect($socket, $_[0]) and die; $! == EINPROGRESS or die;
	IO::Select->new($socket)->can_write(10) or die;
	unpack("i", getsockopt($socket, SOL_SOCKET, SO_ERROR)) == $_[1] or die;
	return $socket;
}
socket(my $listener, PF_INET, SOCK_STREAM, 0); bind($listener, sockaddr_in(0, INADDR_LOOPBACK)); listen($listener, 5);
socket(my $closed, PF_INET, SOCK_STREAM, 0); bind($closed, sockaddr_in(0, INADDR_LOOPBACK));
my $client = begin(getsockname($listener), 0); accept(my $accepted, $listener);
syswrite($client, "12345"); sysread($accepted, my $text, 5);
begin(getsockname($closed), POSIX::ECONNREFUSED);
print +(sockaddr_in(getsockname($listener)))[0], " ", (sockaddr_in(getsockname($closed)))[0];
END
act sonde run -o recording.json --report-file=report -- perl program.pl
check "connections that do not block are watched" "$status" = 0
read -r open_port closed_port <out

# row PEER IS_LISTENING COLUMN - of the table that was written last.
row() {
	awk -F, -v peer="\"127.0.0.1:$1\"" -v listening="$2" -v column="$3" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == peer && $at["is_listening"] == listening { print $at[column] }' out
}

act sonde report --by=peer --format=csv recording.json
check "one that was made is an open of its peer" "$(row "$open_port" 0 opens)" = 1
check "and no failure" "$(row "$open_port" 0 failures)" = 0
check "one that was refused is a failure" "$(row "$closed_port" 0 failures)" = 1
check "and no open" "$(row "$closed_port" 0 opens)" = 0
check "the listener of the same address has a row of its own" "$(row "$open_port" 1 opens)" = 1
check "with what came by its connections" "$(row "$open_port" 1 read_bytes)" = 5
act sonde report --by=peer --format=json recording.json
check "why it was refused stands under the call that told" -n \
	"$(grep "127.0.0.1:$closed_port.*\"call\":\"getsockopt\",\"errno\":\"ECONNREFUSED\"" out)"
act sonde report --by=peer recording.json
check "a listener is told from a peer" "$(grep -c "^127.0.0.1:$open_port (listening)  " out)" = 1
check "whose name has no mark" "$(grep -c "^127.0.0.1:$open_port  " out)" = 1
check "in eighty columns" "$(wc -L <out)" -le 80

finish
