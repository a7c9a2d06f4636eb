# Runs a program for as long as the one that started it lives, however that one ends.
#
# Standard input is a pipe whose other end the starter holds. The pipe ends when the starter closes it or dies,
# kill -9 included; the program is then sent SIGNAL, and the guard waits until it has stopped.
# A parent-death signal would not do: Linux ties it to the thread that started the program, and drops it when
# the user changes.
#
# usage: sh guard.sh SIGNAL PROGRAM ARGUMENT...

signal=$1
shift
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
(read -r _ <&3; kill "-$signal" "$program") 2>/dev/null &
watcher=$!
exec 3<&-
wait "$program"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
