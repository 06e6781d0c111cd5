import { describe, expect, test } from 'vitest';
import type { Resource } from '../../../../installer/resource/resource.ts';
import { patroni } from '../../../../installer/role/pgsql/patroni.ts';
import { postgres } from '../../../../installer/role/pgsql/postgres.ts';
import { bundle, elBundle, elFacts } from '../../inventory/sample.ts';
import { deploy, families, type Changes } from '../deployment.ts';
import { textOf } from '../file.ts';

const debian: Changes = { bundle };
const el: Changes = { facts: elFacts, bundle: elBundle };

async function on(changes: Changes): Promise<{ prepared: Resource[]; resources: Resource[]; components: string[]; packages: string[] }> {
  const { host, inventory } = await deploy([postgres, patroni], changes);
  return {
    prepared: postgres.prepare!(host, inventory),
    resources: postgres.resources(host, inventory),
    components: [postgres, patroni].flatMap((role) => role.components!(host, inventory)),
    packages: postgres.packages!(host, inventory),
  };
}

describe('PostgreSQL as it lies on a host', () => {
  test.each([
    ['Debian', debian, 543],
    ['EL', el, 26],
  ] as const)('has on %s the account that its packages would make', async (_family, changes, uid) => {
    const { prepared } = await on(changes);

    expect(prepared).toContainEqual({ kind: 'user', name: 'postgres', uid, group: 'postgres', home: '/var/lib/pgsql', shell: '/bin/bash', system: true });
  });

  test('refuses a cluster of the package where the package makes one', async () => {
    const paths = async (changes: Changes): Promise<string[]> => (await on(changes)).prepared.flatMap((each) => ('path' in each ? [each.path] : []));

    expect(await paths(debian)).toEqual(['/var/lib/pgsql', '/etc/postgresql-common', '/etc/postgresql-common/createcluster.conf']);
    expect(await paths(el)).toEqual(['/var/lib/pgsql']);
  });

  test.each([
    ['Debian', debian, 'postgresql.service', '/usr/lib/postgresql/15'],
    ['EL', el, 'postgresql-15.service', '/usr/pgsql-15'],
  ] as const)('leaves the unit of the package at rest on %s, and has one path to its programs', async (_family, changes, unit, home) => {
    const { resources } = await on(changes);

    expect(resources).toContainEqual({ kind: 'service', unit, enabled: false, running: false });
    expect(resources).toContainEqual({ kind: 'link', path: '/usr/pgsql', to: home });
    expect(resources).toContainEqual({ kind: 'link', path: '/usr/local/bin/psql', to: '/usr/pgsql/bin/psql' });
  });

  test.each([
    ['Debian', debian, 'prometheus-postgres-exporter', 'prometheus-pgbouncer-exporter'],
    ['EL', el, 'pg_exporter', 'pgbouncer_exporter'],
  ] as const)('lets its superuser see to the services that there are on %s', async (_family, changes, ...exporters) => {
    const { resources } = await on(changes);

    const rights = textOf(resources, '/etc/sudoers.d/postgres');
    expect([...rights.matchAll(/systemctl restart (\S+?)(?:,|$)/g)].map((match) => match[1])).toEqual(['patroni', 'pgbouncer', ...exporters]);
  });

  test.each([
    ['Debian', debian, ['postgresql', 'sudo', 'patroni'], ['postgresql-15', 'postgresql-15-pgvector', 'postgresql-15-postgis-3']],
    ['EL', el, ['postgresql', 'sudo', 'patroni', 'patroni-etcd'], ['pgvector_15', 'postgis36_15', 'postgresql15-contrib']],
  ] as const)('comes on %s from the components and the packages of extensions of its bundle', async (_family, changes, components, packages) => {
    const wanted = await on(changes);

    expect(wanted.components).toEqual(components);
    expect(wanted.packages).toEqual(packages);
  });

  test('has what Patroni needs for etcd by itself where a bundle for Debian keeps that apart', async () => {
    const root = { package: 'python3-etcd', version: '1', kind: 'component' as const, name: 'patroni-etcd', conflicts: [] };

    const { components } = await on({ bundle: { ...bundle, roots: [...bundle.roots, root] } });

    expect(components).toContain('patroni-etcd');
  });

  test.each(families)('is served by the same unit of Patroni on $family', async ({ facts, bundle: carried }) => {
    const { host, inventory } = await deploy([patroni], { ...(facts && { facts }), ...(carried && { bundle: carried }) });

    const unit = textOf(patroni.resources(host, inventory), '/etc/systemd/system/patroni.service');

    expect(unit).toContain('Environment=PATH=/usr/pgsql/bin:');
    expect(unit).toContain('ExecStart=/usr/bin/patroni /etc/patroni/patroni.yml');
  });

  test.each([['3.0.2-1', true], ['4.0.7-3~deb13u1', false]])('is kept from the key of another leader where Patroni %s would take it: %s', async (version, isGuarded) => {
    const { host, inventory } = await deploy([patroni], { bundle: { ...bundle, roots: bundle.roots.map((root) => (root.package === 'patroni' ? { ...root, version } : root)) } });

    const resources = patroni.resources(host, inventory);

    expect(textOf(resources, '/etc/systemd/system/patroni.service')).toContain(`ExecStart=${isGuarded ? '/usr/local/lib/pgark/patroni' : '/usr/bin/patroni'} /etc/patroni/patroni.yml`);
    expect(resources.some((each) => each.kind === 'file' && each.path === '/usr/local/lib/pgark/patroni' && each.mode === '0755')).toBe(isGuarded);
  });
});
