import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Facts } from '../../../../installer/inventory/facts.ts';
import { condition } from '../../../../installer/resource/condition.ts';
import type { ConditionResource } from '../../../../installer/resource/resource.ts';
import { portTypesOf } from '../../../../installer/role/node/selinux-access.ts';
import { labelsOf } from '../../../../installer/role/node/selinux-contexts.ts';
import { labels, selinux } from '../../../../installer/role/node/selinux.ts';
import { roles } from '../../../../installer/roles.ts';
import { sample } from '../../inventory/sample.ts';
import { deploy, withVars } from '../deployment.ts';
import { conditionsOf } from '../file.ts';

const on = { facts: { selinux: 'enforcing' } } as const;

describe('SELinux', () => {
  test('is left alone where there is none', async () => {
    const { host, inventory } = await deploy(roles);

    expect([selinux, labels].map((role) => role.plays(host, inventory))).toEqual([false, false]);
  });

  test.each<Facts['selinux']>(['permissive', 'enforcing'])('is told of this deployment where it is %s', async (mode) => {
    const { host, inventory } = await deploy(roles, { facts: { selinux: mode } });

    expect([selinux, labels].map((role) => role.plays(host, inventory))).toEqual([true, true]);
    expect(conditionsOf([...selinux.resources(host, inventory), ...labels.resources(host, inventory)]).map((name) => name.split(':')[0])).toEqual(Array.from({ length: 5 }, () => 'SELinux'));
  });

  test('is told before anything is made, and looked after when all is there', () => {
    const names = roles.map(({ name }) => name);

    expect(roles.slice(0, names.indexOf('selinux')).map(({ name }) => name)).toEqual(['repository', 'node']);
    expect(selinux.ground).toBe(true);
    expect(names.at(-1)).toBe('labels');
  });

  test('gets its tools from the bundle on EL, and by name elsewhere', async () => {
    const debian = await deploy([selinux], on);
    const el = { ...debian.host, platform: { ...debian.host.platform, family: 'el' as const } };

    expect([selinux.components?.(debian.host, debian.inventory), selinux.components?.(el, debian.inventory)]).toEqual([[], ['selinux-tools']]);
    expect(selinux.packages?.(debian.host, debian.inventory)).toContain('policycoreutils-python-utils');
    expect(selinux.packages?.(el, debian.inventory)).toEqual([]);
  });
});

describe('the places that a policy is told of', () => {
  test('stand with the general before the special, each once', async () => {
    const { host } = await deploy([], on);

    const paths = labelsOf(host).map(({ path }) => path);

    expect(paths).toEqual([...new Set(paths)].toSorted());
    expect(labelsOf(host)).toMatchInlineSnapshot(`
      [
        {
          "ifUnknown": true,
          "only": "directory",
          "path": "/data",
          "type": "var_t",
        },
        {
          "path": "/data/backups",
          "type": "postgresql_db_t",
        },
        {
          "path": "/data/etcd",
          "type": "var_lib_t",
        },
        {
          "path": "/data/infra",
          "type": "var_lib_t",
        },
        {
          "path": "/data/infra/portal",
          "type": "httpd_sys_content_t",
        },
        {
          "path": "/data/postgres",
          "type": "postgresql_db_t",
        },
        {
          "path": "/data/postgres/pg-meta-15/bin",
          "type": "bin_t",
        },
        {
          "path": "/data/postgres/pg-meta-15/log",
          "type": "postgresql_log_t",
        },
        {
          "only": "link",
          "path": "/pg",
          "type": "usr_t",
        },
        {
          "path": "/run/haproxy",
          "type": "haproxy_var_run_t",
        },
        {
          "path": "/usr/local/lib/pgark",
          "type": "bin_t",
        },
        {
          "path": "/www",
          "type": "httpd_sys_content_t",
        },
      ]
    `);
  });

  test('are fewer on a host that has no part but its own', async () => {
    const { inventory } = await deploy([], { ...on, text: sample.replace('    pg-meta:\n', '    spare: { hosts: { 10.10.10.12: {} } }\n    pg-meta:\n').replace(/ {4}node_etc_hosts.*\n/, '') });

    expect(labelsOf(inventory.hosts.find(({ address }) => address === '10.10.10.12')!).map(({ path }) => path)).toEqual(['/run/haproxy', '/usr/local/lib/pgark']);
  });

  test('leave the log of a database to the policy where that knows it for one', async () => {
    const { host } = await deploy([], { ...on, text: withVars('pg_log_dir: /var/log/postgresql', 'pgbouncer_log_dir: /srv/log') });

    expect(labelsOf(host).filter(({ type }) => type === 'postgresql_log_t').map(({ path }) => path)).toEqual(['/data/postgres/pg-meta-15/log', '/srv/log']);
  });

  test('give way where somebody serves a folder of their own', async () => {
    const { host } = await deploy([], { ...on, text: sample.replace('admin_ip: 10.10.10.10\n', "admin_ip: 10.10.10.10\n    infra_portal: { home: { domain: h.example }, docs: { domain: d.example, path: /srv/docs/html } }\n") });

    expect(labelsOf(host).filter(({ ifUnknown }) => ifUnknown)).toEqual([
      { path: '/data', type: 'var_t', only: 'directory', ifUnknown: true },
      { path: '/srv', type: 'var_t', only: 'directory', ifUnknown: true },
      { path: '/srv/docs', type: 'var_t', only: 'directory', ifUnknown: true },
      { path: '/srv/docs/html', type: 'httpd_sys_content_t', ifUnknown: true },
    ]);
  });
});

