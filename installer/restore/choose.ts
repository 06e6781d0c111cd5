import type { BackupInfo } from '../backup/info.ts';
import { Fault } from '../../repo/core/fault.ts';
import { heirsOf, isOn, lineAt, linesOf, lsnOf, startOf, type Line } from './line.ts';
import type { Source } from './source.ts';
import { printMoment, printTarget, type Moment, type Target } from './target.ts';

export interface Wish {
  cluster: string;
  target: Target;
  isExclusive: boolean;
  /** `--timeline`, `--set`, `--repo`: what somebody knows better. */
  timeline?: number;
  set?: string;
  repository?: string;
  /** Somebody leads and archives: everything up to now can be reached. */
  isAlive: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

/** A backup to begin with, and the timeline to follow from there. */
export interface Attempt {
  backup: BackupInfo;
  source: Source;
  timeline: number;
}

/**
 * What to try, in this order: PostgreSQL itself tells whether a point is reached, and where it is not, the next one is tried.
 * @throws Fault invalid where the point is beyond what is backed up and archived
 */
export function choose(wish: Wish, sources: readonly Source[]): readonly [Attempt, ...Attempt[]] {
  const backups = candidates(wish, sources);
  if (backups.length === 0) throw nothing(wish, sources);
  const lines = linesOf(sources.flatMap((source) => source.lines));
  const line = lineFor(wish, lines);
  refuseLater(wish, line, sources);
  const attempts = [line, ...(wish.timeline === undefined && wish.target.kind === 'time' ? heirsOf(line, lines).slice(-1) : [])].flatMap((each) => begun(wish, each, backups));
  const [first, ...others] = attempts;
  if (!first) throw tooEarly(wish, line, backups);
  return [first, ...others];
}

type Candidate = Omit<Attempt, 'timeline'>;

/** The newest first; one that several members see, or that lies in several repositories, by the first of them. */
function candidates({ set, repository }: Wish, sources: readonly Source[]): Candidate[] {
  const all = sources.filter(({ name }) => repository === undefined || name === repository).flatMap((source) => source.backups.map((backup) => ({ backup, source })));
  const sound = all.filter(({ backup }) => !backup.error && backup.lsnStop !== '' && (set === undefined || backup.label === set));
  const first = sound.filter((each, index) => sound.findIndex(({ backup, source }) => backup.label === each.backup.label && backup.systemId === each.backup.systemId && source.name === each.source.name && (!source.isLocal || source.member === each.source.member)) === index);
  return first.toSorted((a, b) => (a.backup.ended < b.backup.ended ? 1 : -1));
}

/** @throws Fault invalid where no such timeline is archived */
function lineFor({ timeline, target, cluster }: Wish, lines: readonly Line[]): Line {
  if (timeline !== undefined) {
    const line = lines.find((each) => each.timeline === timeline);
    if (line) return line;
    throw new Fault('invalid', `${cluster}: timeline ${timeline} is not archived`, { hint: `there is ${lines.map((each) => each.timeline).join(', ')}` });
  }
  return target.kind === 'time' ? lineAt(target.moment.at, lines) : lines.at(-1)!;
}

/** The backups of a line that end before the point. Of a transaction or a restore point nobody knows where it is: the newest is tried first, then those before it. */
function begun({ target }: Wish, line: Line, backups: readonly Candidate[]): Attempt[] {
  const on = backups.filter(({ backup }) => isOn(line, { timeline: backup.timeline, lsn: lsnOf(backup.lsnStop) })).map((each) => ({ ...each, timeline: line.timeline }));
  switch (target.kind) {
    case 'time': return on.filter(({ backup }) => wholeAt(backup) <= target.moment.at).slice(0, 1);
    case 'lsn': return on.filter(({ backup }) => lsnOf(backup.lsnStop) <= lsnOf(target.lsn)).slice(0, 1);
    case 'latest': return on.slice(0, 1);
    case 'xid':
    case 'name': return on;
  }
}

/** Its end is told to the second. */
const wholeAt = ({ ended }: BackupInfo): number => Date.parse(ended) + 1000;

/** @throws Fault invalid */
function refuseLater({ target, isAlive, now, cluster }: Wish, line: Line, sources: readonly Source[]): void {
  if (target.kind === 'time' && target.moment.at > now) throw new Fault('invalid', `${printTarget(target)} is still to come`, { hint: `it is ${printMoment(momentOf(now))}` });
  if (isAlive) return;
  const last = lastArchived(sources);
  if (target.kind === 'time' && last !== undefined && target.moment.at > last.at) {
    throw new Fault('invalid', `${cluster}: ${printTarget(target)} is after the last WAL that is archived`, { details: [`it was archived at ${printMoment(momentOf(last.at))}, and nobody leads who could archive more`], hint: '--latest restores all there is' });
  }
  if (target.kind === 'lsn' && last !== undefined && Number.parseInt(last.segment.slice(0, 8), 16) === line.timeline && lsnOf(target.lsn) > startOf(last.segment) + 16n * 1024n * 1024n) {
    throw new Fault('invalid', `${cluster}: ${printTarget(target)} is after the last WAL that is archived`, { details: [`the last segment is ${last.segment}`], hint: '--latest restores all there is' });
  }
}

/** The end of the archive, wherever it lies. */
export function lastArchived(sources: readonly Source[]): { segment: string; at: number } | undefined {
  const ends = sources.flatMap(({ archive }) => archive.map(({ max, lastAt }) => ({ segment: max, at: lastAt })));
  return ends.toSorted((a, b) => (a.segment < b.segment ? -1 : 1)).at(-1);
}

function tooEarly({ cluster, target }: Wish, line: Line, backups: readonly Candidate[]): Fault {
  const on = backups.filter(({ backup }) => isOn(line, { timeline: backup.timeline, lsn: lsnOf(backup.lsnStop) }));
  const oldest = on.at(-1)?.backup;
  if (!oldest) return new Fault('invalid', `${cluster}: no backup lies on timeline ${line.timeline}`, { details: tellBackups(backups) });
  const from = target.kind === 'lsn' ? `LSN ${oldest.lsnStop}` : printMoment(momentOf(wholeAt(oldest)));
  return new Fault('invalid', `${cluster}: ${printTarget(target)} is before the end of the first backup`, { details: [`${oldest.label} is the oldest on timeline ${line.timeline}; it can be restored to ${from} or later`, ...tellBackups(backups)] });
}

function nothing({ cluster, set, repository }: Wish, sources: readonly Source[]): Fault {
  const troubles = sources.flatMap(({ member, name, trouble }) => (trouble === undefined ? [] : [`${name} on ${member}: ${trouble}`]));
  const what = set === undefined ? 'no backup can be restored' : `there is no sound backup ${set}`;
  const where = repository === undefined ? '' : ` in ${repository}`;
  const labels = sources.flatMap(({ backups, name, member }) => backups.map(({ label }) => `${label} in ${name} on ${member}`));
  return new Fault('invalid', `${cluster}: ${what}${where}`, { details: [...troubles, ...(labels.length > 0 ? labels : [`asked: ${[...new Set(sources.map(({ name, member, isLocal }) => (isLocal ? `${name} on ${member}` : name)))].join(', ') || 'nobody'}`])], ...(troubles.length > 0 && { hint: 'what cannot be read: is its passphrase the one it was written with, and is it there?' }) });
}

const tellBackups = (backups: readonly Candidate[]): string[] => backups.toReversed().slice(0, 12).map(({ backup, source }) => `${backup.label}: from ${backup.ended} on, timeline ${backup.timeline}, in ${source.name}${source.isLocal ? ` on ${source.member}` : ''}`);

export const momentOf = (at: number): Moment => ({ utc: new Date(at).toISOString().slice(0, 19).replace('T', ' '), at });
