# SPDX-License-Identifier: MIT
#
# A configuration that is read again while the command runs.
. "${top_srcdir:-.}/tests/plugins/lib.sh"
export SONDE_PLUGIN_PATH=$zoo
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"

# says_in FILE PATTERN - a line of it is this one.
says_in() {
	grep -qx -- "$2" "$1" 2>/dev/null
}

# begin INSTANCE... - a command that ends when it is told to, in the background.
begin() {
	rm -f recording.json good other culprit hold
	mkfifo hold
	exec 9<>hold
	configure "$@"
	"$sonde" run -c sonde.cfg -o recording.json --report=none -- sh -c 'trap "echo heard >&2" HUP
		while ! read -r line <hold; do :; done' >out 2>err &
	sonde_pid=$!
	until_there test -s good
}

# fed FILE - it gets a line more.
fed() {
	local n
	n=$(grep -c '^[0-9]' "$1")
	until_there eval "test \$(grep -c '^[0-9]' $1) -gt $n"
}

end() {
	echo >&9
	wait "$sonde_pid"
	status=$?
}

# whole FILE - it has the final figures of the recording.
whole() {
	test "$(tail -2 "$1" | head -1 | cut -d ' ' -f 2-)" = "2 $(calls_in recording.json)"
}

good='plugin = "well"; name = "good"; file = "good";'

begin "$good"
configure "$good" 'plugin = "well"; name = "other"; file = "other";'
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "a new instance begins" -n "$(until_there test -s other && echo fed)"
check "which the command does not hear of" -z "$(grep heard err)"
configure "$good"
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "one that is gone ends in order" -n "$(until_there says_in other stopped && echo ended)"
fed good
end
check "one that stays the same goes on untouched" "$(grep -c stopped good) $(of_plugin good lost)" = "1 0"
check "and has it all" -n "$(whole good && echo whole)"
check "the recording tells of all of them" "$(of_plugin other state)$(of_plugin other lost)" = stopped0

begin "$good"
configure "$good tune = \"la; \\\"la\\\"\"; songs = [\"one\", \"two\"];"
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "what reload() takes is given to the instance that runs" \
	-n "$(until_there says_in good 'reloaded la; "la" 2 one' && echo told)"
configure "$good"
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "and so is that it is not there any more" -n "$(until_there says_in good 'reloaded - 0 -' && echo told)"
end
check "which is the same one all the time" "$(grep -c stopped good)" = 1 -a -n "$(whole good && echo whole)"

begin "$good"
configure 'plugin = "well"; name = "good"; file = "other";'
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "what it does not take makes a new instance, when the one before has ended" \
	-n "$(until_there test -s other && says_in good stopped && echo anew)"
end
check "and that has it all" -n "$(whole other && echo whole)"

begin "$good"
configure "$good"
sed 's/100ms/200ms/' -i sonde.cfg
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "another interval is no reason for a new one" -n "$(until_there says_in good 'reloaded - 0 -' && fed good && echo told)"
end
check "and it loses nothing by that" "$(grep -c stopped good) $(of_plugin good lost)" = "1 0"

begin "$good"
configure "$good" 'plugin = "well"; nmae = "other";'
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "a bad file is told with its line" -n "$(until_there grep -q 'stay as they are' err && grep "unknown option; did you mean 'name'" err)"
fed good
end
check "and all stays as it was" "$status $(grep -c stopped good) $(of_plugin good lost)" = "0 1 0"

begin "$good"
configure "$good" 'plugin = "well"; name = "other"; file = "other";'
kill -HUP "$sonde_pid"
check "SIGHUP reaches the command as ever" -n "$(until_there says_in err heard && echo heard)"
check "and sonde as well" -n "$(until_there test -s other && echo fed)"
end

for animal in hang-reload crash-reload refuses-reload; do
	culprit="plugin = \"$animal\"; name = \"culprit\"; file = \"culprit\";"
	begin "$good" "$culprit"
	until_there test -s culprit
	configure "$good tune = \"la\";" "$culprit tune = \"la\";"
	"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
	until_there says_in good 'reloaded la 0 -'
	until_there says_in culprit reloading
	end
	check "$animal: the other one is told, and loses nothing" -n "$(whole good && echo whole)" -a \
		"$(of_plugin good lost)" = 0
	case $animal in
	hang-*) expected=stuck ;;
	crash-*) expected=crashed ;;
	*) expected=stopped ;;
	esac
	check "$animal: the recording says so" "$(of_plugin culprit state)" = $expected
done
check "what a refusal says is kept" -n "$(grep 'no animal learns a new tune' recording.json)"

begin "$good"
: >sonde.cfg
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "a configuration may lose all of its plugins" -n "$(until_there says_in good stopped && echo ended)"
configure 'plugin = "well"; name = "other"; file = "other";'
"$sonde" set --reload "$SONDE_DIRECTORY"/sonde-*/*
check "and get others" -n "$(until_there test -s other && echo fed)"
end
check "which then have it all" -n "$(whole other && echo whole)"

act "$sonde" set --reload "$SONDE_DIRECTORY/none"
says "what is no session is told" 1 "sonde: set: $SONDE_DIRECTORY/none: No such file or directory"
finish
