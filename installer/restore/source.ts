import { readInfo, type BackupInfo, type StanzaInfo } from '../backup/info.ts';
import type { Seat } from '../cluster/cluster.ts';
import { shell, type Command } from '../transport/command.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { repositoriesOf } from '../role/pgsql/repositories.ts';
import { readHistory, type Line } from './line.ts';

/** A repository as one member sees it. A local one is another one on each member, and after a change of the leader each has its part of the archive. */
export interface Source {
  member: string;
  address: string;
  /** What pgBackRest calls it on that member, and the inventory everywhere. */
  number: number;
  name: string;
  isLocal: boolean;
  backups: readonly BackupInfo[];
  archive: readonly Archived[];
  lines: readonly Line[];
  /** Why nothing can be read from it. */
  trouble?: string;
}

/** What is archived of one database of the stanza. */
export interface Archived {
  id: string;
  min: string;
  max: string;
  /** When the last segment came, in milliseconds since 1970. */
  lastAt: number;
}

/** A repository by its names, see role/pgsql/repositories.ts. */
export interface Named {
  number: number;
  name: string;
  isLocal: boolean;
}

/** What all members of a cluster have in their repositories. What they share, the first of them is asked for. */
export async function lookAtAll(hosts: readonly Host[], inventory: Inventory, seatAt: (host: Host) => Seat): Promise<Source[]> {
  const stanza = hosts[0]!.vars.pg_cluster!;
  return (await Promise.all(hosts.map((host, index) => lookAt(seatAt(host), stanza, repositoriesOf(host, inventory).filter(({ isLocal }) => isLocal || index === 0))))).flat();
}

/** What the repositories of a stanza hold, as a member sees them. */
export async function lookAt(seat: Seat, stanza: string, repositories: readonly Named[]): Promise<Source[]> {
  const [told] = await seat.transport.probe([pgbackrest(seat, ['--stanza', stanza, '--output=json', 'info'])]);
  const info = told!.code === 0 ? readInfo(told!.stdout).find(({ name }) => name === stanza) : undefined;
  return Promise.all(repositories.map((each) => sourceOf(each, { seat, stanza, ...(info && { info }), complaint: told!.stderr.trim() })));
}

interface Seen {
  seat: Seat;
  stanza: string;
  info?: StanzaInfo;
  complaint: string;
}

async function sourceOf({ number, name, isLocal }: Named, seen: Seen): Promise<Source> {
  const { seat, info } = seen;
  const place = { member: seat.member, address: seat.address, number, name, isLocal };
  const status = info?.repositories.find((each) => each.number === number);
  const trouble = troubleIn(status, seen);
  if (trouble !== undefined) return { ...place, backups: [], archive: [], lines: [], trouble };
  const held = (info?.archive ?? []).filter((each) => each.repo === number);
  const told = await Promise.all(held.map((each) => archiveOf(each.id, number, seen)));
  return {
    ...place,
    backups: (info?.backups ?? []).filter((each) => each.repo === number),
    archive: await Promise.all(held.flatMap(({ id, min, max }) => (min === undefined || max === undefined ? [] : [lastOf({ id, min, max }, number, seen)]))),
    lines: told.flat(),
  };
}

/** No backup (2) and no stanza (1, 3) are nothing to complain about: there is nothing in it. What else is wrong is told in the status, or on stderr. */
function troubleIn(status: { code: number; message: string } | undefined, { info, complaint }: Seen): string | undefined {
  if (info === undefined) return complaint === '' ? undefined : lastLines(complaint);
  if (status === undefined || status.code <= 3 || [4, 5].includes(status.code)) return undefined;
  return lastLines(status.message);
}

const lastLines = (text: string): string => text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('HINT')).slice(0, 2).join(' ').slice(0, 300);

/** The timelines that lie in the folder of a database. */
async function archiveOf(id: string, number: number, { seat, stanza }: Seen): Promise<Line[]> {
  const folder = `archive/${stanza}/${id}`;
  const words = ['--stanza', stanza, `--repo=${number}`];
  const [listed] = await seat.transport.probe([pgbackrest(seat, [...words, 'repo-ls', '--output=json', '--filter=[.]history$', folder])]);
  const files = listed!.code === 0 ? readFiles(listed!.stdout) : [];
  const answers = files.length === 0 ? [] : await seat.transport.probe(files.map(({ name }) => pgbackrest(seat, [...words, 'repo-get', `${folder}/${name}`])));
  return files.flatMap(({ name, at }, index) => (answers[index]!.code === 0 ? [{ timeline: Number.parseInt(name.slice(0, 8), 16), began: at, parents: readHistory(answers[index]!.stdout) }] : []));
}

async function lastOf({ id, min, max }: { id: string; min: string; max: string }, number: number, { seat, stanza }: Seen): Promise<Archived> {
  const [listed] = await seat.transport.probe([pgbackrest(seat, ['--stanza', stanza, `--repo=${number}`, 'repo-ls', '--output=json', `--filter=^${max}`, `archive/${stanza}/${id}/${max.slice(0, 16)}`])]);
  const times = listed!.code === 0 ? readFiles(listed!.stdout).map(({ at }) => at) : [];
  return { id, min, max, lastAt: Math.max(0, ...times) };
}

/** `pgbackrest repo-ls --output=json`: seconds since 1970. */
function readFiles(text: string): { name: string; at: number }[] {
  const told = JSON.parse(text) as Record<string, { type: string; time?: number }>;
  return Object.entries(told).flatMap(([name, { type, time }]) => (type === 'file' && name !== '.' ? [{ name, at: (time ?? 0) * 1000 }] : []));
}

/** What it says of itself belongs to no output that is read. */
const pgbackrest = ({ dbsu }: Seat, words: readonly string[]): Command => ({ argv: shell('exec pgbackrest --log-level-console=off --log-level-file=off --log-level-stderr=error "$@"', ...words), as: dbsu, timeout: 120 });
