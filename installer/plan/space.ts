import type { Host } from '../inventory/inventory.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';
import type { Finding } from './finding.ts';

/** A filesystem and what is free on it, KiB. */
export interface Volume {
  id: string;
  free: number;
}

/** Where packages go, and where databases go; a folder that is not there yet is measured at its nearest parent. */
export const probeSpace = ({ vars }: Host): Command => ({ argv: shell(probing, '/usr', '/var', vars.pg_fs_main) });

export function readSpace({ stdout }: Completed): Volume[] {
  return stdout.trim().split('\n').map((line) => line.split(' ')).map(([id, free]) => ({ id: id!, free: Number(free) }));
}

/** dpkg and rpm unpack beside before they rename, and their databases, logs and indexes grow: a tenth more, and this. */
const margin = 200 * 1024;

/** apt and dnf take packages from a disk as they lie there. What comes over HTTP is kept until the end, and is packed at least two to one. */
const fetched = ({ facts }: Host, installed: number): number => (facts.carries ? 0 : installed / 2);

/** A new cluster with its first WAL and its first backup. */
const forData = 1024 * 1024;

/** `installed` is what the new packages fill, KiB. Folders that share a filesystem share its room. */
export function spaceFindings(host: Host, [usr, varied, data]: readonly Volume[], installed: number): Finding[] {
  const needs = new Map<string, { free: number; need: number; what: string[] }>();
  const add = (volume: Volume, need: number, what: string): void => {
    const sum = needs.get(volume.id) ?? { free: volume.free, need: 0, what: [] };
    needs.set(volume.id, { ...sum, need: sum.need + need, what: [...sum.what, what] });
  };
  if (installed > 0) add(usr!, installed * 1.1, '/usr');
  if (installed > 0) add(varied!, margin + fetched(host, installed), '/var');
  if (host.vars.pg_cluster !== undefined && installed > 0) add(data!, forData, host.vars.pg_fs_main);
  return [...needs.values()]
    .filter(({ free, need }) => free < need)
    .map(({ free, need, what }) => ({ host: host.name, code: 'disk-full', message: `${what.join(', ')}: ${megabytes(need)} needed, ${megabytes(free)} free`, remedy: 'make room, or give the data a filesystem of its own (pg_fs_main)' }));
}

const megabytes = (kib: number): string => `${Math.ceil(kib / 1024)} MiB`;

const probing = `
for path; do
  while [ ! -e "$path" ]; do path=\${path%/*}; path=\${path:-/}; done
  printf '%s %s\\n' "$(stat -c %d -- "$path")" "$(df -Pk -- "$path" | sed -n '2s/^.* \\([0-9][0-9]*\\)  *[0-9]*% .*$/\\1/p')"
done
`;
