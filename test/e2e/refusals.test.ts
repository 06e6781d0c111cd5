import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { targets, type Built } from '../../vagrant/bundle.ts';
import { raise, type Host } from '../../vagrant/host.ts';
import type { Suite } from '../../vagrant/root.ts';
import { bootstrap, bundleFor } from '../support/deploy.ts';
import { snapshot } from '../support/snapshot.ts';

const inventory = '/etc/pgark/pgark.yml';

describe.each<Suite>(['bookworm', 'trixie'])('what an installer must refuse on %s', (suite) => {
  const { pg } = targets[suite];
  let host: Host;
  let bundle: Built;

  beforeAll(async () => {
    bundle = await bundleFor(suite);
    host = await raise({ name: `refusals-${suite}`, suite, network: { bridge: 'pgark-refuse', address: ['10.10.10.10/24', '10.10.10.11/24'] } });
    await bootstrap(bundle, host);
  });
  afterAll(() => host?.destroy());

  /** Runs a command that must fail, and leave the host as it was. */
  const refused = async (...argv: string[]): Promise<{ code: number; stderr: string }> => {
    const before = await snapshot(host);
    const { code, stderr } = await host.run(argv);
    expect(await snapshot(host)).toEqual(before);
    return { code, stderr };
  };

  test('two addresses and no terminal to ask on: it names both and the flag', async () => {
    const { code, stderr } = await refused('pgark', 'configure', '--non-interactive');

    expect(code).toBe(3);
    expect(stderr).toMatch(/^error .*address/m);
    expect(stderr).toContain('10.10.10.10');
    expect(stderr).toContain('10.10.10.11');
    expect(stderr).toMatch(/^hint .*--address/m);
  });

  test('no inventory: it says what writes one', async () => {
    const { code, stderr } = await refused('pgark', 'install', '--yes');

    expect(code).toBe(3);
    expect(stderr).toBe(`error  ${inventory}: no such file\nhint   pgark configure writes one\n`);
  });

  describe('with an inventory', () => {
    let written: string;

    beforeAll(async () => {
      await host.must(['pgark', 'configure', '--non-interactive', '--address', '10.10.10.10']);
      written = await host.must(['cat', inventory]);
    });

    test('a misspelt parameter: it gives file, line, column and the nearest name', async () => {
      await host.must(`cat >${inventory}`, { stdin: written.replace(/^( *)pg_version:/m, '$1pg_versoin:') });

      const { code, stderr } = await refused('pgark', 'install', '--yes');

      expect(code).toBe(3);
      expect(stderr).toMatch(/\/etc\/pgark\/pgark\.yml:\d+:\d+ {2}unknown parameter "pg_versoin", did you mean "pg_version"\?/);
      await host.must(`cat >${inventory}`, { stdin: written });
    });

    test('a port that somebody else listens on: it names the port and who', async () => {
      await host.must(['systemd-run', '--unit=squatter', 'perl', '-MIO::Socket::INET', '-e', 'my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "0.0.0.0", LocalPort => 5433, ReuseAddr => 1) or die; sleep']);
      await host.must('until grep -q ":1539 00000000:0000 0A" /proc/net/tcp; do sleep 0.1; done');

      const { code, stderr } = await refused('pgark', 'install', '--yes');

      await host.must(['systemctl', 'stop', 'squatter']);
      expect(code).toBe(3);
      expect(stderr).toMatch(/port-taken {2}port 5433 \(.*\) is taken by perl \(process \d+, squatter\.service\)/);
    });

    test('a PostgreSQL that is there already: it names the folder', async () => {
      await host.must(`mkdir -p /data/postgres/pg-meta-${pg}/data && echo ${pg} >/data/postgres/pg-meta-${pg}/data/PG_VERSION`);

      const { code, stderr } = await refused('pgark', 'install', '--yes');

      await host.must(['rm', '-r', '/data']);
      expect(code).toBe(3);
      expect(stderr).toContain(`postgresql-present  there is a PostgreSQL already: /data/postgres/pg-meta-${pg}/data`);
    });
  });
});
