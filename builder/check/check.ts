import type { Progress } from '../../repo/core/progress.ts';
import type { Target } from '../../repo/package/target.ts';
import type { Catalog } from '../manifest/catalog.ts';
import type { Drawn } from '../manifest/manifest.ts';
import { releaseOf } from '../manifest/platform.ts';
import { placesFor, type Source } from '../manifest/source.ts';
import type { Upstream } from '../source/upstream.ts';
import { cellsOf, majorsFor, openingsOf, serves } from './cell.ts';
import { compare, silences, type Compared } from './compare.ts';
import { finding, type Finding } from './finding.ts';
import { judgeKeys } from './keys.ts';
import { look, type Down } from './look.ts';
import { readRecord } from './record.ts';

/** What is to be checked. */
export interface Scope {
  catalog: Catalog;
  /** The folder that the catalog and the records come from. */
  manifests: string;
  sources: readonly Source[];
  targets: readonly Target[];
  /** Only these majors; all when empty. */
  pg: readonly string[];
}

export interface Checked {
  /** One for each source and target that was looked at. */
  compared: readonly Compared[];
  findings: readonly Finding[];
}

/** Sources read at a time: those that do not answer take their time, and those that do take memory. */
const concurrency = 3;

/** Holds the manifests against what the sources have now; of each, one target is in memory at a time. */
export async function check(scope: Scope, upstream: Upstream, progress: Progress): Promise<Checked> {
  const down: Down = new Map();
  const parts = await progress.each(scope.sources, concurrency, (source) => checkSource(scope, source, upstream, progress, down));
  return { compared: parts.flatMap((part) => part.compared), findings: parts.flatMap((part) => part.findings) };
}

async function checkSource(scope: Scope, source: Source, upstream: Upstream, progress: Progress, down: Down): Promise<Checked> {
  if (source.disabled !== undefined) return { compared: [], findings: [finding('disabled', { source: source.name, subject: source.name, text: `not checked: ${source.disabled}` })] };
  const targets = scope.targets.filter((target) => serves(scope.catalog, source, target));
  return progress.step(`reading ${source.name} for ${targets.length} ${targets.length === 1 ? 'target' : 'targets'}`, async (inner) => {
    const keys = await judgeKeys(targets.flatMap((target) => drawnFrom(scope, source, target)), upstream, inner);
    const compared: Compared[] = [];
    for (const target of targets) compared.push(...(await compareOne(scope, source, target, upstream, inner, down)));
    return { compared, findings: [...keys, ...compared.flatMap(compare), ...silences(compared)] };
  });
}

/** The majors of a source on a target that are within the scope. */
export const majorsWithin = ({ catalog, pg }: Scope, source: Source, target: Target): string[] => majorsFor(catalog, source, target).filter((major) => pg.length === 0 || pg.includes(major));

function drawnFrom(scope: Scope, source: Source, target: Target): Drawn[] {
  const release = scope.catalog.releases.find((each) => each.code === releaseOf(target))!;
  return placesFor(source, target, release, majorsWithin(scope, source, target)).map((suite) => ({ source, suite }));
}

/** Nothing where the manifests name nothing of a source, or where it has nothing for the majors in question. */
async function compareOne(scope: Scope, source: Source, target: Target, upstream: Upstream, progress: Progress, down: Down): Promise<Compared[]> {
  const majors = majorsWithin(scope, source, target);
  const cells = cellsOf(scope.catalog, source, target, majors);
  const openings = openingsOf(scope.catalog, source, target, majors);
  const drawn = drawnFrom(scope, source, target);
  if (cells.length === 0 || drawn.length === 0) return [];
  const question = { promised: namesOf(cells), possible: namesOf(openings) };
  const seen = await look(drawn, target, question, upstream, progress, down);
  return [{ cells, openings, look: seen, record: await readRecord(scope.manifests, source.name, releaseOf(target)) }];
}

const namesOf = (cells: readonly { packages: readonly string[] }[]): Set<string> => new Set(cells.flatMap((cell) => cell.packages));
