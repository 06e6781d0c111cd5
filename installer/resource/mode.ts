import { shell, type Command, type Completed } from '../transport/command.ts';
import type { Many } from './resource.ts';
import { takeSureWay } from './way.ts';

/** What lies at a path, itself and not what it points to. */
export type Node = { type: 'none' } | { type: 'file' | 'directory' | 'link' | 'other'; mode: string; owner: string; group: string };

/** The words of stat(1) for `readNode`. Exits 1 where nothing lies. */
export const statNode = (path: string): readonly [string, ...string[]] => ['stat', '--printf=%f %a %U %G\\n', '--', path];

/** The same for many paths. */
export const manyNodes: Many<{ path: string }> = {
  group: ({ path }) => groupOfPath(path),
  probe: (wanted) => ({ argv: shell(`${statAll} || :`, ...wanted.map(({ path }) => path)) }),
  part: ({ stdout }, wanted) => {
    const lines = nodeLines(stdout);
    return wanted.map(({ path }) => ({ code: lines.has(path) ? 0 : 1, stdout: lines.get(path) ?? '', stderr: '' }));
  },
};

/** Paths that can stand in a line of their own. */
export const groupOfPath = (path: string): string | undefined => (/[\n\\]/.test(path) ? undefined : '');

/** Shell text: a line a path that is there. */
export const statAll = `stat --printf='%f %a %U %G %n\\n' -- "$@" 2>/dev/null`;

/** By path, the line that \`statNode\` would have got. */
export const nodeLines = (text: string): Map<string, string> => new Map([...text.matchAll(/^((?:\S+ ){3}\S+) (.*)$/gm)].map(([, node, path]) => [path!, `${node}\n`]));

/** Reads the first line of an output of `statNode`. */
export function readNode(completed: Completed): Node {
  const [bits, mode, owner, group] = completed.stdout.split('\n')[0]!.split(' ');
  if (group === undefined) return { type: 'none' };
  return { type: types[Number.parseInt(bits!, 16) & 0o170000] ?? 'other', mode: mode!.padStart(4, '0'), owner: owner!, group };
}

/** The file types of inode(7). */
const types: Record<number, 'file' | 'directory' | 'link'> = { 0o100000: 'file', 0o040000: 'directory', 0o120000: 'link' };

export interface Permissions {
  mode?: string | undefined;
  owner?: string | undefined;
  group?: string | undefined;
}

/** The words for what differs: `mode 0640`, `owner postgres:postgres`. Empty when all is as wanted. */
export function differences(wanted: Permissions, actual: Permissions): string[] {
  const owned = (wanted.owner ?? actual.owner) === actual.owner && (wanted.group ?? actual.group) === actual.group;
  return [...(owned ? [] : [`owner ${ownership(wanted)}`]), ...(wanted.mode === undefined || sameMode(wanted.mode, actual.mode) ? [] : [`mode ${wanted.mode}`])];
}

/** The owner first: chown(2) may clear bits that the mode sets. */
export function correct(path: string, wanted: Permissions, actual: Permissions): Command[] {
  const commands = differences(wanted, actual).map((words): Command => ({ argv: words.startsWith('mode') ? ['chmod', wanted.mode!, '--', path] : ['chown', '-h', ownership(wanted), '--', path] }));
  const chownOnly = commands.length === 1 && commands[0]!.argv[0] === 'chown' && wanted.mode !== undefined;
  return [...(commands.length > 0 ? [takeSureWay(path)] : []), ...commands, ...(chownOnly ? [{ argv: ['chmod', wanted.mode!, '--', path] } satisfies Command] : [])];
}

/** `postgres:postgres`; an owner alone brings the owner's login group. */
export const ownership = ({ owner, group }: Permissions): string => `${owner ?? ''}:${group ?? ''}`;

const sameMode = (a: string, b: string | undefined): boolean => b !== undefined && Number.parseInt(a, 8) === Number.parseInt(b, 8);
