import { cp, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { raise, type Host } from '../../vagrant/host.ts';
import { feignEnforcing } from '../support/el/enforcing.ts';
import { enableModule } from '../support/el/modules.ts';
import { elPackages, type ElPackages } from '../support/el/packages.ts';
import { elRoot } from '../support/el/root.ts';
import { index, makeKey, publish, sign } from '../support/el/signed.ts';
import { until } from '../support/deploy.ts';

const home = '/usr/pgsql-15';
const server = ['postgresql15-server', 'postgresql15', 'postgresql15-libs', 'postgresql15-contrib'];
const beside = ['acl', 'alertmanager', 'chrony', 'dnsmasq', 'etcd', 'haproxy', 'jq', 'keepalived', 'lsof', 'lz4', 'nginx', 'nginx-exporter', 'node-exporter', 'patroni', 'patroni-etcd', 'pg-exporter', 'pg_cron_15', 'pg_repack_15', 'pgbackrest', 'pgbouncer', 'policycoreutils-python-utils', 'postgresql15-plperl', 'postgresql15-plpython3', 'redis', 'rsync', 'socat', 'victoria-metrics', 'vip-manager', 'vmutils', 'wal2json_15', 'zstd'];

describe('a host that is like EL 9', () => {
  let made: ElPackages;
  let host: Host;

  beforeAll(async () => {
    made = await elPackages();
    host = await raise({ name: 'el-host', root: (await elRoot()).root, network: 'none' });
    for (const origin of made.origins) await host.copyIn(join(made.folder, origin), `/srv/repo/${origin}`);
    await host.copyIn(made.key, '/srv/repo/key');
    await host.must(['rm', '-r', '/etc/yum.repos.d/rocky.repo']);
    await host.must('cat >/etc/yum.repos.d/local.repo', { stdin: made.origins.map((origin) => repositoryFile(origin)).join('\n') });
  });
  afterAll(() => host?.destroy());

  test('says so where an installer asks, and has no apt', async () => {
    const { stdout } = await host.run('. /etc/os-release; echo "$ID $VERSION_ID $PLATFORM_ID"; rpm --eval "%_dbpath %rhel"; dnf --quiet --cacheonly config-manager --dump-variables | grep releasever; systemctl is-system-running; for each in apt apt-get dpkg dpkg-query sqv dnf rpm gpg; do command -v $each; done');

    expect(stdout).toBe('rocky 9.8 platform:el9\n/var/lib/rpm 9\nreleasever = 9\nrunning\n/usr/bin/dnf\n/usr/bin/rpm\n/usr/bin/gpg\n');
  });

  test('has a database of packages that agrees with what is there', async () => {
    const differing = await host.run('for each in bash glibc openssl-libs python3 rpm rocky-release systemd; do rpm --verify $each; done');
    const owner = await host.must(['rpm', '--query', '--whatprovides', '/bin/sh', 'libcrypto.so.3()(64bit)', 'system-release', '/usr/sbin/useradd']);

    expect(differing).toMatchObject({ code: 0, stdout: '' });
    expect(owner.replaceAll(/-[\d.]+-1\.el9\.\w+$/gm, '')).toBe('bash\nopenssl-libs\nrocky-release\nshadow-utils\n');
  });

  test('installs PostgreSQL from signed repositories, and all that goes with it', async () => {
    await host.must(['dnf', 'install', '--assumeyes', ...server, ...beside], { timeout: 400 });

    const versions = await host.must(['rpm', '--query', '--queryformat', '%{NAME} ', ...server, ...beside]);
    expect(versions.trim().split(' ')).toEqual([...server, ...beside]);
    expect(await host.must(['id', 'postgres'])).toBe('uid=26(postgres) gid=26(postgres) groups=26(postgres)\n');
    expect(await host.must(['psql', '--version'])).toMatch(/^psql \(PostgreSQL\) 15\./);
    expect(await host.must(['readlink', '/etc/alternatives/pgsql-psql'])).toBe(`${home}/bin/psql\n`);
  });

  test('says that there is nothing to do, when asked again', async () => {
    expect(await host.must(['dnf', 'install', '--assumeyes', ...server, ...beside])).toContain('Nothing to do.');
  });

  test('starts nothing by itself', async () => {
    const { stdout } = await host.run(['systemctl', 'is-enabled', 'postgresql-15', 'patroni', 'haproxy', 'pgbouncer', 'nginx', 'chronyd', 'node_exporter', 'nginx_exporter', 'alertmanager', 'pg_exporter']);

    expect(stdout.trim().split('\n')).toEqual(Array.from({ length: 10 }, () => 'disabled'));
  });

  test('has no units of what Pigsty packages without', async () => {
    const { stdout } = await host.run('for each in etcd victoria-metrics vmalert vmagent; do systemctl cat $each.service 2>&1; done; getent passwd victoria-metrics');

    expect(stdout).toBe(['etcd', 'victoria-metrics', 'vmalert', 'vmagent'].map((each) => `No files found for ${each}.service.\n`).join(''));
  });

  test('runs the server of the package: a row is written, read, and still there after a restart', async () => {
    await host.must([`${home}/bin/postgresql-15-setup`, 'initdb']);
    await host.must(['systemctl', 'enable', '--now', 'postgresql-15']);
    await psql("CREATE TABLE note (text text); INSERT INTO note VALUES ('written'); CREATE EXTENSION pg_trgm; CREATE EXTENSION plpython3u; CREATE EXTENSION plperl; CREATE EXTENSION pg_repack");
    await host.must(['systemctl', 'restart', 'postgresql-15']);

    expect(await psql('SELECT text FROM note')).toBe('written\n');
    expect(await psql("SELECT setting FROM pg_config WHERE name IN ('BINDIR', 'PKGLIBDIR') ORDER BY name")).toBe(`${home}/bin\n${home}/lib\n`);
    expect(await host.must(['readlink', '/proc/self/exe'])).toBe('/usr/bin/readlink\n');
    expect(await host.must('readlink /proc/$(systemctl show --property MainPID --value postgresql-15)/exe')).toBe(`${home}/bin/postgres\n`);
  });

  test.each([
    'patroni --version', 'patronictl version', 'etcd --version', 'etcdctl version', 'haproxy -v', 'pgbouncer --version', 'pgbackrest version', 'nginx -v', 'chronyd --version', 'dnsmasq --version',
    'redis-server --version', 'node_exporter --version', 'alertmanager --version', 'pg_exporter --version', 'jq --version', 'rsync --version', 'socat -V',
    'python3 -c "import etcd, psycopg2, dns; print(psycopg2.__libpq_version__ / 1e4)"',
  ])('has a program that runs: %s', async (command) => {
    expect(await host.must(`${command} 2>&1`)).toMatch(/\d+\.\d+/);
  });

  test('has the files as the packages have them', async () => {
    expect(await host.run(['rpm', '--verify', '--all', '--noconfig'])).toMatchObject({ code: 0, stdout: '' });
  });

  test.each(['node_exporter', 'haproxy', 'nginx', 'alertmanager'])('starts %s by its unit', async (unit) => {
    await host.must(unit === 'haproxy' ? 'printf "frontend trial\\n  mode http\\n  bind 127.0.0.1:8999\\n" >/etc/haproxy/conf.d/trial.cfg' : 'true');

    await host.must(['systemctl', 'start', unit]);

    await until(10, `${unit} runs`, async () => ((await host.run(['systemctl', 'is-active', unit])).code === 0 ? true : undefined));
    expect(await host.must(`sleep 2; systemctl show --property=ActiveState,NRestarts ${unit}`)).toBe('NRestarts=0\nActiveState=active\n');
  });

  test('tells the figures of PostgreSQL through pg_exporter, as its package sets it up', async () => {
    await psql('CREATE ROLE prometheus LOGIN IN ROLE pg_monitor; CREATE DATABASE prometheus');
    await host.must(['systemctl', 'start', 'pg_exporter']);

    const told = await until(20, 'pg_exporter tells of PostgreSQL', async () => (await host.run(['curl', '--silent', 'http://127.0.0.1:9630/metrics'])).stdout.match(/^pg_up\S* 1$|^pg_version\S* 15\d{4}$/gm) ?? undefined);

    expect(told).toHaveLength(2);
  });

  test('has a store of metrics that runs, and what judges rules about them', async () => {
    await host.must(['systemd-run', '--unit=trial-store', '--property=StateDirectory=trial-store', '/usr/bin/victoria-metrics', '-storageDataPath=/var/lib/trial-store', '-httpListenAddr=127.0.0.1:8428']);
    await until(20, 'the store answers', async () => (await host.run(['curl', '--silent', '--fail', 'http://127.0.0.1:8428/health'])).stdout.match(/^OK$/) ?? undefined);

    const judged = async (expression: string): Promise<number | null> => (await host.run('cat >/tmp/rule.yml; vmalert -dryRun -rule=/tmp/rule.yml', { stdin: `groups: [{ name: one, rules: [{ alert: Gone, expr: '${expression}' }] }]\n` })).code;
    expect(await judged('up == 0')).toBe(0);
    expect(await judged('up == ')).not.toBe(0);
  });

  describe('has a firewall', () => {
    test('that runs, and lets through what EL lets through', async () => {
      expect(await host.must(['firewall-cmd', '--state'])).toBe('running\n');
      expect(await host.must(['firewall-cmd', '--get-default-zone'])).toBe('public\n');
      expect(await host.must(['firewall-cmd', '--list-services'])).toBe('dhcpv6-client ssh\n');
    });

    test('that has a port open once it was told to, in the kernel too, and after a reload', async () => {
      expect(await host.must(['nft', 'list', 'ruleset'])).not.toContain('5433');
      await host.must(['firewall-cmd', '--permanent', '--new-zone=trial']);
      await host.must(['firewall-cmd', '--permanent', '--zone=trial', '--add-source=10.10.10.0/24']);
      await host.must(['firewall-cmd', '--permanent', '--zone=trial', '--add-port=5433/tcp']);
      await host.must(['firewall-cmd', '--reload']);

      expect(await host.must(['nft', 'list', 'ruleset'])).toMatch(/chain filter_IN_trial_allow \{\s+tcp dport 5433 accept/);
      expect(await host.must(['firewall-cmd', '--zone=trial', '--list-ports'])).toBe('5433/tcp\n');
    });
  });

  describe('has a policy of SELinux, on a kernel without', () => {
    test('which it says itself', async () => {
      expect(await host.must('cat /etc/selinux/config; getenforce')).toMatch(/^SELINUX=enforcing\nSELINUXTYPE=targeted\nDisabled\n$/m);
    });

    test('that knows the files, ports and switches that EL knows', async () => {
      const contexts = await host.must(['matchpathcon', '-n', '/var/lib/pgsql/15/data', '/usr/pgsql-15/bin/postgres', '/usr/sbin/haproxy']);

      expect(contexts.split('\n').map((each) => each.split(':')[2])).toEqual(['postgresql_db_t', 'bin_t', 'bin_t', undefined]);
      expect(await host.must('semanage port --list | grep ^postgresql_port_t')).toMatch(/^postgresql_port_t +tcp +(5432, 9898|9898, 5432)\n$/);
      expect(await host.must('semanage boolean --list | grep ^haproxy_connect_any')).toMatch(/\(off +, +off\)/);
    });

    test('that takes what is added to it, and by which files can be labelled', async () => {
      await host.must(['mkdir', '-p', '/data/postgres/15']);
      await host.must(['semanage', 'fcontext', '--add', '--noreload', '--type', 'postgresql_db_t', '/data/postgres(/.*)?']);
      await host.must(['semanage', 'port', '--add', '--noreload', '--type', 'postgresql_port_t', '--proto', 'tcp', '6543']);
      await host.must(['semanage', 'boolean', '--modify', '--noreload', '--on', 'haproxy_connect_any']);
      await host.must(['setfiles', '/etc/selinux/targeted/contexts/files/file_contexts', '/data']);

      expect(await host.must(['stat', '--format=%C', '/data/postgres/15'])).toBe('system_u:object_r:postgresql_db_t:s0\n');
      expect(await host.must(['matchpathcon', '-V', '/data/postgres/15'])).toContain('verified');
      expect(await host.must('semanage port --list | grep ^postgresql_port_t')).toContain('6543');
      expect(await host.must('semanage boolean --list | grep ^haproxy_connect_any')).toMatch(/\(on +, +on\)/);
    });
  });

  describe('can say that it enforces the policy', () => {
    beforeAll(() => feignEnforcing(host));

    test('where programs ask', async () => {
      expect(await host.must('getenforce; cat /sys/fs/selinux/enforce; systemctl is-system-running')).toBe('Enforcing\n1\nrunning\n');
    });

    test('and restorecon labels files by it', async () => {
      await host.must('mkdir -p /data/postgres/skipped; chcon system_u:object_r:default_t:s0 /data/postgres /data/postgres/15 /data/postgres/skipped');

      expect(await host.must('restorecon -n -v -R -e /data/postgres/skipped -- /data')).toMatch(/^Would relabel \/data\/postgres from [^]*postgresql_db_t[^]*\/data\/postgres\/15/);
      await host.must('restorecon -R -e /data/postgres/skipped -- /data');
      expect(await host.must(['stat', '--format=%C', '/data/postgres', '/data/postgres/15', '/data/postgres/skipped'])).toBe(['postgresql_db_t', 'postgresql_db_t', 'default_t'].map((type) => `system_u:object_r:${type}:s0\n`).join(''));
      expect(await host.must('restorecon -n -v -R -e /data/postgres/skipped -- /data')).toBe('');
    });
  });

  describe("with AppStream's module enabled", () => {
    const contrib = ['dnf', 'install', '--assumeyes', 'postgresql15-contrib'];

    beforeAll(async () => {
      await host.must(['rpm', '--erase', '--nodeps', 'postgresql15-contrib']);
      await enableModule(host, made);
    });

    test('keeps the stream, though no repository tells of it any more', async () => {
      expect(await host.must(['cat', '/etc/dnf/modules.d/postgresql.module'])).toMatch(/^stream=15$[^]*^state=enabled$/m);
      expect(await host.must(['ls', '/var/lib/dnf/modulefailsafe'])).toContain('postgresql:15');
    });

    test("does not see PGDG's packages, which provide what those of the module are called", async () => {
      expect(await host.run([...contrib, '--verbose'])).toMatchObject({ code: 1, stdout: expect.stringContaining('filtered out by modular filtering') });
    });

    test('sees them again where a repository says that it is for any stream', async () => {
      expect(await host.must(['dnf', 'list', '--available', '--setopt=local-pgdg15.module_hotfixes=1', 'postgresql15-contrib'])).toContain('postgresql15-contrib.x86_64');
    });

    test('sees them again once the module is disabled', async () => {
      await host.must(['dnf', 'module', 'disable', '--assumeyes', 'postgresql']);

      await host.must(contrib);
      expect(await host.must(['rpm', '--query', 'postgresql15-contrib'])).toMatch(/^postgresql15-contrib-15/);
    });
  });

  describe('refuses', () => {
    let folder: string;
    let copies = 0;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'pgark-el-'));
      await host.must(['dnf', 'remove', '--assumeyes', 'jq']);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** A small repository that holds jq and its library, changed by `change`; what dnf says to it. */
    async function offered(change: (repository: string) => Promise<void>): Promise<string> {
      const repository = join(folder, `trial${++copies}`);
      for (const file of (await readdir(join(made.folder, 'appstream'))).filter((each) => /^(jq|oniguruma)-/.test(each))) await cp(join(made.folder, 'appstream', file), join(repository, file));
      await index(repository, made);
      await change(repository);
      await host.copyIn(repository, `/srv/repo/${basename(repository)}`);
      const { code, stdout, stderr } = await host.run(['dnf', 'install', '--assumeyes', '--disablerepo=*', `--repofrompath=${basename(repository)},file:///srv/repo/${basename(repository)}`, ...['gpgcheck=1', 'repo_gpgcheck=1', 'gpgkey=file:///srv/repo/key'].map((each) => `--setopt=${basename(repository)}.${each}`), 'jq']);
      if (code === 0) await host.must(['dnf', 'remove', '--assumeyes', 'jq']);
      return `${code}\n${stdout}${stderr}`;
    }

    test('nothing of it when it is as it was made', async () => {
      expect(await offered(async () => {})).toMatch(/^0\n[^]*Installed:[^]*jq-/);
    });

    test('a package of which one byte is another', async () => {
      const said = await offered((repository) => flip(repository, /^jq-1/));

      expect(said).toMatch(/^1\n/);
      expect(said).toMatch(/checksum|Checksum/);
    });

    test('metadata of which one byte is another', async () => {
      const said = await offered((repository) => flip(join(repository, 'repodata'), /^repomd\.xml$/));

      expect(said).toMatch(/^1\n/);
      expect(said).toMatch(/repomd\.xml|signature/i);
    });

    test('metadata without a signature', async () => {
      expect(await offered((repository) => rm(join(repository, 'repodata/repomd.xml.asc')))).toMatch(/^1\n[^]*repomd\.xml\.asc/);
    });

    test('a package that another key signed', async () => {
      const stranger = await makeKey(await mkdtemp(join(folder, 'key-')), 'Stranger <stranger@el.invalid>');

      const said = await offered(async (repository) => {
        await sign((await readdir(repository)).filter((each) => each.endsWith('.rpm')).map((each) => join(repository, each)), stranger);
        await index(repository, made);
      });

      expect(said).toMatch(/^1\n[^]*(not correct|GPG check FAILED)/);
    });

    test('a repository that another key signed', async () => {
      const stranger = await makeKey(await mkdtemp(join(folder, 'key-')), 'Stranger <stranger@el.invalid>');

      expect(await offered((repository) => publish(repository, stranger))).toMatch(/^1\n[^]*(signature|GPG)/);
    });
  });

  const psql = (statement: string): Promise<string> => host.must(['psql', '-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1', 'postgres'], { as: 'postgres', stdin: statement });
});

const repositoryFile = (origin: string): string => `[local-${origin}]
name=${origin}
baseurl=file:///srv/repo/${origin}
enabled=1
gpgcheck=1
repo_gpgcheck=1
gpgkey=file:///srv/repo/key
`;

/** One bit, in the middle of the one file of that name. */
async function flip(folder: string, name: RegExp): Promise<void> {
  const file = (await readdir(folder)).find((each) => name.test(each))!;
  const handle = await open(join(folder, file), 'r+');
  const at = Math.floor((await handle.stat()).size / 2);
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, at);
  await handle.close();
}
