import type { Invocation, Option } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { nearest } from '../../repo/core/nearest.ts';
import type { Target } from '../../repo/package/target.ts';
import { cellsOf, majorsFor, serves } from '../check/cell.ts';
import { check, type Checked, type Scope } from '../check/check.ts';
import type { Finding } from '../check/finding.ts';
import { openManuscript, type Manuscript } from '../check/manuscript.ts';
import type { Catalog } from '../manifest/catalog.ts';
import { Major } from '../manifest/major.ts';
import { covers, findTarget, Platform } from '../manifest/platform.ts';
import type { Source } from '../manifest/source.ts';
import { ownManifests } from '../manifest/files.ts';
import { catalogOf, upstreamOptions, withUpstream } from './upstream.ts';

/** The options of the commands that hold the manifests against the sources. */
export const scopeOptions: Readonly<Record<string, Option>> = {
  target: { short: 't', value: 'TARGET', many: true, about: 'd12.x86_64, el9 …; `all`, as when left out, for every target' },
  source: { short: 's', value: 'NAME', many: true, about: 'only this source of the manifests' },
  pg: { value: 'N', many: true, about: 'only this PostgreSQL major' },
  ...upstreamOptions,
};

/** The manifests beside what their sources have now. */
export interface Held extends Checked {
  scope: Scope;
  manuscript: Manuscript;
}

/** Looks at the sources in question; each finding about a row says in which line it stands. */
export async function holdCatalog(invocation: Invocation): Promise<Held> {
  const catalog = await catalogOf(invocation);
  const manifests = invocation.value('manifests') ?? ownManifests;
  const targets = targetsFrom(invocation.values('target'), catalog);
  const scope = { catalog, manifests, targets, sources: sourcesFrom(invocation.values('source'), catalog, targets), pg: majorsFrom(invocation.values('pg')) };
  const checked = await withUpstream(invocation, catalog, (upstream) => check(scope, { ...upstream, patience: [500, 2000] }, invocation.progress));
  const manuscript = await openManuscript(manifests);
  return { ...checked, scope, manuscript, findings: checked.findings.map((each) => located(each, manuscript)) };
}

function targetsFrom(given: readonly string[], { targets }: Catalog): Target[] {
  if (given.length === 0 || given.includes('all')) return [...targets];
  const chosen = new Set(given.flatMap((each) => {
    const covered = Platform.safeParse(each).success ? targets.filter((target) => covers(each, target)) : [];
    return covered.length > 0 ? covered : [findTarget(targets, each)];
  }));
  return targets.filter((target) => chosen.has(target));
}

/** Those named, or all that the manifests take something from. @throws Fault usage */
function sourcesFrom(given: readonly string[], catalog: Catalog, targets: readonly Target[]): Source[] {
  for (const name of given) {
    if (catalog.sources[name]) continue;
    const near = nearest(name, Object.keys(catalog.sources));
    throw new Fault('usage', `there is no source "${name}"${near ? `, did you mean "${near}"?` : ''}`, { hint: `sources are ${Object.keys(catalog.sources).join(', ')}` });
  }
  const sources = Object.values(catalog.sources);
  if (given.length > 0) return sources.filter((source) => given.includes(source.name));
  return sources.filter((source) => source.disabled !== undefined || targets.some((target) => serves(catalog, source, target) && cellsOf(catalog, source, target, majorsFor(catalog, source, target)).length > 0));
}

function majorsFrom(given: readonly string[]): readonly string[] {
  const strange = given.find((major) => !Major.safeParse(major).success);
  if (strange !== undefined) throw new Fault('usage', `"${strange}" is not a PostgreSQL major`, { hint: '--pg 17' });
  return given;
}

function located(finding: Finding, manuscript: Manuscript): Finding {
  const entry = finding.of && manuscript.entry(finding.of.kind, finding.subject);
  if (!entry || !finding.of) return finding;
  const line = finding.of.row === undefined ? entry.line : entry.rowAt('published', finding.of.row);
  return { ...finding, where: `${entry.sheet.label}:${line + 1}` };
}
