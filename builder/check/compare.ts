import type { Target } from '../../repo/package/target.ts';
import type { Cell, Opening } from './cell.ts';
import { finding, type Finding } from './finding.ts';
import { compareFor, isSilence, type Look, type Place } from './look.ts';
import { changeOf } from './needs.ts';
import { recalled, type ObservedRecord } from './record.ts';

/** What the manifests say of one source on one target, beside what was seen there. */
export interface Compared {
  cells: readonly Cell[];
  openings: readonly Opening[];
  look: Look;
  record: ObservedRecord | undefined;
}

/** Everything in which the two differ. */
export function compare(compared: Compared): Finding[] {
  const { cells, openings, look } = compared;
  return [
    ...look.places.flatMap((place) => judgePlace(place, compared)),
    ...cells.flatMap((cell) => judgeCell(cell, look)),
    ...openings.flatMap((opening) => judgeOpening(opening, look)),
    ...judgeNeeds(compared),
  ];
}

/** The upstream part of a version: without epoch and packaging revision, and without the count of rebuilds that a native package of Debian gets (`+b1`). */
export function upstreamOf(version: string): string {
  const from = version.indexOf(':') + 1;
  const hyphen = version.lastIndexOf('-');
  return version.slice(from, hyphen < from ? version.length : hyphen).replace(/\+b\d+$/, '');
}

/** Archives that nobody answered for, each once, with how much of it could not be read. */
export function silences(compared: readonly Compared[]): Finding[] {
  const unread = compared.flatMap(({ look }) => look.places.flatMap((place) => (!place.read && isSilence(place.fault) ? [{ ...place, source: look.source }] : [])));
  return [...Map.groupBy(unread, ({ source, archive }) => `${source} ${archive}`).values()].map((places) => {
    const { source, archive, fault } = places[0]!;
    return finding('unreachable', { source, subject: archive, text: `${fault.message}; ${places.length} ${places.length === 1 ? 'index' : 'indexes'} not read` });
  });
}

/** Whether a package that was not found is really not there: a place that was not read may have it. */
export const isComplete = (look: Look): boolean => look.places.every((place) => place.read);

/** How what upstream has now stands to the version of a row; a new revision of the distribution alone makes no difference. */
export function orderOf(seen: string, row: string, target: Target): number {
  if (isAt(seen, row)) return 0;
  return compareFor(target)(upstreamOf(seen), row.replace(/\+b\d+$/, ''));
}

/**
 * Whether a version is that of a row with a hyphen: either the row goes on into the revision, `18.4-2` of `18.4-2.el9`, or the
 * hyphen is upstream's own and stands for what packages may not have there, `1.0-rc1` of `1.0_rc1-1` and `1.0~rc1-1`.
 */
function isAt(seen: string, row: string): boolean {
  if (!row.includes('-')) return false;
  const version = seen.slice(seen.indexOf(':') + 1);
  return [row, row.replaceAll('-', '_'), row.replaceAll('-', '~')].some((each) => version.startsWith(each) && !/^\d/.test(version.slice(each.length)));
}

function judgePlace(place: Place, { look, record }: Compared): Finding[] {
  const at = { source: look.source, target: look.target.code, subject: place.name };
  if (!place.read) {
    const { fault, pinned } = place;
    // Told once for the whole archive, not for every suite of every target.
    if (isSilence(fault)) return [];
    if (fault.code === 'untrusted') return [finding('untrusted', { ...at, from: pinned.join(', '), text: fault.message, details: fault.details })];
    return [finding(fault.code === 'fetch' ? 'unreachable' : 'unreadable', { ...at, text: fault.message, details: fault.details })];
  }
  const before = record && recalled(record.signers, place.name.slice(look.source.length + 1), look.target.arch);
  // A key that is pinned no more was given up on purpose; and a mirror that signs anew has a key of its own.
  return before === undefined || before === place.signer || !place.pinned.includes(before) ? [] : [finding('signer', { ...at, from: before, to: place.signer, text: 'another of the pinned keys signs it now' })];
}

function judgeCell(cell: Cell, look: Look): Finding[] {
  const missing = cell.packages.filter((name) => !look.packages.has(name));
  if (missing.length > 0) return isComplete(look) ? missing.map((name) => judgeMissing(name, cell, look)) : [];
  if (cell.version === undefined) return [];
  const { version } = look.packages.get(cell.packages[0]!)!;
  const order = orderOf(version, cell.version, cell.target);
  return order === 0 ? [] : [finding(order > 0 ? 'newer' : 'older', { ...placeOf(cell), package: cell.packages[0]!, from: cell.version, to: upstreamOf(version) })];
}

function judgeMissing(name: string, cell: Cell, look: Look): Finding {
  const similar = look.similar.get(name) ?? [];
  if (similar.length === 0) return finding('vanished', { ...placeOf(cell), package: name, text: 'in no suite of the source' });
  return finding('renamed', { ...placeOf(cell), package: name, to: similar.join(', '), text: `gone; there is ${similar.join(', ')}` });
}

function judgeOpening(opening: Opening, look: Look): Finding[] {
  const name = opening.packages[0]!;
  const seen = look.packages.get(name);
  return seen ? [finding('new', { ...placeOf(opening), package: name, to: upstreamOf(seen.version), text: 'published here, and no row says so' })] : [];
}

function judgeNeeds({ cells, look, record }: Compared): Finding[] {
  if (!record) return [];
  const names = new Map(cells.flatMap((cell) => cell.packages.map((name) => [name, cell] as const)).reverse());
  return [...names].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, cell]) => {
    const before = recalled(record.needs, name, look.target.arch);
    const now = look.packages.get(name)?.needs;
    if (before === undefined || now === undefined || before === now) return [];
    const { came, went } = changeOf(before, now);
    return [finding('dependencies', { ...placeOf(cell), package: name, from: went.join(' '), to: came.join(' '), text: [...came.map((each) => `+${each}`), ...went.map((each) => `-${each}`)].join(' ') })];
  });
}

function placeOf({ source, target, kind, name, pg, ...rest }: Opening | Cell): Pick<Finding, 'source' | 'target' | 'subject' | 'pg' | 'of'> {
  return { source, target: target.code, subject: name, ...(pg !== '' && { pg }), of: { kind, ...('row' in rest && { row: rest.row }) } };
}
