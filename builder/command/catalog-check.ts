import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { table } from '../../repo/console/print.ts';
import { exitCodeOf, type Finding } from '../check/finding.ts';
import { sectionsOf, type Line, type Section } from '../check/report.ts';
import { holdCatalog, scopeOptions, type Held } from './catalog.ts';

export const catalogCheck: CommandSpec = {
  name: 'catalog check',
  about: 'holds the manifests against the live sources: what vanished, was renamed, has another version, other dependencies, another key',
  options: {
    ...scopeOptions,
    'detailed-exitcode': { about: 'exit with 10 for any difference, not only for an error' },
  },
  notes: `Indexes are verified as for a lock. A source that cannot be reached is named, and the others go on; then nothing of it
counts as vanished. Exit codes: 0 nothing wrong · 4 what a row promises is not there · 5 no source could be read ·
6 a source is signed by a key that is not pinned, or is not what its signature says · 10 with --detailed-exitcode,
when anything else differs. pgark catalog update proposes the edit.`,
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const held = await holdCatalog(invocation);
  const exitCode = exitCodeOf(held.findings, isRead(held), invocation.has('detailed-exitcode'));
  invocation.print(describe(held));
  return { findings: held.findings.map(({ of: _, ...rest }) => rest), read: placesRead(held), ...(exitCode !== 0 && { exitCode }) };
}

/** Whether any source was read at all. */
export const isRead = ({ compared }: Held): boolean => compared.some(({ look }) => look.places.some((place) => place.read));

function placesRead({ compared }: Held): object[] {
  return compared.flatMap(({ look }) => look.places.flatMap((place) => (place.read ? [{ name: place.name, target: look.target.code, date: place.date, signer: place.signer }] : [])));
}

/** A table for each source and release, then the count of it all. */
function describe(held: Held): string {
  const sections = sectionsOf(held.findings, held.compared, held.scope.catalog).map(describeSection);
  return [...sections, summary(held)].join('\n\n');
}

const describeSection = ({ source, release, lines }: Section): string => [release === undefined ? source : `${source} ${release}`, table(lines.map(rowOf)), ...lines.flatMap((line) => (line.details ?? []).map((detail) => `    ${detail}`))].join('\n');

function rowOf(line: Line): string[] {
  const { kind, subject, pg = '', arch = '', where = '' } = line;
  return [`  ${kind}`, subject, pg, arch, line.package ?? '', said(line), where];
}

function said({ kind, from, to, text }: Line): string {
  if (kind === 'signer') return `${from} → ${to}`;
  if (kind === 'untrusted') return `${text}; pinned: ${from}`;
  return text ?? (from !== undefined && to !== undefined ? `${from} → ${to}` : '');
}

function summary(held: Held): string {
  const count = (grade: Finding['grade']): number => held.findings.filter((each) => each.grade === grade).length;
  const cells = held.compared.reduce((total, { cells: { length } }) => total + length, 0);
  const read = held.compared.filter(({ look }) => look.places.every((place) => place.read)).length;
  return `${cells} promises of ${new Set(held.compared.map(({ look }) => look.source)).size} sources on ${new Set(held.compared.map(({ look }) => look.target.code)).size} targets (${read} of ${held.compared.length} read whole): ${count('error')} errors, ${count('change')} changes, ${count('trouble')} that could not be read, ${count('note')} notes`;
}
