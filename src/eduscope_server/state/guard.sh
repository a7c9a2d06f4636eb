# Runs PostgreSQL for as long as the platform lives, however the platform ends.
#
# Standard input is a pipe whose other end the platform holds. The pipe ends when the platform closes it or dies,
# kill -9 included; PostgreSQL then stops in order (SIGINT: "fast shutdown") and its socket folder goes away.
# A parent-death signal would not do: Linux ties it to the thread that started the child.
#
# usage: sh guard.sh SOCKET_FOLDER POSTGRES ARGUMENT...

socket_folder=$1
shift
exec 3<&0
"$@" </dev/null 3<&- &
postgres=$!
(read -r _ <&3; kill -INT "$postgres") 2>/dev/null &
watcher=$!
exec 3<&-
wait "$postgres"
status=$?
kill "$watcher" 2>/dev/null
# After a crash the platform starts it again, on the same socket.
[ "$status" -eq 0 ] && rm -rf "$socket_folder"
exit "$status"
