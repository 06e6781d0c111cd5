import { prove } from '../../../builder/solve/prove.ts';
import type { Proven } from '../../../builder/solve/proof.ts';
import type { Recommends, Resolution } from '../../../builder/solve/resolution.ts';
import { solve } from '../../../builder/solve/solve.ts';
import { type Universe, universeOf } from '../../../builder/solve/universe.ts';
import { digestOf } from '../../../repo/core/digest.ts';
import { readPackages } from '../../../repo/deb/packages.ts';
import { parseCapability } from '../../../repo/deb/relation.ts';
import { compareVersions } from '../../../repo/deb/version.ts';

/**
 * A tiny language for solver cases. A line names a package, the indented lines below are fields of its stanza:
 *
 *     app 1
 *       Depends: db | cache
 *     db 2 arm64
 *
 * The architecture is `amd64` unless it is given; so is the native one.
 */
export function universe(text: string): Universe {
  const stanzas: string[] = [];
  const lines = text.split('\n').filter((each) => each.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  for (const line of lines) {
    if (line.search(/\S/) > margin) stanzas.push(`${stanzas.pop()!}${line.trim()}\n`);
    else stanzas.push(stanzaOf(line.trim()));
  }
  return universeOf(readPackages(Buffer.from(stanzas.join('\n')), 'test'), { arch: 'amd64', compareVersions });
}

function stanzaOf(line: string): string {
  const [name, version, arch = 'amd64'] = line.split(' ');
  return `Package: ${name}\nVersion: ${version}\nArchitecture: ${arch}\nFilename: ${name}_${version}_${arch}.deb\nSize: 1\nSHA256: ${digestOf(line)}\n`;
}

/** What is installed beyond the base set: `app=1 db=2`; or why nothing is, a sentence a line. */
export function install(world: Universe, names: string, recommends: Recommends = 'exclude'): string {
  return show(solve(world, { install: names.split(', ').map(parseCapability), recommends }));
}

export function show(resolution: Resolution): string {
  if (!resolution.ok) return resolution.problems.flatMap((problem) => problem.sentences).join('\n');
  return resolution.choices.map(({ package: item }) => `${item.name}${item.arch === 'amd64' ? '' : `:${item.arch}`}=${item.version}`).join(' ');
}

export const proofsOf = (world: Universe, roots: string, recommends: Recommends = 'exclude'): Proven => prove(world, roots.split(' '), { recommends });
