import { describe, expect, test } from 'vitest';
import { time } from '../../../../installer/role/node/time.ts';
import { deploy, withVars } from '../deployment.ts';
import { textOf } from '../file.ts';

describe('the time of an island', () => {
  test('is that of its infra host, which serves it at stratum 10 to trusted networks', async () => {
    const { host, inventory } = await deploy([time]);

    const lines = textOf(time.resources(host, inventory), '/etc/chrony/chrony.conf').split('\n');

    expect(lines).toContain('local stratum 10 orphan');
    expect(lines).toContain('allow 10.0.0.0/8');
    expect(lines.filter((line) => /^(server|pool|peer) /.test(line))).toEqual([]);
  });

  test('comes from the servers of the inventory where it names some', async () => {
    const { host, inventory } = await deploy([time], { text: withVars('node_ntp_servers: ["server 10.9.9.9 iburst"]') });

    const lines = textOf(time.resources(host, inventory), '/etc/chrony/chrony.conf').split('\n');

    expect(lines.filter((line) => /^(server|pool|peer) /.test(line))).toEqual(['server 10.9.9.9 iburst']);
  });

  test('is served without touching the clock in a container, and by the unit of the package elsewhere', async () => {
    const inside = await deploy([time], { facts: { container: 'systemd-nspawn' } });
    const outside = await deploy([time], { facts: { container: 'none' } });

    const dropIn = '/etc/systemd/system/chrony.service.d/pgark.conf';

    expect(textOf(time.resources(inside.host, inside.inventory), dropIn)).toContain('ExecStart=\nExecStart=!/usr/sbin/chronyd $DAEMON_OPTS -x\n');
    expect(() => textOf(time.resources(outside.host, outside.inventory), dropIn)).toThrow('no file');
  });
});
