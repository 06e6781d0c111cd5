import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host, Inventory } from '../../installer/inventory/inventory.ts';
import { condition } from '../../installer/resource/condition.ts';
import type { ConditionResource } from '../../installer/resource/resource.ts';
import { selinux } from '../../installer/role/node/selinux.ts';
import { baseRoot, type Suite } from '../../vagrant/root.ts';
import { deploy, withVars } from '../installer/role/deployment.ts';
import { groundOver, type Ground } from '../support/ground.ts';

/**
 * The role's own commands against the store of a real policy, Debian's. The kernel under the test has no SELinux: what a policy
 * says is read back from it, nothing is relabelled and nobody is confined.
 */
describe.each<Suite>(['bookworm', 'trixie'])('a policy of SELinux, as %s has it', (suite) => {
  const text = withVars('nginx_port: 8081', 'dns_port: 5353', 'pgbackrest_log_dir: /data/logs/pgbackrest');
  let media: string;
  let ground: Ground;
  let host: Host;
  let inventory: Inventory;

  beforeAll(async () => {
    media = await mkdtemp(join(tmpdir(), 'pgark-media-'));
    ground = await groundOver(await baseRoot(suite, ['netbase', 'policycoreutils', 'policycoreutils-python-utils', 'selinux-policy-default', 'selinux-utils', 'semodule-utils']), media);
    ({ host, inventory } = await deploy([selinux], { text, facts: { selinux: 'enforcing' } }));
  });
  afterAll(async () => {
    await ground?.discard();
    await rm(media, { recursive: true, force: true });
  });

  const conditions = (): ConditionResource[] => selinux.resources(host, inventory) as ConditionResource[];

  const look = async (wanted: ConditionResource): Promise<{ holds: boolean; note?: string }> => condition.parse(await ground.run(wanted.check.argv, stdinOf(wanted.check)), wanted);

  const lookAll = async (): Promise<{ holds: boolean; note?: string }[]> => {
    const states = [];
    for (const each of conditions()) states.push(await look(each));
    return states;
  };

  const bring = async (wanted: ConditionResource): Promise<void> => {
    for (const act of wanted.act) await ground.must(act.argv, stdinOf(act));
  };

  const typeOf = async (kind: string, path: string): Promise<string> => (await ground.must(['matchpathcon', '-n', '-m', kind, path])).trim().split(':')[2]!;

  const lists = async (...words: string[]): Promise<string> => ground.must(['env', 'LC_ALL=C', 'semanage', ...words, '-l', '-n']);

  test('knows nothing of this deployment at first', async () => {
    const states = await lookAll();

    // Debian's policy has no domain for HAProxy, and no boolean for it.
    expect(states.map(({ holds }) => holds)).toEqual([false, false, true, false]);
    expect(states[2]!.note).toBe('the policy of this host has no boolean haproxy_connect_any');
  });

  test('takes what others told it before', async () => {
    await ground.must(['semanage', 'import'], { stdin: "fcontext -a -t samba_share_t '/srv/others(/.*)?'\nport -a -t ssh_port_t -p tcp 2222\n" });

    expect(await typeOf('file', '/srv/others/x')).toBe('samba_share_t');
  });

  test('is taught with one transaction for each kind of thing', async () => {
    for (const each of conditions()) if (!(await look(each)).holds) await bring(each);

    const states = await lookAll();
    expect(states.map(({ holds }) => holds)).toEqual([true, true, true, true]);
    expect(states[0]!.note).toBe('the policy of this host has no such types, so these keep what they have: /run/haproxy (haproxy_var_run_t)');
  });

  test.each([
    ['dir', '/data/postgres', 'postgresql_db_t'],
    ['file', '/data/postgres/pg-meta-15/data/base/1/2', 'postgresql_db_t'],
    ['file', '/data/postgres/pg-meta-15/log/postgres/postgresql.log', 'postgresql_log_t'],
    ['file', '/data/postgres/pg-meta-15/bin/pg-backup', 'bin_t'],
    ['file', '/data/logs/pgbackrest/all.log', 'postgresql_log_t'],
    ['file', '/data/backups/pg-meta-15/backup/x', 'postgresql_db_t'],
    ['lnk_file', '/pg', 'usr_t'],
    ['file', '/data/infra/metrics/x', 'var_lib_t'],
    ['file', '/data/infra/portal/index.html', 'httpd_sys_content_t'],
    ['dir', '/data', 'var_t'],
    ['file', '/data/of-others', 'default_t'],
    ['file', '/www/pgark/dists/stable/InRelease', 'httpd_sys_content_t'],
    ['file', '/www/.pgark/pgark-slim-0.1.0.d12.x86_64/x', 'httpd_sys_content_t'],
    ['file', '/usr/local/lib/pgark/backup-metrics', 'bin_t'],
    ['file', '/usr/local/lib/other', 'lib_t'],
    ['file', '/opt/pgark/runtime/bin/node', 'bin_t'],
    ['file', '/srv/others/x', 'samba_share_t'],
  ])('says of %s %s that it is %s', async (kind, path, type) => {
    expect(await typeOf(kind, path)).toBe(type);
  });

  test('gives a port to nginx that it has for something else, and keeps its own word and that of others', async () => {
    const all = await lists('port');

    expect(all).toMatch(/^http_port_t +tcp +8081,/m);
    expect(all).toMatch(/^transproxy_port_t +tcp +8081$/m);
    expect(all).toMatch(/^dns_port_t +tcp +5353, 53/m);
    expect(all).toMatch(/^postgresql_port_t +tcp +(5438|5436|5434|5433|6432|5432)(, \d+){5}$/m);
    expect(all).toMatch(/^ssh_port_t +tcp +2222, 22$/m);
  });

  test('lets nginx pass on', async () => {
    expect(await lists('boolean')).toMatch(/^httpd_can_network_connect +\(on +, +on\)/m);
  });

  test('is put right again when a rule was lost, in the order that counts', async () => {
    await ground.must(['semanage', 'fcontext', '-d', '/data/postgres(/.*)?']);
    const [contexts] = conditions();
    const lost = await look(contexts!);

    await bring(contexts!);

    expect([lost.holds, (await look(contexts!)).holds]).toEqual([false, true]);
    expect(await typeOf('file', '/data/postgres/pg-meta-15/log/x')).toBe('postgresql_log_t');
    expect(await typeOf('file', '/data/postgres/x')).toBe('postgresql_db_t');
  });

  test('holds each rule once', async () => {
    const patterns = (await ground.must(['semanage', 'fcontext', '-l', '-C', '-n'])).split('\n').map((line) => line.split(' ')[0]).filter((pattern) => pattern?.startsWith('/'));

    expect(patterns).toEqual([...new Set(patterns)]);
    expect(patterns).toContain('/www(/.*)?');
  });
});

const stdinOf = ({ stdin }: { stdin?: unknown }): { stdin?: string } => (typeof stdin === 'string' ? { stdin } : {});
