import { describe, expect, test } from 'vitest';
import { kernelSettings } from '../../../../installer/role/node/tune.ts';
import { deploy, withVars } from '../deployment.ts';

const settingsOf = async (lines: string[], memory = 16_384) => kernelSettings((await deploy([], { text: withVars(...lines), facts: { memory } })).host);

describe('kernel settings', () => {
  test.each([
    ['oltp', '1', '3', '15', '65535', '4194304', '15'],
    ['olap', '1', '10', '80', '65535', '16777216', '60'],
    ['crit', '1', '1', '5', '65535', '4194304', '30'],
    ['tiny', '10', '5', '30', '8192', '4194304', '30'],
  ])('of profile %s are those of the table', async (profile, swappiness, background, dirty, somaxconn, buffer, fin) => {
    const settings = await settingsOf([`node_tune: ${profile}`]);

    expect([settings['vm.swappiness'], settings['vm.dirty_background_ratio'], settings['vm.dirty_ratio'], settings['net.core.somaxconn'], settings['net.core.rmem_max'], settings['net.ipv4.tcp_fin_timeout']]).toEqual([swappiness, background, dirty, somaxconn, buffer, fin]);
  });

  test.each(['oltp', 'olap', 'crit', 'tiny'])('of profile %s keep SYN cookies, and make no router', async (profile) => {
    const settings = await settingsOf([`node_tune: ${profile}`]);

    expect(settings['net.ipv4.tcp_syncookies']).toBe('1');
    expect(settings).not.toHaveProperty('net.ipv4.ip_forward');
  });

  test('with no profile are those of the inventory alone', async () => {
    const settings = await settingsOf(['node_tune: none', 'node_sysctl_params: { kernel.pid_max: 99999 }']);

    expect(settings).toEqual({ 'kernel.pid_max': '99999' });
  });

  test('give huge pages by count, else by share, never more than nine tenths of the memory', async () => {
    const counted = await settingsOf(['node_hugepage_count: 100', 'node_hugepage_ratio: 0.5']);
    const shared = await settingsOf(['node_hugepage_ratio: 0.25']);
    const tooMany = await settingsOf(['node_hugepage_count: 999999']);

    expect([counted, shared, tooMany].map((each) => each['vm.nr_hugepages'])).toEqual(['100', '2048', '7372']);
  });

  test('forbid overcommitting where a ratio is given', async () => {
    const settings = await settingsOf(['node_overcommit_ratio: 80']);

    expect([settings['vm.overcommit_memory'], settings['vm.overcommit_ratio']]).toEqual(['2', '80']);
  });
});