test('the ports that a policy is told of are those of what it confines, and those of databases', async () => {
  const { host } = await deploy([], { ...on, text: withVars('nginx_port: 8081') });

  expect(portTypesOf(host).map(({ type, protocol, port, ifUnknown }) => `${type} ${protocol} ${port}${ifUnknown ? ' if unknown' : ''}`)).toMatchInlineSnapshot(`
    [
      "http_port_t tcp 8081",
      "http_port_t tcp 443",
      "dns_port_t tcp 53",
      "dns_port_t udp 53",
      "postgresql_port_t tcp 5432 if unknown",
      "postgresql_port_t tcp 6432 if unknown",
      "postgresql_port_t tcp 5433 if unknown",
      "postgresql_port_t tcp 5434 if unknown",
      "postgresql_port_t tcp 5436 if unknown",
      "postgresql_port_t tcp 5438 if unknown",
    ]
  `);
});

describe('node_selinux_mode', () => {
  const asked = async (mode: string, facts: Facts['selinux']): Promise<ConditionResource[]> => {
    const { host, inventory } = await deploy([], { text: withVars(`node_selinux_mode: ${mode}`), facts: { selinux: facts } });
    return (labels.plays(host, inventory) ? (labels.resources(host, inventory) as ConditionResource[]) : []).filter(({ name }) => !name.includes('what this deployment made'));
  };

  const noteOf = (wanted: ConditionResource): string | undefined => {
    const [, ...words] = wanted.check.argv;
    const stdout = execFileSync('/bin/sh', words, { encoding: 'utf8' });
    return condition.parse({ code: 0, stdout, stderr: '' }, wanted).note;
  };

  test.each([
    ['permissive', 'enforcing', 'node_selinux_mode: permissive is not followed, SELinux stays enforcing'],
    ['disabled', 'enforcing', 'node_selinux_mode: disabled is not followed, SELinux stays enforcing'],
    ['disabled', 'permissive', 'node_selinux_mode: disabled is not followed, SELinux stays permissive'],
    ['enforcing', 'disabled', 'node_selinux_mode: enforcing is not followed, SELinux is off'],
  ] as const)('%s is said not to be followed where SELinux is %s', async (mode, facts, note) => {
    const [only, ...more] = await asked(mode, facts);

    expect(more).toEqual([]);
    expect(only!.act).toEqual([]);
    expect(noteOf(only!)).toContain(note);
  });

  test('enforcing is brought about where SELinux is permissive, for good', async () => {
    const [only] = await asked('enforcing', 'permissive');

    expect(only!.act.map(({ argv }) => argv.join(' '))).toEqual(['sed -i s/^SELINUX=.*/SELINUX=enforcing/ /etc/selinux/config', 'setenforce 1']);
  });

  test.each([
    ['enforcing', 'enforcing'],
    ['permissive', 'permissive'],
    ['disabled', 'disabled'],
  ] as const)('%s is no news where SELinux is %s', async (mode, facts) => {
    expect(await asked(mode, facts)).toEqual([]);
  });
});

/** On a host where the packages are still to come, nothing may be taken for well. */
describe('without the tools of SELinux', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pgark-selinux-'));
    for (const tool of ['cat', 'cut', 'grep', 'sed', 'tr', 'awk']) symlinkSync(`/usr/bin/${tool}`, join(folder, tool));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const holds = ({ check: { argv, stdin } }: ConditionResource): boolean => {
    const [, ...words] = argv;
    return spawnSync('/bin/sh', words, { input: String(stdin ?? ''), env: { PATH: folder } }).status === 0;
  };

  test('no condition holds', async () => {
    const { host, inventory } = await deploy([], on);
    const conditions = [...selinux.resources(host, inventory), ...labels.resources(host, inventory)] as ConditionResource[];

    expect(conditions.map(holds)).toEqual([false, false, false, false, false]);
  });

  test('files hold when restorecon has nothing to say about them, and do not when it has', async () => {
    const { host, inventory } = await deploy([], on);
    const [made] = labels.resources(host, inventory) as ConditionResource[];
    const say = (text: string): void => {
      writeFileSync(join(folder, 'restorecon'), `#!/bin/sh\nprintf '%s' '${text}'\n`);
      chmodSync(join(folder, 'restorecon'), 0o755);
    };

    say('');
    const well = holds(made!);
    say('Would relabel /etc/hosts from a to b');

    expect([well, holds(made!)]).toEqual([true, false]);
  });
});
