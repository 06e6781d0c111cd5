/**
 * How long it takes, and how much memory, to plan a deployment of a thousand hosts. The hosts answer from a table; everything else is what `pgark plan`
 * runs: `node bench/hosts.ts [hosts]`. What the vault holds is made before, as on any second run.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInventory } from '../installer/inventory/draft.ts';
import { openReachable } from '../installer/deployment.ts';
import { groundOf } from '../installer/ground.ts';
import { planDeployment } from '../installer/pipeline.ts';
import { countChanges } from '../installer/plan/plan.ts';
import { roles } from '../installer/roles.ts';
import type { Command, Completed, Transport } from '../installer/transport/command.ts';
import { table } from '../repo/console/print.ts';
import { writeDocument } from '../repo/core/document.ts';
import { silent } from '../repo/core/progress.ts';
import { bundle } from '../test/installer/inventory/sample.ts';
import { measureOwn } from './measure.ts';

const count = Number(process.argv[2] ?? 1000);
const folder = process.argv[3];

if (folder === undefined) await measureAll();
else await planOnce(folder);

async function measureAll(): Promise<void> {
  const made = await mkdtemp(join(tmpdir(), 'pgark-hosts-'));
  try {
    await writeFile(join(made, 'pgark.yml'), inventoryOf(count));
    await writeFile(join(made, 'bundle.json'), writeDocument(bundle));
    const first = await measureOwn([import.meta.filename, String(count), made]);
    const { seconds, megabytes, stderr } = await measureOwn([import.meta.filename, String(count), made]);
    const planned = stderr.split('\n')[0]!;
    const rows = [['measured', 'seconds', 'megabytes', 'to reach'], [`${count} hosts, everything in the vault is made`, first.seconds.toFixed(1), first.megabytes.toFixed(0), ''], [`${count} hosts, ${planned}`, seconds.toFixed(1), megabytes.toFixed(0), 'under 10 s and 1024 MB']];
    process.stdout.write(`${table(rows)}\n`);
    process.exitCode = seconds < 10 && megabytes < 1024 ? 0 : 1;
  } finally {
    await rm(made, { recursive: true });
  }
}

async function planOnce(where: string): Promise<void> {
  const file = join(where, 'pgark.yml');
  const text = inventoryOf(count);
  const opening = { file, bundle: join(where, 'bundle.json'), roles, progress: silent };
  const draft = parseInventory(text, file);
  const ground = { ...groundOf(text, draft, opening), transports: new Map(draft.hosts.map(({ address }) => [address, hostAt(address)])) };
  const { deployment } = await openReachable(ground, opening);
  const decided = await planDeployment(deployment, silent);
  process.stderr.write(`${deployment.wanted.reduce((sum, { items }) => sum + items.length, 0)} resources, ${countChanges(decided)} changes\n`);
  // Where it is saved already, this writes nothing.
  await deployment.vault.save();
}

/** Three hosts of infra and of etcd, all others in clusters of three. */
function inventoryOf(hosts: number): string {
  const addresses = Array.from({ length: hosts }, (_, index) => `10.20.${index >> 8}.${index & 255}`);
  const group = (name: string, lines: readonly string[], vars: string): string => `    ${name}:\n      hosts:\n${lines.map((line) => `        ${line}\n`).join('')}      vars: { ${vars} }\n`;
  const first = addresses.slice(0, 3);
  const clusters = Array.from({ length: Math.ceil((hosts - 3) / 3) }, (_, index) => addresses.slice(3 + index * 3, 6 + index * 3));
  return `all:
  children:
${group('infra', first.map((address, index) => `${address}: { infra_seq: ${index + 1} }`), '')}${group('etcd', first.map((address, index) => `${address}: { etcd_seq: ${index + 1} }`), 'etcd_cluster: etcd')}${clusters
    .map((members, index) => group(`pg-${index + 1}`, members.map((address, member) => `${address}: { pg_seq: ${member + 1}, pg_role: ${member === 0 ? 'primary' : 'replica'} }`), `pg_cluster: pg-${index + 1}, pg_version: 15`))
    .join('')}  vars: { admin_ip: ${first[0]} }
`;
}

/** A host as it is told of when nothing is on it yet but the bundle. */
function hostAt(address: string): Transport {
  const said = (stdout: string): Completed => ({ code: 0, stdout, stderr: '' });
  const answer = ({ argv }: Command): Completed => {
    const words = argv.join(' ');
    if (words.includes('/etc/os-release')) return said(`ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nhostname=box-${address.replaceAll('.', '-')}\narch=x86_64\ncpus=4\nmemory=8388608\ndisk=100000000 80000000\naddresses=${address}\ncontainer=none\ncarries=yes\n`);
    if (!words.includes('systemctl show')) return { code: 1, stdout: '', stderr: '' };
    return words.includes('--pgark-shown') ? said(`${'LoadState=not-found\n\n'.repeat(Number(argv[4]))}--pgark-shown\nnow 1\n`) : said('LoadState=not-found\nnow=1\n');
  };
  return { host: address, probe: async (commands) => commands.map(answer), run: () => Promise.reject(new Error('a plan changes nothing')) };
}
