import { join } from 'node:path';
import { z } from 'zod';
import { readDocument, writeDocument } from '../../repo/core/document.ts';
import { exists, readGiven, writeWhole } from '../../repo/core/files.ts';
import { releaseOf } from '../manifest/platform.ts';
import type { Look } from './look.ts';

/** One value whatever the architecture, or one for each. */
const Observed = z.union([z.string(), z.record(z.string(), z.string())]);

/**
 * manifests/observed/SOURCE.RELEASE.json: what does not fit into a row, as it was when the manifests were last brought up to
 * date: who signed each suite, and what each package depends on. `pgark catalog update` writes it, nobody else.
 */
export const ObservedRecord = z.strictObject({
  source: z.string(),
  release: z.string(),
  signers: z.record(z.string(), Observed),
  needs: z.record(z.string(), Observed),
});
export type ObservedRecord = z.infer<typeof ObservedRecord>;

export const recordPath = (manifests: string, source: string, release: string): string => join(manifests, 'observed', `${source}.${release}.json`);

/** The last record of a source on a release; undefined before there is one. @throws Fault invalid */
export async function readRecord(manifests: string, source: string, release: string): Promise<ObservedRecord | undefined> {
  const path = recordPath(manifests, source, release);
  return (await exists(path)) ? readDocument(ObservedRecord, (await readGiven(path)).toString('utf8'), path) : undefined;
}

/** What was recorded for one architecture. */
export function recalled(values: ObservedRecord['needs'], name: string, arch: string): string | undefined {
  const value = values[name];
  return typeof value === 'object' ? value[arch] : value;
}

/** The record after looking once more, at all that the manifests name there or at `part` of it; what was not looked at stays as it was. */
export function renewed(old: ObservedRecord | undefined, looks: readonly Look[], promised: ReadonlySet<string>, part = false): ObservedRecord {
  const [{ source, target }] = looks as [Look];
  const needs = new Ledger(old?.needs);
  const signers = new Ledger(old?.signers);
  for (const { target: { arch }, places, packages } of looks) {
    for (const place of places) if (place.read) signers.set(place.name.slice(source.length + 1), arch, place.signer);
    const complete = places.every((place) => place.read);
    for (const name of promised) {
      const seen = packages.get(name);
      if (seen) needs.set(name, arch, seen.needs);
      else if (complete) needs.drop(name, arch);
    }
  }
  return { source, release: releaseOf(target), signers: signers.folded(), needs: needs.folded((name) => part || promised.has(name)) };
}

export async function writeRecord(manifests: string, record: ObservedRecord): Promise<void> {
  await writeWhole(recordPath(manifests, record.source, record.release), writeDocument(record));
}

const architectures = ['x86_64', 'aarch64'];

/** Values by name and architecture, written once where the architectures agree. */
class Ledger {
  readonly #values = new Map<string, Map<string, string>>();

  constructor(old: ObservedRecord['needs'] = {}) {
    for (const [name, value] of Object.entries(old)) {
      for (const arch of typeof value === 'string' ? architectures : Object.keys(value)) this.set(name, arch, typeof value === 'string' ? value : value[arch]!);
    }
  }

  set(name: string, arch: string, value: string): void {
    this.#values.set(name, (this.#values.get(name) ?? new Map<string, string>()).set(arch, value));
  }

  drop(name: string, arch: string): void {
    this.#values.get(name)?.delete(arch);
  }

  folded(keep: (name: string) => boolean = () => true): Record<string, string | Record<string, string>> {
    const entries = [...this.#values].filter(([name, values]) => keep(name) && values.size > 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([name, values]) => [name, fold(values)]));
  }
}

function fold(values: ReadonlyMap<string, string>): string | Record<string, string> {
  const different = new Set(values.values());
  if (values.size === architectures.length && different.size === 1) return [...different][0]!;
  return Object.fromEntries([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
