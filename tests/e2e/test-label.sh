#!/bin/bash
# SPDX-License-Identifier: MIT
#
# sonde label: marks a subtree, and is not there otherwise.
. "$top_srcdir/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export S=$sonde

# of KEY PROGRAM - what the recording says of the first process with this program: its test, or a label.
of() {
	python3 -I -c '
import json, sys
key, program = sys.argv[1:]
for process in json.load(open("r.json"))["processes"]:
    if process["executable"].endswith("/" + program):
        print(process["test"] if key == "test" else process["labels"].get(key))
        break' "$1" "$2"
}

cat >tree.sh <<'END'
"$S" label test=one branch=main -- sh -c 'wc -c /dev/null; "$S" label test=two user=me head /dev/null; tail /dev/null'
"$S" label 'test=a;b 100%' -- env -i /usr/bin/cut -c1 /dev/null
"$S" label test=loop -- sh -c '(exec sort /dev/null) & wait'
tac /dev/null
END
act sonde run --report=none -o r.json --label test=whole -- sh tree.sh
check "a labelled tree runs" "$status" = 0
check "what a labelled command starts has its labels" "$(of test wc) $(of branch wc)" = "one main"
check "one inside another adds and replaces" "$(of test head) $(of user head) $(of branch head)" = "two me main"
check "and ends with its command" "$(of test tail) $(of user tail)" = "one None"
check "labels survive an empty environment, whatever is in them" "$(of test cut)" = "a;b 100%"
check "and fork" "$(of test sort)" = "loop"
check "a label of the whole run is the test of all that has no other" "$(of test tac)" = "whole"
act python3 -I - <<'END'
import json
document = json.load(open("r.json"))
calls = {(c["call"], c.get("kind")): c["count"] for c in document["calls"]}
errors = {}
for c in document["calls"]:
    for e in c["errors"]:
        errors[c["call"], c.get("kind"), e["errno"]] = e["count"]
for part in document["parts"]:
    for c in part["calls"]:
        calls[c["call"], c.get("kind")] -= c["count"]
        for e in c["errors"]:
            errors[c["call"], c.get("kind"), e["errno"]] -= e["count"]
images = sum(part["images"] for part in document["parts"])
print(set(calls.values()), set(errors.values()), images == len(document["processes"]))
END
check "the parts of a run are all of it" "$(cat out)" = "{0} {0} True"
act python3 -I -c '
import json, sys, jsonschema
jsonschema.validate(json.load(open("r.json")), json.load(open(sys.argv[1])))' "$top_srcdir/docs/recording.schema.json"
check "a recording with labels follows its schema" "$status" = 0

act sonde run --report=none -o r.json -- sh -c '"$S" label test=x -- true; :'
n_images=$(python3 -I -c 'import json; print(len({p["pid"] for p in json.load(open("r.json"))["processes"]}))')
check "no process is there that would not be there without it" "$n_images" = 2

act env SONDE_LABELS=test=outer "$S" run --report=none -o r.json -- cat /dev/null
check "a run inside a labelled command has its labels, and warns of nothing" "$status $(of test cat)$(cat err)" = "0 outer"

# -- As a command
act sonde label test=x -- sh -c 'exit 7'
check "it ends as the command does" "$status" = 7 -a ! -s err
act sonde label test=x sh -c 'kill -TERM $$'
check "also by a signal" "$status" = 143
act sonde label a=b -- sh -c 'echo $SONDE_LABELS'
check "outside of a session it only runs the command" "$status $(cat out)$(cat err)" = "0 a=b"
act sonde label test=x -- ./nothing
says "a command that is not there is said" 127 "sonde: label: ./nothing: No such file or directory"
act sonde label test=x -- nothing-of-this-name
says "nor in the path" 127 "sonde: label: nothing-of-this-name: command not found"
act sonde label test=x -- /dev/null
says "nor can be executed" 126 "sonde: label: /dev/null: Permission denied"
act sonde label -- true
says "without a label it refuses" 125 "sonde: label: which label? KEY=VALUE"
act sonde label a=b --
says "and without a command" 125 "sonde: label: which command?"

act sonde label "a=$(printf 'x\033[2J')" -- true
says "a control character is refused" 125 \
	"sonde: label: the value of label 'a' has byte 0x1b at 1: it may be UTF-8 without control characters but \n and \t only"
act sonde label "a=$(printf '\377')" -- true
check "and what is not UTF-8" "$status" = 125 -a -n "$(grep 'byte 0xff at 0' err)"
act sonde label 'a b=c' -- true
says "a key has few characters" 125 "sonde: label: the key of a label has letters, digits and any of _ . - only"
act sonde label "a=$(printf '%256s' x)" -- true
says "a value has a limit" 125 "sonde: label: the value of label 'a' has 256 bytes, at most 255 are possible"
act sonde label "$(printf '%065d' 0)=x" -- true
says "a key has one" 125 "sonde: label: the key of a label has 65 bytes, at most 64 are possible"
many=$(seq -f 'k%g=v' 17)
# shellcheck disable=SC2086 # words
act sonde label $many -- true
says "so have labels" 125 "sonde: label: 17 labels with those that were there, at most 16 are possible"
act sonde label "a=$(printf '%0250d' 0)" "b=$(printf '%0250d' 0)" "c=$(printf '%0250d' 0)" "d=$(printf '%0250d' 0)" \
	"e=$(printf '%0250d' 0)" -- true
says "and all together" 125 "sonde: label: the labels have 1264 bytes together, at most 1023 are possible"
act sonde run --label "a=$(printf '\001')" -- true
check "the same is true for labels of a run" "$status" = 125 -a -n "$(grep 'byte 0x01 at 0' err)"
finish
