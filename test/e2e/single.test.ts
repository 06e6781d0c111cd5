import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Built } from '../../vagrant/bundle.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import { carry, query, sql, until } from '../support/deploy.ts';
import { kinds } from '../support/hosts.ts';

describe.each(kinds)('a fresh minimal $name host without any network', (kind) => {
  let host: Host;
  let bundle: Built;
  let before: Awaited<ReturnType<Host['traffic']>>;

  beforeAll(async () => {
    bundle = await kind.bundle();
    host = await raise({ name: `single-${kind.name}`, ...(await kind.ground()), network: { bridge: 'pgark-single', address: '10.10.10.10/24' } });
    before = await host.traffic();
  });
  afterAll(() => host?.destroy());

  test('has no way out to begin with', async () => {
    const { code } = await host.run(['sh', '-c', 'ip route get 9.9.9.9 || getent hosts debian.org']);

    expect(code).not.toBe(0);
  });

  test('takes the bundle in on the word of its fingerprint', async () => {
    const tar = await carry(bundle, host);

    const { code, stderr } = await host.run(['sh', '/root/bootstrap', tar, '--fingerprint', bundle.fingerprint]);

    expect(stderr).toContain(bundle.fingerprint);
    expect(code).toBe(0);
    expect(await host.must(kind.sources.ask)).toBe(kind.sources.answer);
  });

  test('writes its inventory without asking', async () => {
    const { code, stderr } = await host.run(['pgark', 'configure', '--non-interactive']);

    expect([code, stderr]).toEqual([0, expect.anything()]);
    expect(await host.must(['cat', '/etc/pgark/pgark.yml'])).toContain('10.10.10.10');
    expect(await host.must(['stat', '-c', '%a %U', '/etc/pgark/vault/secrets.json'])).toBe('600 root\n');
  });

  test('comes to life with one command', async () => {
    const { code, stdout, stderr } = await host.run(['pgark', 'install', '--yes'], { timeout: 1200 });

    expect(code, `${stdout}\n${stderr}`).toBe(0);
  });

  test('has no unit that failed', async () => {
    expect(await host.must('systemctl list-units --failed --plain --no-legend')).toBe('');
    expect(await host.must('systemctl is-system-running')).toBe('running\n');
  });

  test('has a leader', async () => {
    const leader = await until(60, 'patronictl list shows a leader', async () => {
      const members = JSON.parse(await host.must('patronictl -c /etc/patroni/config.yml list -f json 2>/dev/null || patronictl list -f json')) as { Role: string; State: string }[];
      return members.find((member) => member.Role === 'Leader' && member.State === 'running');
    });

    expect(leader).toMatchObject({ Role: 'Leader' });
  });

  test('reads through 5434 and 6432 what was written through 5433', async () => {
    await sql(host, 5433, 'postgres', "CREATE TABLE crossing (id int PRIMARY KEY, note text); INSERT INTO crossing VALUES (1, 'across the gap');");

    const read = await Promise.all([5434, 6432, 5436].map((port) => sql(host, port, 'postgres', 'SELECT note FROM crossing WHERE id = 1;')));

    expect(read).toEqual(['across the gap', 'across the gap', 'across the gap']);
  });

  test('keeps checksums, TLS and scram', async () => {
    const settings = await sql(host, 5432, 'postgres', "SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN ('data_checksums', 'password_encryption', 'ssl');");

    expect(settings).toBe('on scram-sha-256 on');
    expect(await sql(host, 5432, 'postgres', 'SHOW server_version;')).toMatch(new RegExp(`^${kind.pg}\\.`));
  });

  test('has a full backup, encrypted', async () => {
    const [stanza] = JSON.parse(await host.must(['pgbackrest', 'info', '--output=json'], { as: 'postgres' })) as [{ status: { code: number }; cipher: string; backup: { type: string; error: boolean }[] }];

    expect(stanza.status.code).toBe(0);
    expect(stanza.cipher).toBe('aes-256-cbc');
    expect(stanza.backup[0]).toMatchObject({ type: 'full', error: false });
  });

  test('is backed up by a timer and by hand, and tells of it', async () => {
    await host.must(['systemctl', 'start', 'pgark-backup-full.service']);
    const made = JSON.parse(await host.must(['pgark', 'backup', 'now', 'pg-meta', '--annotation', 'why=a change', '--json'])) as { backups: object[] };
    const { clusters } = JSON.parse(await host.must(['pgark', 'backup', 'list', '--json'])) as { clusters: { repositories: { code: number; gaps: object[]; backups: { type: string }[] }[]; schedule: object[]; problems: string[] }[] };

    expect(made.backups).toMatchObject([{ type: 'incr', repository: 'local', error: false, annotations: { why: 'a change' } }]);
    expect(clusters).toMatchObject([{ name: 'pg-meta', leader: 'pg-meta-1', problems: [], schedule: [{ timer: 'pgark-backup-full.timer', result: 'done', next: expect.stringMatching(/T01:00:00Z$/) }], repositories: [{ name: 'local', code: 0, gaps: [] }] }]);
    expect(clusters[0]!.repositories[0]!.backups.map(({ type }) => type)).toEqual(['full', 'full', 'incr']);
  });

  test('keeps figures of PostgreSQL in its metrics store', async () => {
    const value = await until(90, 'pg_up is 1 in the metrics store', async () => {
      const answer = await query(host, 'pg_up');
      return answer.find((each) => each.value[1] === '1')?.value[1];
    });

    expect(value).toBe('1');
  });

  test('changes nothing when it is installed again', async () => {
    const result = JSON.parse(await host.must(['pgark', 'install', '--yes', '--json'])) as { changed: number };

    expect(result.changed).toBe(0);
  });

  test('has sent not one packet that was for anybody else', async () => {
    const now = await host.traffic();

    expect(now).toEqual({ ...before, elsewhere: 0, inside: 0, unroutable: 0 });
  });

  test('comes back after a reboot, and still has nothing to change and nobody to call', async () => {
    await host.stop();
    await host.start();

    const note = await until(90, 'the row is there again', async () => sql(host, 5433, 'postgres', 'SELECT note FROM crossing WHERE id = 1;').catch(() => undefined));
    // HAProxy finds out service by service that the host is there again.
    let said = '';
    const isSettled = await until(60, 'the plan finds nothing to do', async () => {
      const { code, stdout } = await host.run(['pgark', 'plan', '--detailed-exitcode']);
      said = stdout;
      return code === 0 || undefined;
    }).catch(() => false);

    expect(note).toBe('across the gap');
    expect(isSettled, said).toBe(true);
    expect(await host.traffic()).toMatchObject({ elsewhere: 0, inside: 0, unroutable: 0 });
  });
});
