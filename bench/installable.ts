/**
 * Whole-archive installability of bookworm main amd64, from the text of the index to a verdict on every package, beside
 * dose-debcheck on the same file: `node bench/installable.ts [rounds]`. Fresh processes, by turns.
 */
import { readFile } from 'node:fs/promises';
import { installable } from '../builder/solve/installable.ts';
import { universeOf } from '../builder/solve/universe.ts';
import { readPackages } from '../repo/deb/packages.ts';
import { compareVersions } from '../repo/deb/version.ts';
import { archiveOf } from '../test/conformance/archive.ts';
import { measure, measureOwn, median, seconds } from './measure.ts';

if (process.argv[2] === '--judge') await judge(process.argv[3]!);
else await bench(Number(process.argv[2] ?? 3));

async function bench(rounds: number): Promise<void> {
  const { index, universe } = await archiveOf('bookworm');
  const ours: number[] = [];
  const theirs: number[] = [];
  let memory = 0;
  for (let round = 0; round < rounds; round++) {
    const own = await measureOwn([import.meta.filename, '--judge', index]);
    const peer = await measure(['dose-debcheck', '--failures', '--deb-native-arch=amd64', index], [0, 1]);
    ours.push(own.seconds);
    theirs.push(peer.seconds);
    memory = Math.max(memory, own.megabytes);
  }
  const ratio = median(theirs.map((value, round) => value / ours[round]!));
  process.stdout.write(`installability of ${universe.packages.length} packages, medians of ${rounds} rounds by turns\n`);
  process.stdout.write(`  pgark ${seconds(median(ours))}, ${memory.toFixed(0)} MB; dose-debcheck ${seconds(median(theirs))}; ${ratio.toFixed(1)} times as fast\n`);
}

async function judge(index: string): Promise<void> {
  const universe = universeOf(readPackages(await readFile(index), 'bench'), { arch: 'amd64', compareVersions });
  const verdict = installable(universe);
  process.stdout.write(`${verdict.filter((each) => !each).length} of ${verdict.length} are not installable\n`);
}
