/**
 * Every name of CentOS Stream 9 (AppStream and BaseOS, 22,221 packages) judged: installable by itself, or not; beside libsolv's
 * Python binding doing the same, one name after another: `node bench/names.ts [rounds]`. Both from the packed primary.xml, in
 * fresh processes, by turns; both must find the same names. Needs python3-solv.
 */
import { installable } from '../builder/solve/installable.ts';
import { universeOf } from '../builder/solve/universe.ts';
import { table } from '../repo/console/print.ts';
import { digestOf } from '../repo/core/digest.ts';
import { load, primaryOf, readPackages, repositories, setting } from './el9.ts';
import { measure, measureOwn, median, seconds } from './measure.ts';

interface Judged {
  reading: number;
  judging: number;
  names: number;
  installable: number;
  digest: string;
}

if (process.argv[2] === '--judge') await judge();
else await bench(Number(process.argv[2] ?? 5));

async function bench(rounds: number): Promise<void> {
  const ours: (Judged & { seconds: number })[] = [];
  const theirs: (Judged & { seconds: number })[] = [];
  let memory = 0;
  for (let round = 0; round < rounds; round++) {
    const own = await measureOwn([import.meta.filename, '--judge']);
    const peer = await measure(['/usr/bin/python3', `${import.meta.dirname}/libsolv.py`, ...repositories.map(primaryOf)]);
    ours.push({ ...judgedIn(own.stderr), seconds: own.seconds });
    theirs.push({ ...judgedIn(peer.stderr), seconds: peer.seconds });
    memory = Math.max(memory, own.megabytes);
  }
  const { names, installable: found, digest } = ours[0]!;
  if ([...ours, ...theirs].some((each) => each.digest !== digest || each.names !== names)) throw new Error(`other names: ${theirs[0]!.installable} of ${theirs[0]!.names} beside ${found} of ${names}`);
  const row = (title: string, of: (each: Judged & { seconds: number }) => number): string[] => {
    const ratio = median(ours.map((each, round) => of(each) / of(theirs[round]!)));
    return [title, seconds(median(ours.map(of))), seconds(median(theirs.map(of))), ratio.toFixed(2)];
  };
  process.stdout.write(`${names} names judged, ${found} of them installable, the same ones; medians of ${rounds} rounds by turns, ${load()}; pgark at most ${memory.toFixed(0)} MB\n`);
  const rows = [row('reading', (each) => each.reading), row('judging', (each) => each.judging), [...row('the whole process', (each) => each.seconds), 'less than 1']];
  process.stdout.write(`${table([['measured', 'pgark', 'libsolv', 'ratio', 'to reach'], ...rows])}\n`);
  process.exitCode = median(ours.map((each, round) => each.seconds / theirs[round]!.seconds)) < 1 ? 0 : 1;
}

async function judge(): Promise<void> {
  const begin = performance.now();
  const universe = universeOf(await readPackages(), setting);
  const middle = performance.now();
  const verdict = installable(universe);
  const end = performance.now();
  const names = [...new Set(universe.packages.map((item) => item.name))];
  const found = [...new Set(universe.packages.filter((_, id) => verdict[id]).map((item) => item.name))].sort();
  const judged: Judged = { reading: (middle - begin) / 1000, judging: (end - middle) / 1000, names: names.length, installable: found.length, digest: digestOf(Buffer.from(found.join('\n'))) };
  process.stderr.write(`${JSON.stringify(judged)}\n`);
}

function judgedIn(stderr: string): Judged {
  return JSON.parse(stderr.split('\n').find((line) => line.startsWith('{'))!) as Judged;
}
