import { shell, type Completed } from '../transport/command.ts';
import { words } from '../transport/script.ts';
import type { Many, ServiceResource } from './resource.ts';
import { properties } from './unit.ts';

/** Many units in one question; of each it tells what `probeUnit` tells. */
export const manyUnits: Many<ServiceResource> = {
  // What a question reads from its standard input cannot be shared.
  group: ({ unit, ready }) => (ready?.stdin === undefined && !/\s/.test(unit) ? '' : undefined),
  probe: (wanted) => {
    const asked = wanted.map(({ ready }, place) => (ready ? question(words({ ...ready, timeout: Math.min(ready.timeout ?? 5, 5) }), place) : ''));
    const watched = [...new Set(wanted.flatMap(({ restartOn = [], reloadOn = [] }) => [...restartOn, ...reloadOn]))];
    return { argv: shell(probing.replace('ASKED', () => asked.join('')), String(wanted.length), ...wanted.map(({ unit }) => unit), ...watched), timeout: 60 };
  },
  part: ({ stdout, stderr }, wanted) => {
    const [shown = '', told = ''] = stdout.split(`\n${divider}\n`);
    const blocks = shown.split(/\n\n+/).filter((block) => block !== '');
    if (blocks.length !== wanted.length) throw new Error(`units could not be probed: ${blocks.length} of ${wanted.length} were shown: ${stderr}`);
    const rows = told.split('\n').map((line) => line.split(' ', 2) as [string, string]);
    const times = rows.filter(([word]) => word.startsWith('/')).map(([path, time]) => ({ path, time }));
    const now = rows.find(([word]) => word === 'now')?.[1] ?? '';
    const ready = new Set(rows.filter(([word]) => word === 'ready').map(([, place]) => Number(place)));
    return wanted.map((each, place): Completed => ({ code: 0, stderr, stdout: [blocks[place]!, ...changesOf(each, blocks[place]!, times), `now=${now}`, ...(ready.has(place) ? ['ready=yes'] : []), ''].join('\n') }));
  },
};

interface Change {
  path: string;
  time: string;
}

/** As `probeUnit` spells them. Of a folder each entry counts as well. */
function changesOf({ restartOn = [], reloadOn = [] }: ServiceResource, block: string, times: readonly Change[]): string[] {
  const definition = [...block.matchAll(/^(?:FragmentPath|DropInPaths)=(.*)$/gm)].flatMap(([, paths]) => paths!.split(' ')).filter((path) => path.startsWith('/etc/'));
  const isAmong = (path: string, watched: readonly string[]): boolean => watched.some((each) => path === each || path.slice(0, path.lastIndexOf('/')) === each);
  return [
    ...times.filter(({ path }) => definition.includes(path) || isAmong(path, restartOn)).map(({ time }) => `restart=${time}`),
    ...times.filter(({ path }) => isAmong(path, reloadOn)).map(({ time }) => `reload=${time}`),
  ];
}

const divider = '--pgark-shown';

/** All at once: most of the time is spent waiting for an answer. */
const question = (text: string, place: number): string => `case " $active " in *' ${place} '*) { if ${text} </dev/null >/dev/null 2>&1; then echo 'ready ${place}'; fi; } & ;; esac\n`;

const probing = `
count=$1
shift
units=
while [ "$count" -gt 0 ]; do
  units="$units $1"
  shift
  count=$((count - 1))
done
properties=${properties}
set -f
shown=$(systemctl show --timestamp=us+utc -p "$properties" -- $units 2>/dev/null || TZ=UTC systemctl show -p "$properties" -- $units)
printf '%s\\n\\n${divider}\\n' "$shown"
place=0 active=
for state in $(systemctl show -p ActiveState --value -- $units); do
  if [ "$state" = active ]; then active="$active $place"; fi
  place=$((place + 1))
done
definitions=$(printf '%s\\n' "$shown" | sed -n 's/^FragmentPath=//p; s/^DropInPaths=//p')
for path in $definitions; do
  case $path in /etc/*) set -- "$@" "$path" ;; esac
done
set +f
watched=$#
while [ "$watched" -gt 0 ]; do
  path=$1
  shift
  watched=$((watched - 1))
  for each in "$path" "$path"/*; do
    if [ -e "$each" ]; then set -- "$@" "$each"; fi
  done
done
if [ "$#" -gt 0 ]; then stat -L --printf='%n %.9Z\\n' -- "$@" || :; fi
date '+now %s.%N'
ASKED
wait
`;
