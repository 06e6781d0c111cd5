/**
 * What the drills told, as a table: `node bench/failover.ts [FILE …]`. They are played by `./pgark test slow --filter drills` on
 * three hosts that clients write to all the time, and leave their rounds in out/drills, a file a plan; without a name all of those are read.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reports, tableOf } from '../test/support/drill/report.ts';
import type { Round } from '../test/support/drill/round.ts';

const named = process.argv.slice(2);
const files = named.length > 0 ? named : (await readdir(reports)).filter((name) => name.endsWith('.json')).toSorted().map((name) => join(reports, name));
const rounds = (await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8')) as Round[]))).flat();
process.stdout.write(`${tableOf(rounds)}\n`);
for (const round of rounds.filter(({ load }) => load >= 8)) process.stdout.write(`not to be counted: ${round.plan}, ${round.drill}, at a load of ${round.load}\n`);
