import type { Place } from './place.ts';
import type { Site } from './site.ts';

/** Where WAL waits that is fetched ahead: of one recovery, and no other. */
export const aheadIn = ({ folder }: Pick<Place, 'folder'>): string => `${folder}/ahead`;

/**
 * What PostgreSQL asks for WAL. That there is none ends a recovery; that nobody can tell must not, or what was committed would be taken for not written.
 * An exit code above 125 stops PostgreSQL (its documentation, 26.3.4); so does whatever this program itself stumbles over.
 *
 * While one segment is replayed, the two after it are fetched. pgBackRest could do that by itself (`archive-async`), but where a timeline turns it waits
 * a whole minute for what it has begun on the old one. Here nobody waits for a segment that is not asked for.
 */
export const walProgram = ({ stanza, place }: Pick<Site, 'stanza' | 'place'>): string => `#!/bin/sh
name=$1 to=$2 ahead=${aheadIn(place)}
code=200
trap 'exit "$code"' EXIT

fetch() { pgbackrest --config=${place.folder}/pgbackrest.conf --stanza=${stanza} archive-get "$1" "$2"; }

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

mkdir -p -- "$ahead" || exit
exec 8>"$ahead/$name.lock"
flock 8 || exit
told=0
if [ -e "$ahead/$name" ]; then mv -- "$ahead/$name" "$to" || exit; else fetch "$name" "$to" || told=$?; fi
exec 8>&-
[ "$told" -le 1 ] || { echo "pgbackrest ended with $told for $name" >&2; exit; }
if [ "$told" = 0 ] && [ "\${#name}" = 24 ]; then
  next=$name size=$(stat -c %s -- "$to") || exit
  for turn in 1 2; do
    next=$(after "$next" "$size")
    (fetch_ahead "$next") >/dev/null 2>&1 &
  done
fi
code=$told
`;
