import type { Site } from './site.ts';

/**
 * What PostgreSQL asks for WAL. That there is none ends a recovery; that nobody can tell must not, or what was committed would be taken for not written.
 * An exit code above 125 stops PostgreSQL (its documentation, 26.3.4).
 *
 * While one segment is replayed, the two after it are fetched. pgBackRest could do that by itself (`archive-async`), but where a timeline turns it waits
 * a whole minute for what it has begun on the old one. Here nobody waits for a segment that is not asked for.
 */
export const walProgram = ({ stanza, place: { folder } }: Pick<Site, 'stanza' | 'place'>): string => `#!/bin/sh
name=$1 to=$2 ahead=${folder}/ahead

fetch() { pgbackrest --config=${folder}/pgbackrest.conf --stanza=${stanza} archive-get "$1" "$2"; }

# The name after a name, for segments of a size in bytes: timeline, and two halves of a number, the lower of which turns over at 4 GB.
after() {
  low=$((0x\${1#????????????????} + 1)) high=\${1#????????}
  high=$((0x\${high%????????}))
  [ "$low" -lt $((4294967296 / $2)) ] || { low=0 high=$((high + 1)); }
  printf '%s%08X%08X' "\${1%????????????????}" "$high" "$low"
}

# Whoever fetches a segment holds its lock, and one that is not whole has another name.
fetch_ahead() {
  exec 9>"$ahead/$1.lock"
  flock -n 9 || exit 0
  [ ! -e "$ahead/$1" ] || exit 0
  if fetch "$1" "$ahead/$1.part"; then mv -- "$ahead/$1.part" "$ahead/$1"; else rm -f -- "$ahead/$1.part"; fi
}

mkdir -p -- "$ahead" || exit 200
exec 8>"$ahead/$name.lock"
flock 8 || exit 200
code=0
if [ -e "$ahead/$name" ]; then mv -- "$ahead/$name" "$to" || exit 200; else fetch "$name" "$to" || code=$?; fi
exec 8>&-
[ "$code" -le 1 ] || { echo "pgbackrest ended with $code for $name" >&2; exit 200; }
if [ "$code" = 0 ] && [ "\${#name}" = 24 ]; then
  next=$name size=$(stat -c %s -- "$to") || exit 200
  for turn in 1 2; do
    next=$(after "$next" "$size")
    (fetch_ahead "$next") >/dev/null 2>&1 &
  done
fi
exit "$code"
`;
