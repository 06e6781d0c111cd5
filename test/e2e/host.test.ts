import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { find, raise, type Host } from '../../vagrant/host.ts';
import type { Suite } from '../../vagrant/root.ts';
import { until } from '../support/deploy.ts';

describe.each<Suite>(['bookworm', 'trixie'])('a minimal %s host', (suite) => {
  let host: Host;

  beforeAll(async () => {
    host = await raise({ name: `host-${suite}`, suite, network: { bridge: 'pgark-host', address: '10.10.10.10/24' } });
  });
  afterAll(() => host?.destroy());

  test('has what debootstrap gives and no more', async () => {
    const { stdout } = await host.run('for each in tar gzip sha256sum perl xz sudo python3 curl gpg; do command -v $each; done');

    expect(stdout).toBe('/usr/bin/tar\n/usr/bin/gzip\n/usr/bin/sha256sum\n/usr/bin/perl\n');
  });

  test('runs its own systemd to the end of its start', async () => {
    expect(await host.must('systemctl is-system-running')).toBe('running\n');
  });

  test('runs arguments as they are, as whom they are for, and tells how they ended', async () => {
    const { code, stdout } = await host.run(['sh', '-c', 'printf "%s|" "$@" "$WORD" "$(id -un)" "$(cat)"; exit 7', 'sh', "a 'b'", '$c'], { as: 'nobody', env: { WORD: 'x y' }, stdin: 'given' });

    expect([code, stdout]).toEqual([7, "a 'b'|$c|x y|nobody|given|"]);
  });

  test('ends what takes too long', async () => {
    const { code } = await host.run(['sleep', '60'], { timeout: 1 });

    expect(code).toBe(124);
  });

  test('keeps what was written over a shutdown, and is found again by its name', async () => {
    await host.must('echo kept >/srv/note');

    await host.stop();
    await host.start();

    expect(await (await find(host.name))!.must('cat /srv/note')).toBe('kept\n');
  });

  test('counts each packet for somebody who is not there', async () => {
    const before = await host.traffic();

    // Nobody has 10.10.10.99; the address beyond has no route; the last goes out all the same, to a neighbour with a made-up address.
    await host.run(['bash', '-c', 'echo >/dev/udp/10.10.10.99/9; echo >/dev/udp/192.0.2.1/53; echo >/dev/udp/2001:db8::1/53']);
    await host.must('ip neigh add 10.10.10.98 lladdr 02:00:00:00:00:01 dev host0; ip route add 198.51.100.0/24 via 10.10.10.98; exec bash -c "echo >/dev/udp/198.51.100.7/53; echo >/dev/udp/10.10.10.98/9"');

    const after = await until(10, 'the packets are counted', async () => {
      const traffic = await host.traffic();
      return traffic.arp > before.arp && traffic.inside > before.inside ? traffic : undefined;
    });
    expect(after.unroutable - before.unroutable).toBe(2);
    expect(after.elsewhere - before.elsewhere).toBe(1);
    expect(after.inside - before.inside).toBe(1);
  });

  test('is heard by nobody while its cable is out', async () => {
    const shout = () => host.must(['bash', '-c', 'echo >/dev/udp/10.10.10.98/9']);
    await host.unplug();
    const before = await host.traffic();
    await shout();
    const apart = await host.traffic();
    await host.plug();
    await shout();

    const after = await until(10, 'the packet is counted', async () => {
      const traffic = await host.traffic();
      return traffic.inside > before.inside ? traffic : undefined;
    });
    expect(apart).toEqual(before);
    expect(after.inside - before.inside).toBe(1);
  });

  test('loses its power without a word, and nothing that it wrote', async () => {
    const started = () => host.must('systemctl show --property UserspaceTimestampMonotonic');
    const before = await started();
    await host.must('echo first >/srv/power; setsid sleep 300 >/dev/null 2>&1 & echo second >>/srv/power');

    await host.powerOff();
    await host.start();

    expect(await started()).not.toBe(before);
    expect(await host.must('cat /srv/power; systemctl is-system-running')).toBe('first\nsecond\nrunning\n');
  });
});
