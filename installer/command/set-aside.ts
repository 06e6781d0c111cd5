import { dirname } from 'node:path/posix';
import { target } from '../../repo/bundle/paths.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';

/** What became of the package sources that bootstrap had set aside. */
export interface Restored {
  restored: readonly string[];
  /** Something else lies there now; the one that was set aside stays where it is. */
  occupied: readonly string[];
}

/** Lists where the sources were that are set aside, newest first. */
export const listSetAside = (folder: string = target.setAside): Command => ({ argv: shell('if [ -e "$1/manifest" ]; then tac -- "$1/manifest"; fi', folder) });

/** Reads the lines of the manifest: "where it lies now", "where it was". */
export const readSetAside = ({ stdout }: Completed): string[] => [...new Set(stdout.split('\n').filter((line) => line !== '').map((line) => line.split(' ')[1]!))];

/** Brings them back. Of several from one place, the newest. */
export const restoreSetAside = (folder: string = target.setAside): Command => ({ argv: shell(restoring, folder) });

export function readRestored({ stdout }: Completed): Restored {
  const lines = stdout.split('\n');
  const said = (word: string): string[] => lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return { restored: said('restored'), occupied: said('occupied') };
}

/** What has the package manager read them, by where they lie: a host has those of one. */
export const refreshing = ({ restored }: Restored): string => (restored.some((path) => dirname(path) === dirname(target.yumFile)) ? 'dnf makecache' : 'apt-get update');

// Copied beside, then renamed, and only then forgotten: cut off anywhere, it can be run again.
const restoring = `
manifest=$1/manifest
if [ ! -e "$manifest" ]; then exit 0; fi
tac -- "$manifest" >"$manifest.order"
: >"$manifest.rest"
while read -r stored original; do
  if [ ! -e "$stored" ]; then continue; fi
  if cmp -s -- "$stored" "$original"; then
    rm -- "$stored"
  elif [ -e "$original" ] || [ -L "$original" ]; then
    echo "occupied $original"
    printf '%s %s\\n' "$stored" "$original" >>"$manifest.rest"
  else
    mkdir -p -- "\${original%/*}"
    cp -a -- "$stored" "$original.pgark-new"
    mv -T -- "$original.pgark-new" "$original"
    rm -- "$stored"
    echo "restored $original"
  fi
done <"$manifest.order"
rm -- "$manifest.order"
if [ -s "$manifest.rest" ]; then tac -- "$manifest.rest" >"$manifest.new"; mv -T -- "$manifest.new" "$manifest"; else rm -- "$manifest"; fi
rm -f -- "$manifest.rest"
`;
