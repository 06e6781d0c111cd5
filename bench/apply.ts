/**
 * How long `pgark apply` takes to find that four hosts are as they should be, against Debian's Ansible, with pipelining, for the files, folders, links,
 * services and packages among the same resources on the same hosts; and with 50 ms of latency to each host.
 *
 *     node bench/apply.ts      as root
 */
import { join } from 'node:path';
import { target } from '../repo/bundle/paths.ts';
import { inLines, report } from '../repo/console/report.ts';
import { table } from '../repo/console/print.ts';
import { raiseCluster, type Cluster } from '../test/support/cluster.ts';
import { buildBundle } from '../vagrant/bundle.ts';
import type { Host } from '../vagrant/host.ts';
import { median } from './measure.ts';

const progress = report(inLines);
const bundle = await buildBundle('slim', 'bookworm', progress);
const cluster = await raiseCluster({ name: 'bapply', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server', 'ansible-core', 'python3-apt'] }, count: 4, network: 46 }, bundle);
try {
  process.exitCode = await measureAll(cluster);
} finally {
  await cluster.discard();
}

async function measureAll({ admin, addresses, hosts }: Cluster): Promise<number> {
  const others = addresses.slice(1).flatMap((address) => ['--node', address]);
  await admin.must(['pgark', 'configure', '--topology', 'full', ...others, '--ssh-user', 'root', '--extension', 'none', '--tuning', 'tiny', '--non-interactive'], { timeout: 300 });
  await progress.step('pgark install', () => admin.must(['pgark', 'install', '--yes'], { timeout: 1800 }));
  const tasks = await writePlaybook(admin, addresses, hosts);
  await progress.step('ansible-playbook, the first time', () => play(admin));
  const ours: number[] = [];
  const theirs: number[] = [];
  for (const round of [1, 2, 3]) {
    ours.push(await progress.step(`pgark apply, round ${round}`, () => apply(admin)));
    theirs.push(await progress.step(`ansible-playbook, round ${round}`, () => play(admin)));
  }
  await admin.copyIn(join(import.meta.dirname, 'delay.mjs'), '/root/delay.mjs');
  await admin.must('cat >> /root/.ssh/config', { stdin: `Host 10.10.46.*\n  ProxyCommand ${target.node} /root/delay.mjs %h %p\n` });
  const far = [await apply(admin), await apply(admin), await apply(admin)];
  const ratio = median(theirs) / median(ours);
  process.stdout.write(
    `${table([
      ['measured, nothing to do on four hosts', 'seconds', 'to reach'],
      [`ansible-playbook, ${tasks} tasks`, median(theirs).toFixed(1), ''],
      ['pgark apply', median(ours).toFixed(1), 'under 5'],
      ['ratio', ratio.toFixed(1), 'at least 30'],
      ['pgark apply with 50 ms of latency', median(far).toFixed(1), 'under 15'],
    ])}\n`,
  );
  return median(ours) < 5 && ratio >= 30 && median(far) < 15 ? 0 : 1;
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

function apply(admin: Host): Promise<number> {
  return timed(async () => {
    const result = JSON.parse(await admin.must(['pgark', 'apply', '--yes', '--json'], { timeout: 600 })) as { changed: number };
    if (result.changed !== 0) throw new Error(`pgark changed ${result.changed}`);
  });
}

function play(admin: Host): Promise<number> {
  return timed(async () => {
    const said = await admin.must('cd /root/peer && ANSIBLE_FORCE_COLOR=0 ansible-playbook -i hosts.ini site.yml', { timeout: 1800 });
    if (/changed=[1-9]|failed=[1-9]|unreachable=[1-9]/.test(said)) throw new Error(`ansible found something to do: ${said.slice(-3000)}`);
  });
}

/** What the receipts tell of every host, as tasks of Ansible. Answers with their number. */
async function writePlaybook(admin: Host, addresses: readonly string[], hosts: readonly Host[]): Promise<number> {
  const config = '[defaults]\nforks = 8\nhost_key_checking = True\n[ssh_connection]\npipelining = True\n';
  const list = addresses.map((address, index) => `${address} ansible_user=root ansible_python_interpreter=/usr/bin/python3${index === 0 ? ' ansible_connection=local' : ''}\n`).join('');
  const site = '- hosts: all\n  gather_facts: false\n  strategy: free\n  tasks:\n    - include_tasks: "tasks-{{ inventory_hostname }}.yml"\n';
  for (const [name, text] of Object.entries({ 'ansible.cfg': config, 'hosts.ini': list, 'site.yml': site })) await admin.must(`mkdir -p /root/peer && cat > /root/peer/${name}`, { stdin: text });
  // The host keys that the installer has pinned.
  await admin.must('cat /etc/pgark/known_hosts >> /root/.ssh/known_hosts');
  const counts = await Promise.all(hosts.map((host, index) => writeTasks(admin, host, addresses[index]!)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function writeTasks(admin: Host, host: Host, address: string): Promise<number> {
  const receipt = JSON.parse(await host.must(`cat "$(ls ${target.receipts}/*.json | tail -n 1)"`)) as { outcomes: { identity: string }[] };
  const all = (kind: string): string[] => receipt.outcomes.flatMap(({ identity }) => (identity.startsWith(`${kind} `) ? [identity.slice(kind.length + 1)] : []));
  // Some are there for the first start only, and some units are to rest.
  const there = (await host.must(['sh', '-c', 'for path; do if [ -e "$path" ]; then echo "$path"; fi; done', 'sh', ...['directory', 'file', 'link'].flatMap(all)])).trim().split('\n');
  const running = (await host.must(['sh', '-c', 'for unit; do if systemctl -q is-active "$unit" && systemctl -q is-enabled "$unit"; then echo "$unit"; fi; done', 'sh', ...all('service')])).trim().split('\n');
  const named = (kind: string): string[] => all(kind).filter((each) => there.includes(each) || running.includes(each));
  const packages = (await host.must('apt-mark showmanual')).trim().split('\n');
  const tasks = [
    { name: 'packages', 'ansible.builtin.apt': { name: packages, state: 'present' } },
    ...(await Promise.all(named('directory').map(async (path) => ({ name: path, 'ansible.builtin.file': { path, state: 'directory', ...(await rightsOf(host, path)) } })))),
    ...(await Promise.all(named('file').map(async (path) => ({ name: path, 'ansible.builtin.copy': { src: `/root/peer/${address}${path}`, dest: path, ...(await rightsOf(host, path)) } })))),
    ...(await Promise.all(named('link').map(async (path) => ({ name: path, 'ansible.builtin.file': { path, state: 'link', src: (await host.must(['readlink', path])).trim() } })))),
    ...named('service').map((unit) => ({ name: unit, 'ansible.builtin.systemd': { name: unit, enabled: true, state: 'started' } })),
  ];
  await admin.must(`cat > /root/peer/tasks-${address}.yml`, { stdin: JSON.stringify(tasks) });
  const files = await host.must(['sh', '-c', 'tar -C / -chf - -- "$@" | base64 -w 0', 'sh', ...named('file').map((path) => path.slice(1))]);
  await admin.must(`mkdir -p /root/peer/${address} && base64 -d | tar -C /root/peer/${address} -xf -`, { stdin: files });
  return tasks.length;
}

async function rightsOf(host: Host, path: string): Promise<{ owner: string; group: string; mode: string }> {
  const [owner = '', group = '', mode = ''] = (await host.must(['stat', '-L', '-c', '%U %G %a', path])).trim().split(' ');
  return { owner, group, mode: `0${mode}` };
}
