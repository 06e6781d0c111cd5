import type { Recommends } from '../../../builder/solve/resolution.ts';
import { rpm } from '../../../builder/solve/rpm.ts';
import { solve } from '../../../builder/solve/solve.ts';
import { universeOf, type Universe } from '../../../builder/solve/universe.ts';
import { readPrimary } from '../../../repo/rpm/primary.ts';
import { compareVersions } from '../../../repo/rpm/version.ts';
import { makeRpm, primaryOf, type Fields } from '../../support/repository.ts';
import { show } from './scenario.ts';

/** As in scenario.ts: `name version [arch [priority]]`, and below it the fields, their entries separated by commas. */
export function universe(text: string): Universe {
  const blocks: { head: string[]; fields: Record<string, string[]> }[] = [];
  const lines = text.split('\n').filter((each) => each.trim() !== '');
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  for (const line of lines) {
    if (line.search(/\S/) === margin) blocks.push({ head: line.trim().split(' '), fields: {} });
    else {
      const [, field, value] = /^\s*(\w+): (.*)$/.exec(line)!;
      blocks.at(-1)!.fields[field!] = value!.split(', ');
    }
  }
  const packages = blocks.flatMap(({ head: [name, version, arch, priority], fields }) =>
    readPrimary(Buffer.from(primaryOf([makeRpm(name!, version, arch, fields as Fields).stanza])), { source: 'test', priority: Number(priority ?? 99) }),
  );
  return universeOf(packages, { arch: 'x86_64', compareVersions, semantics: rpm });
}

export function install(world: Universe, names: string, recommends: Recommends = 'exclude'): string {
  return show(solve(world, { install: names.split(', ').map((name) => ({ name })), recommends })).replaceAll(':x86_64', '');
}
