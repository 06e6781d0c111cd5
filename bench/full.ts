/**
 * How long four bare hosts take to become one deployment (`pgark configure --topology full`), against one host on the same machine, and where that time goes.
 *
 *     node bench/full.ts [bookworm|trixie]      as root
 */
import { inLines, report } from '../repo/console/report.ts';
import { table } from '../repo/console/print.ts';
import { raiseCluster, type Cluster } from '../test/support/cluster.ts';
import { buildBundle } from '../vagrant/bundle.ts';
import type { Suite } from '../vagrant/root.ts';

const suite: Suite = process.argv[2] === 'trixie' ? 'trixie' : 'bookworm';
const atMost = 2.5;
const progress = report(inLines);
const bundle = await buildBundle('slim', suite, progress);

interface Timed {
  seconds: number;
  /** Of each step, in its order. */
  steps: readonly { step: string; seconds: number }[];
}

const raise = (count: number): Promise<Cluster> => raiseCluster({ name: `bench${count}`, ground: { suite, packages: ['openssh-client', 'openssh-server'] }, count, network: 40 + count }, bundle);

async function install({ admin, addresses }: Cluster): Promise<Timed> {
  const others = addresses.slice(1).flatMap((address) => ['--node', address]);
  const several = others.length > 0 ? ['--topology', 'full', ...others, '--ssh-user', 'root'] : ['--topology', 'single'];
  await admin.must(['pgark', 'configure', ...several, '--extension', 'none', '--tuning', 'tiny', '--non-interactive'], { timeout: 300 });
  const start = performance.now();
  const { code, stderr } = await admin.run(['pgark', 'install', '--yes', '--json'], { timeout: 1800 });
  if (code !== 0) throw new Error(stderr);
  return { seconds: (performance.now() - start) / 1000, steps: stepsIn(stderr) };
}

/** `{"step":"etcd","depth":0,"state":"done","seconds":3.1}` */
function stepsIn(text: string): { step: string; seconds: number }[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { step?: string; depth?: number; state?: string; seconds?: number });
  return lines.flatMap(({ step, depth, state, seconds }) => (step !== undefined && depth === 0 && state === 'done' ? [{ step, seconds: seconds! }] : []));
}

async function measured(count: number): Promise<Timed> {
  const cluster = await progress.step(`${count} bare ${count === 1 ? 'host' : 'hosts'}`, () => raise(count));
  try {
    return await progress.step(`pgark install on ${count}`, () => install(cluster));
  } finally {
    await cluster.discard();
  }
}

// One host before and one after: the machine may be busier at one end than at the other.
const [before, full, after] = [await measured(1), await measured(4), await measured(1)];
const single = (before.seconds + after.seconds) / 2;
const ratio = full.seconds / single;

process.stdout.write(
  `${table([
    ['measured', 'seconds', 'ratio', 'to reach'],
    [`pgark install of one ${suite} host`, `${before.seconds.toFixed(1)}, ${after.seconds.toFixed(1)}`, '1.00', ''],
    ['pgark install of four', full.seconds.toFixed(1), ratio.toFixed(2), `at most ${atMost}`],
  ])}\n\n${table([['step', 'one', 'four'], ...[...new Set(full.steps.map(({ step }) => step))].map((name) => [name, ...[after, full].map(({ steps }) => sum(steps.filter(({ step }) => step === name)).toFixed(1))])])}\n`,
);
process.exitCode = ratio <= atMost ? 0 : 1;

function sum(steps: readonly { seconds: number }[]): number {
  return steps.reduce((total, { seconds }) => total + seconds, 0);
}
