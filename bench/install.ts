/**
 * How long an installation takes, against the floor: the bare `apt-get install` of the same packages from the same bundle
 * on the same kind of fresh host; and how long it takes to find that there is nothing to do.
 *
 *     node bench/install.ts [bookworm|trixie]      as root
 */
import { inLines, report } from '../repo/console/report.ts';
import { table } from '../repo/console/print.ts';
import { buildBundle } from '../vagrant/bundle.ts';
import { raise, type Host } from '../vagrant/host.ts';
import type { Suite } from '../vagrant/root.ts';

const suite: Suite = process.argv[2] === 'trixie' ? 'trixie' : 'bookworm';
const progress = report(inLines);
const bundle = await buildBundle('slim', suite, progress);

const fresh = async (name: string): Promise<Host> => {
  const host = await raise({ name, suite, network: { bridge: 'pgark-bench', address: '10.10.10.10/24' } });
  await host.copyIn(bundle.tar, '/root/bundle.tar');
  await host.copyIn(bundle.bootstrap, '/root/bootstrap');
  await host.must(['sh', '/root/bootstrap', '/root/bundle.tar', '--fingerprint', bundle.fingerprint]);
  return host;
};

const seconds = async (host: Host, argv: readonly string[]): Promise<number> => {
  const start = performance.now();
  await host.must(argv, { timeout: 1200, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  return (performance.now() - start) / 1000;
};

const packagesOf = async (host: Host): Promise<string[]> => (await host.must(['dpkg-query', '--show', '--showformat', '${Package}\\n'])).trim().split('\n');

const ours = await fresh('bench-ours');
const there = new Set(await packagesOf(ours));
await ours.must(['pgark', 'configure', '--non-interactive']);
const install = await progress.step('pgark install', () => seconds(ours, ['pgark', 'install', '--yes']));
const again = await progress.step('pgark install, again', () => seconds(ours, ['pgark', 'install', '--yes']));
const packages = (await packagesOf(ours)).filter((name) => !there.has(name));
await ours.destroy();

const bare = await fresh('bench-bare');
const floor = await progress.step(`apt-get install of ${packages.length} packages`, () => seconds(bare, ['apt-get', 'install', '-y', '--no-install-recommends', ...packages]));
await bare.destroy();

process.stdout.write(
  `${table([
    ['measured', 'seconds', 'ratio', 'to reach'],
    [`apt-get install of ${packages.length} packages on ${suite}`, floor.toFixed(1), '1.00', ''],
    ['pgark install', install.toFixed(1), (install / floor).toFixed(2), 'at most 2'],
    ['pgark install, nothing to do', again.toFixed(1), (again / floor).toFixed(2), 'under 5 s'],
  ])}\n`,
);
process.exitCode = install / floor <= 2 && again < 5 ? 0 : 1;
