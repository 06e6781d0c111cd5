import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Descriptor } from '../../repo/bundle/descriptor.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import { elBundle } from '../support/el/bundle.ts';
import { elRoot } from '../support/el/root.ts';

describe('a bundle for EL 9, on a host that is like it', () => {
  let bundle: Awaited<ReturnType<typeof elBundle>>;
  let host: Host;
  let descriptor: Descriptor;
  const packagesOf = (group: string): readonly string[] => descriptor.groups.find((each) => each.name === group)!.packages;

  beforeAll(async () => {
    bundle = await elBundle();
    host = await raise({ name: 'el-bundle', root: (await elRoot()).root, network: 'none' });
    await host.copyIn(bundle.tar, '/root/bundle.tar');
    await host.must('mkdir /srv/bundle && tar -C /srv/bundle --strip-components=1 -xf /root/bundle.tar && rm /root/bundle.tar /etc/yum.repos.d/*');
    await host.must('cat >/etc/yum.repos.d/bundle.repo', { stdin: repository });
    descriptor = Descriptor.parse(JSON.parse(await host.must(['cat', '/srv/bundle/bundle.json'])));
  });
  afterAll(() => host?.destroy());

  test('is a repository that dnf takes, with every check on', async () => {
    expect(await host.must(['dnf', '--assumeyes', 'makecache'])).toContain('Metadata cache created.');
  });

  test('lacks nothing that its packages ask for', async () => {
    expect(await host.run(['dnf', 'repoclosure', '--repo', 'bundle'])).toMatchObject({ code: 0 });
  });

  test('has every component of a deployment by its name, with all its packages', () => {
    const packages = (name: string): string[] => descriptor.roots.filter((root) => root.name === name).map((root) => root.package);

    expect(descriptor.groups.find((each) => each.name === 'platform')).toMatchObject({ pg: '15', missing: [] });
    expect(packages('postgresql')).toEqual(['postgresql15', 'postgresql15-contrib', 'postgresql15-libs', 'postgresql15-server']);
    expect(packages('selinux-tools')).toEqual(['libselinux-utils', 'policycoreutils', 'policycoreutils-python-utils']);
    expect(['patroni', 'patroni-etcd', 'etcd', 'pg-exporter', 'vmutils', 'victoria-metrics', 'firewalld', 'cron', 'sshd'].map(packages)).toEqual([['patroni'], ['patroni-etcd'], ['etcd'], ['pg-exporter'], ['vmutils'], ['victoria-metrics'], ['firewalld'], ['cronie'], ['openssh-clients', 'openssh-server']]);
  });

  test('installs, and leaves nothing to do', async () => {
    const wanted = [...packagesOf('platform'), 'pg_cron_15', 'pg_repack_15', 'wal2json_15'];
    await host.must(['dnf', 'install', '--assumeyes', ...wanted], { timeout: 300 });

    expect(wanted.length).toBeGreaterThan(45);
    expect(await host.must(['dnf', 'install', '--assumeyes', ...wanted])).toContain('Nothing to do.');
    expect(await host.run(['dnf', 'check'])).toMatchObject({ code: 0, stdout: '' });
  });

  test('brings a server in which a row is written and read', async () => {
    await host.must('/usr/pgsql-15/bin/postgresql-15-setup initdb && systemctl start postgresql-15');

    const read = await host.must(['psql', '-X', '-A', '-t', '-q', 'postgres'], { as: 'postgres', stdin: "CREATE TABLE note (text text); INSERT INTO note VALUES ('written'); SELECT text FROM note;" });

    expect(read).toBe('written\n');
  });
});

const repository = `[bundle]
name=bundle
baseurl=file:///srv/bundle/repo
gpgcheck=1
repo_gpgcheck=1
gpgkey=file:///srv/bundle/repo/keys/pgark.asc file:///srv/bundle/repo/keys/packages.asc
`;
