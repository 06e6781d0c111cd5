import type { Progress } from '../../repo/core/progress.ts';
import type { Target } from '../../repo/package/target.ts';
import type { Catalog } from '../manifest/catalog.ts';
import type { Drawn } from '../manifest/manifest.ts';
import { releaseOf } from '../manifest/platform.ts';
import { placesFor, type Source } from '../manifest/source.ts';
import type { Upstream } from '../source/draw.ts';
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

/** Holds the manifests against what the sources have now, source by source, so that one is in memory at a time. */
export async function check(scope: Scope, upstream: Upstream, progress: Progress): Promise<Checked> {
  const compared: Compared[] = [];
  const findings: Finding[] = [];
  const down: Down = new Map();
  for (const source of scope.sources) {
    if (source.disabled !== undefined) {
      findings.push(finding('disabled', { source: source.name, subject: source.name, text: `not checked: ${source.disabled}` }));
      continue;
    }
    const targets = scope.targets.filter((target) => serves(scope.catalog, source, target));
    await progress.step(`reading ${source.name} for ${targets.length} targets`, async (inner) => {
      findings.push(...(await judgeKeys(targets.flatMap((target) => drawnFrom(scope, source, target)), upstream, inner)));
      for (const target of targets) {
        const one = await compareOne(scope, source, target, upstream, inner, down);
        if (!one) continue;
        compared.push(one);
        findings.push(...compare(one));
      }
      findings.push(...silences(compared.filter(({ look }) => look.source === source.name)));
    });
  }
  return { compared, findings };
}

/** The majors of a source on a target that are within the scope. */
export const majorsWithin = ({ catalog, pg }: Scope, source: Source, target: Target): string[] => majorsFor(catalog, source, target).filter((major) => pg.length === 0 || pg.includes(major));

function drawnFrom(scope: Scope, source: Source, target: Target): Drawn[] {
  const release = scope.catalog.releases.find((each) => each.code === releaseOf(target))!;
  return placesFor(source, target, release, majorsWithin(scope, source, target)).map((suite) => ({ source, suite }));
}

/** Nothing where the manifests name nothing of a source, or where it has nothing for the majors in question. */
async function compareOne(scope: Scope, source: Source, target: Target, upstream: Upstream, progress: Progress, down: Down): Promise<Compared | undefined> {
  const majors = majorsWithin(scope, source, target);
  const cells = cellsOf(scope.catalog, source, target, majors);
  const openings = openingsOf(scope.catalog, source, target, majors);
  const drawn = drawnFrom(scope, source, target);
  if (cells.length === 0 || drawn.length === 0) return undefined;
  const question = { promised: namesOf(cells), possible: namesOf(openings) };
  const seen = await look(drawn, target, question, upstream, progress, down);
  return { cells, openings, look: seen, record: await readRecord(scope.manifests, source.name, releaseOf(target)) };
}

const namesOf = (cells: readonly { packages: readonly string[] }[]): Set<string> => new Set(cells.flatMap((cell) => cell.packages));
