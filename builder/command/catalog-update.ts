import { basename } from 'node:path';
import type { CommandSpec, Invocation } from '../../repo/console/command.ts';
import { writeDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { writeWhole } from '../../repo/core/files.ts';
import type { Compared } from '../check/compare.ts';
import { applyEdits, diffOf, type Edit } from '../check/edit.ts';
import { exitCodeOf } from '../check/finding.ts';
import type { Sheet } from '../check/manuscript.ts';
import { propose } from '../check/propose.ts';
import { renewed, writeRecord, type ObservedRecord } from '../check/record.ts';
import { releaseOf } from '../manifest/platform.ts';
import { isRead } from './catalog-check.ts';
import { holdCatalog, scopeOptions, type Held } from './catalog.ts';

export const catalogUpdate: CommandSpec = {
  name: 'catalog update',
  about: 'proposes the edit that makes the manifests say what the sources have now',
  options: {
    ...scopeOptions,
    write: { about: 'make the edit, and record who signed and what depends on what' },
  },
  notes: `prints a unified diff of rows of manifests/extensions and manifests/components; comments and layout stay. A package that
vanished takes its row along and leaves a gap; no extension is ever removed. Take the proposal, or part of it:
pgark catalog update --source debian > it.diff; git apply it.diff. What needs a decision is named on stderr.`,
  run,
};

async function run(invocation: Invocation): Promise<object> {
  if (invocation.has('write') && invocation.has('mirrors')) {
    throw new Fault('usage', 'a mirror that signs anew is not what the manifests describe, and nothing is written from it', { hint: 'leave --write out, or name a mirror that only copies with --mirror NAME=URL' });
  }
  const held = await holdCatalog(invocation);
  const { edits, open } = propose(held.scope.catalog, held.compared, held.manuscript);
  const changed = [...edits].filter(([, each]) => each.length > 0).toSorted(([a], [b]) => (a.label < b.label ? -1 : 1));
  const records = renewedRecords(held);
  for (const line of open) invocation.progress.warn(`to be decided: ${line}`);
  for (const each of held.findings.filter(({ grade }) => grade === 'trouble')) invocation.progress.warn(each.text ?? `${each.source}: ${each.kind}`);
  for (const each of held.findings.filter(({ kind }) => kind === 'untrusted')) invocation.progress.warn(`not trusted, and not looked at: ${each.text}`);
  const diff = changed.map(([sheet, each]) => diffOf(`${basename(held.scope.manifests)}/${sheet.label}`, sheet.lines, each)).join('\n');
  invocation.print(diff !== '' ? diff : isRead(held) ? 'every row that was looked at says what its source has' : 'no source could be read');
  if (invocation.has('write')) await write(held, changed, records);
  const exitCode = exitCodeOf(held.findings.filter(({ kind }) => kind === 'untrusted' || kind === 'unreachable'), isRead(held), false);
  return { diff, open, records: records.map(({ source, release }) => `observed/${source}.${release}.json`), written: invocation.has('write'), ...(exitCode !== 0 && { exitCode }) };
}

async function write({ scope }: Held, changed: readonly (readonly [Sheet, readonly Edit[]])[], records: readonly ObservedRecord[]): Promise<void> {
  for (const [sheet, edits] of changed) await writeWhole(sheet.path, `${applyEdits(sheet.lines, edits).join('\n')}\n`);
  for (const record of records) await writeRecord(scope.manifests, record);
}

/** One for each source and release of which something was read. */
function renewedRecords({ compared, scope }: Held): ObservedRecord[] {
  const groups = Map.groupBy(compared.filter(({ look }) => look.places.some((place) => place.read)), ({ look }) => `${look.source}.${releaseOf(look.target)}`);
  return [...groups.values()].flatMap((members) => {
    const record = renewed(members[0]!.record, members.map(({ look }) => look), namesOf(members), scope.pg.length > 0);
    return writeDocument(record) === (members[0]!.record && writeDocument(members[0]!.record)) ? [] : [record];
  });
}

/** What rows name now, and what they will once the proposal is taken. */
function namesOf(compared: readonly Compared[]): Set<string> {
  const promised = compared.flatMap(({ cells }) => cells.flatMap((cell) => cell.packages));
  const gained = compared.flatMap(({ openings, look }) => openings.flatMap((opening) => opening.packages.filter((name) => look.packages.has(name))));
  const heirs = compared.flatMap(({ look }) => [...look.similar.values()].flatMap((names) => (names.length === 1 ? names : [])));
  return new Set([...promised, ...gained, ...heirs]);
}
