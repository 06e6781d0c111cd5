import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { parseInventory } from '../../../installer/inventory/draft.ts';
import { openReachable } from '../../../installer/deployment.ts';
import { groundOf } from '../../../installer/ground.ts';
import { planAfterPreflight, planDeployment } from '../../../installer/pipeline.ts';
import { apply } from '../../../installer/plan/apply.ts';
import { changesOf } from '../../../installer/plan/plan.ts';
import { printPlan } from '../../../installer/plan/print.ts';
import { roles } from '../../../installer/roles.ts';
import type { Command, Completed, Transport } from '../../../installer/transport/command.ts';
import { writeDocument } from '../../../repo/core/document.ts';
import { silent } from '../../../repo/core/progress.ts';
import { bundle } from '../inventory/sample.ts';
import { withReplica } from '../role/deployment.ts';

vi.setConfig({ testTimeout: 60_000 });

const folders: string[] = [];
afterAll(async () => void (await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))));

/** A bare host that keeps what it is asked and what it is told to do. */
function bare(address: string) {
  const asked: Command[] = [];
  const told: Command[] = [];
  const said = (stdout: string): Completed => ({ code: 0, stdout, stderr: '' });
  const answer = ({ argv }: Command): Completed => {
    const words = argv.join(' ');
    if (words.includes('/etc/os-release')) return said(`ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nhostname=box\narch=x86_64\ncpus=4\nmemory=8388608\ndisk=100000000 80000000\naddresses=${address}\ncontainer=none\ncarries=yes\n`);
    if (argv[0] === 'date') return said(`${Date.now() / 1000}\n`);
    if (words.includes('stat -c %d')) return said('1 90000000\n1 90000000\n1 90000000\n');
    if (words.includes('machine-id')) return said(`m-${address}\nb-${address}\n`);
    if (words.includes('apt-get')) return said('Inst a (1 x [amd64])\n');
    if (words.includes('systemctl show')) return said(words.includes('--pgark-shown') ? `${'LoadState=not-found\n\n'.repeat(Number(argv[4]))}--pgark-shown\nnow 1\n` : 'LoadState=not-found\nnow=1\n');
    return { code: words.includes('--pgark-sums') || words.includes('ls -l /proc') ? 0 : 1, stdout: '', stderr: '' };
  };
  const transport: Transport = {
    host: address,
    probe: async (commands) => (asked.push(...commands), commands.map(answer)),
    run: async (commands) => (told.push(...commands), commands.map(() => said(''))),
  };
  return { transport, asked, told };
}

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'pgark-looks-'));
  folders.push(folder);
  await writeFile(join(folder, 'bundle.json'), writeDocument(bundle));
  await writeFile(join(folder, 'pgark.yml'), withReplica);
  const opening = { file: join(folder, 'pgark.yml'), bundle: join(folder, 'bundle.json'), roles, progress: silent };
  const draft = parseInventory(withReplica, opening.file);
  const hosts = new Map(draft.hosts.map(({ address }) => [address, bare(address)]));
  const transports = new Map([...hosts].map(([address, { transport }]) => [address, transport]));
  const { deployment } = await openReachable({ ...groundOf(withReplica, draft, opening), transports }, opening);
  return { folder, hosts, deployment, transports };
}

test('a plan asks and does nothing else, on no host, and leaves nothing beside the inventory', async () => {
  const { folder, hosts, deployment } = await open();

  await planDeployment(deployment, silent);
  await planAfterPreflight(deployment, silent);

  for (const { told, asked } of hosts.values()) {
    expect(told).toEqual([]);
    expect(asked.length).toBeGreaterThan(20);
  }
  expect((await readdir(folder)).toSorted()).toEqual(['bundle.json', 'pgark.yml']);
  expect(await readFile(join(folder, 'pgark.yml'), 'utf8')).toBe(withReplica);
});

test('what a host is asked for a plan are the questions of its resources, with no word that changes anything', async () => {
  const { hosts, deployment } = await open();
  const wanted = new Set(deployment.wanted.flatMap(({ items }) => items.map(({ identity }) => identity)));

  await planDeployment(deployment, silent);

  expect(wanted.size).toBeGreaterThan(100);
  const texts = [...hosts.values()].flatMap(({ asked }) => asked.map(({ argv }) => argv.join(' ')));
  const changing = /\b(systemctl (start|stop|restart|reload|enable|disable|mask|unmask|daemon-reload)|apt-get install|chown|chmod|useradd|groupadd|mkdir|mv -|rm -|ln -s|tee )/;
  expect(texts.filter((text) => changing.test(text))).toEqual([]);
});

test('what apply does is what plan has printed: no more, no less, in its order', async () => {
  const { deployment, hosts, transports } = await open();
  const decided = await planDeployment(deployment, silent);
  const planned = decided.hosts.map((host) => changesOf(host).map(({ identity }) => identity));

  const outcomes = await apply(decided, { transports, progress: silent, signal: new AbortController().signal });

  const done = decided.hosts.map(({ name }) => outcomes.filter((each) => each.host === name && each.result === 'changed').map(({ identity }) => identity));
  expect(done).toEqual(planned);
  for (const identities of planned) for (const identity of identities) expect(printPlan(decided)).toContain(`    ${identity}: `);
  const commands = decided.hosts.map((host) => changesOf(host).flatMap((entry) => entry.commands).length);
  expect([...hosts.values()].map(({ told }) => told.length)).toEqual(commands);
});
