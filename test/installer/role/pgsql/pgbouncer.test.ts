import { describe, expect, test } from 'vitest';
import type { FileResource } from '../../../../installer/resource/resource.ts';
import { access } from '../../../../installer/role/pgsql/access.ts';
import { pgbouncer } from '../../../../installer/role/pgsql/pgbouncer.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { elBundle, elFacts } from '../../inventory/sample.ts';
import { deploy, withVars } from '../deployment.ts';
import { textOf } from '../file.ts';

async function files(text?: string): Promise<Record<string, string>> {
  const { host, inventory } = await deploy([pgbouncer], text === undefined ? {} : { text });
  const found = pgbouncer.resources(host, inventory).filter((each): each is FileResource => each.kind === 'file');
  return Object.fromEntries(found.map(({ path, content }) => [path.split('/').at(-1)!, content instanceof Secret ? content.reveal() : content]));
}

describe('PgBouncer', () => {
  test('has the settings that were looked at', async () => {
    const { 'pgbouncer.ini': settings, 'database.txt': databases, 'useropts.txt': users } = await files();

    expect([settings, databases, users].join('\n')).toMatchSnapshot();
  });

  test('keeps verifiers, no passwords, and those that PostgreSQL has', async () => {
    const { host, inventory } = await deploy([pgbouncer, access]);
    const list = pgbouncer.resources(host, inventory).find((each): each is FileResource => each.kind === 'file' && each.path.endsWith('userlist.txt'))!;
    const applied = access.resources(host, inventory).find((each) => each.kind === 'sql' && each.name === 'role dbuser_meta')!;

    const lines = (list.content as Secret).reveal().split('\n').slice(1, -1);

    expect(lines.map((line) => /^"([^"]+)" "SCRAM-SHA-256\$/.exec(line)?.[1])).toEqual(['postgres', 'dbuser_dba', 'dbuser_monitor', 'dbuser_meta']);
    const verifier = /^"dbuser_meta" "(.+)"$/.exec(lines[3]!)![1]!;
    expect(applied.kind === 'sql' && (applied.apply as Secret).reveal()).toContain(`PASSWORD '${verifier}'`);
  });

  test('keeps the password of whoever has to log in to look others up', async () => {
    const { host, inventory } = await deploy([pgbouncer], { text: withVars('pgbouncer_auth_query: true') });

    const list = pgbouncer.resources(host, inventory).find((each): each is FileResource => each.kind === 'file' && each.path.endsWith('userlist.txt'))!;

    expect((list.content as Secret).reveal()).toContain(`"dbuser_monitor" "${inventory.secret('pg_monitor_password').reveal()}"`);
    expect(list).toMatchObject({ owner: 'postgres', mode: '0600' });
  });

  test('offers the databases that want it, with their pools', async () => {
    const text = withVars().replace('name: meta,', 'name: closed, pgbouncer: false }\n          - { name: meta, pool_size: 5, pool_connlimit: 10, pool_mode: session,');

    const { 'database.txt': databases } = await files(text);

    expect(databases!.split('\n').slice(1, -1)).toEqual([
      'postgres = host=/var/run/postgresql port=5432',
      'meta = host=/var/run/postgresql port=5432 pool_mode=session pool_size=5 max_db_connections=10',
    ]);
  });

  test('offers TLS unless the inventory switches it off', async () => {
    const usual = await files();
    const without = await files(withVars('pgbouncer_sslmode: disable'));

    expect(usual['pgbouncer.ini']).toContain('client_tls_sslmode = prefer\nclient_tls_cert_file = /pg/cert/server.crt');
    expect(without['pgbouncer.ini']).not.toContain('client_tls_cert_file');
  });

  test.each([
    ['/usr/sbin/pgbouncer', {}],
    ['/usr/bin/pgbouncer', { facts: elFacts, bundle: elBundle }],
  ])('runs as %s under a unit of ours, which lets queries end', async (program, changes) => {
    const { host, inventory } = await deploy([pgbouncer], changes);

    const unit = textOf(pgbouncer.resources(host, inventory), '/etc/systemd/system/pgbouncer.service');

    expect(unit.split('\n')).toEqual(expect.arrayContaining(['Type=simple', 'User=postgres', `ExecStart=${program} /etc/pgbouncer/pgbouncer.ini`, 'KillSignal=SIGINT', 'Restart=on-failure', 'LimitNOFILE=8388608']));
  });

  test('refuses options for a role whose name its configuration cannot spell', async () => {
    const text = withVars().replace('pgbouncer: true, roles', 'pgbouncer: true, pool_mode: session, roles').replace('name: dbuser_meta, password', "name: 'me@example', password");

    await expect(files(text.replace(', owner: dbuser_meta', ''))).rejects.toThrow('me@example');
  });
});
