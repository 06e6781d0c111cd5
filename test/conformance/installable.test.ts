import { expect } from 'vitest';
import { installable } from '../../builder/solve/installable.ts';
import { archiveOf, needsOf } from './archive.ts';
import { unexplained } from './disagreements.ts';
import { conformance, report } from './oracle.ts';
import { run } from './run.ts';

for (const suite of ['bookworm', 'trixie'] as const) {
  const { programs, ...rest } = needsOf(suite);
  conformance(`every package of ${suite} is installable exactly when dose-debcheck says so`, { programs: { ...programs, 'dose-debcheck': 'dose-distcheck' }, ...rest }, async () => {
    const { universe, index } = await archiveOf(suite);
    const broken = new Set(await brokenByDose(index));

    const begin = performance.now();
    const verdict = installable(universe);
    const seconds = (performance.now() - begin) / 1000;

    const subject = `installable ${suite}/main/amd64`;
    const names = universe.packages.map((item) => `${item.name} ${item.version}`);
    const differing = names.filter((name, id) => verdict[id] === broken.has(name));
    const open = unexplained(subject, differing);
    await report(subject, { agree: names.length - differing.length, of: names.length, explained: differing.length - open.length, peer: 'dose-debcheck', seconds });
    expect(names.length).toBeGreaterThan(50_000);
    expect([...broken].filter((name) => !names.includes(name)), 'packages that only dose-debcheck saw').toEqual([]);
    expect(open).toEqual([]);
  });
}

/** dose-debcheck ends with 1 when some package is broken. */
async function brokenByDose(index: string): Promise<string[]> {
  const said = await run(['dose-debcheck', '--failures', '--deb-native-arch=amd64', index], { statuses: [0, 1] });
  const broken = [...said.matchAll(/^ {2}package: (\S+)\n {2}version: (\S+)/gm)].map((match) => `${match[1]} ${match[2]}`);
  expect(broken.length, 'the count that dose-debcheck gives itself').toBe(Number(/^broken-packages: (\d+)/m.exec(said)?.[1]));
  return broken;
}
