import { describe, expect, test } from 'vitest';
import type { Resource } from '../../../../installer/resource/resource.ts';
import { pgExporter, pgbouncerExporter } from '../../../../installer/role/pgsql/pg-exporter.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { bundle, elBundle, elFacts } from '../../inventory/sample.ts';
import { deploy, withVars, type Changes } from '../deployment.ts';
import { fileOf, textOf } from '../file.ts';

const roles = [pgExporter, pgbouncerExporter];

const debian12: Changes = { facts: { release: '12', codename: 'bookworm' }, bundle };
const debian13: Changes = { facts: { release: '13', codename: 'trixie' }, bundle };
const el: Changes = { facts: elFacts, bundle: elBundle };

const makers = [
  ['Debian 12', debian12],
  ['Debian 13', debian13],
  ['EL', el],
] as const;

async function resourcesOn(changes: Changes): Promise<Resource[]> {
  const { host, inventory } = await deploy(roles, changes);
  const named = { ...inventory, authority: inventory.authority, secret: (name: string) => new Secret(`SECRET ${name}`) };
  return roles.flatMap((role) => role.resources(host, named));
}

const unitsOf = (resources: readonly Resource[]): string[] => resources.flatMap((each) => (each.kind === 'file' && each.path.endsWith('.service') ? [each.path] : []));

const execStart = (resources: readonly Resource[], unit: string): string => /^ExecStart=(.*)$/m.exec(textOf(resources, `/etc/systemd/system/${unit}`))![1]!;

describe.each(makers)('the exporters on %s', (name, changes) => {
  test('are as they were looked at', async () => {
    const resources = await resourcesOn(changes);

    const files = resources.flatMap((each) => (each.kind === 'file' && !each.path.startsWith('/usr/local/') ? [`# ${each.path} ${each.mode ?? '0644'}\n${each.content instanceof Secret ? each.content.reveal() : each.content}`] : []));
    expect(files.join('\n')).toMatchSnapshot(name);
  });

  test('have the password of the monitor in files of root alone', async () => {
    const resources = await resourcesOn(changes);

    const secret = resources.filter((each) => each.kind === 'file' && each.content instanceof Secret);
    expect(secret.length).toBeGreaterThan(0);
    expect(secret.map((each) => each.kind === 'file' && [each.owner ?? 'root', each.mode])).toEqual(secret.map(() => ['root', '0600']));
    expect(JSON.stringify(resources)).not.toContain('SECRET');
  });

  test('run under units of our own, which start anew when what they read changes', async () => {
    const resources = await resourcesOn(changes);

    const services = resources.filter((each) => each.kind === 'service');
    const settings = resources.flatMap((each) => (each.kind === 'file' && !each.path.endsWith('.service') ? [each.path] : []));
    expect(unitsOf(resources)).toEqual(services.map((each) => `/etc/systemd/system/${each.unit}`));
    expect(services.flatMap((each) => each.restartOn).toSorted()).toEqual(settings.toSorted());
  });
});

describe('the exporters', () => {
  test.each([
    ['Debian 12', debian12, ['prometheus-postgres-exporter', 'prometheus-pgbouncer-exporter'], ['postgres-exporter', 'pgbouncer-exporter']],
    ['EL', el, ['pg_exporter', 'pgbouncer_exporter'], ['pg-exporter', 'pg-exporter']],
  ] as const)('are on %s those that its bundle has', async (_name, changes, units, components) => {
    const { host, inventory } = await deploy(roles, changes);

    const resources = await resourcesOn(changes);

    expect(unitsOf(resources)).toEqual(units.map((unit) => `/etc/systemd/system/${unit}.service`));
    expect(roles.flatMap((role) => role.components!(host, inventory))).toEqual(components);
  });

  test('are those of Debian, too, where a bundle has them under the name of the component that is one for both', async () => {
    const lean = { ...bundle, roots: bundle.roots.filter((root) => !['postgres-exporter', 'pgbouncer-exporter'].includes(root.name)) };

    const resources = await resourcesOn({ bundle: lean });

    expect(unitsOf(resources)).toEqual(['prometheus-postgres-exporter', 'prometheus-pgbouncer-exporter'].map((unit) => `/etc/systemd/system/${unit}.service`));
  });

  test('take the options of the inventory last, and leave to them how much is written', async () => {
    const text = withVars("pg_exporter_options: '--log.level=debug'", "pgbouncer_exporter_options: '--log.level=debug'");

    const resources = await resourcesOn({ ...el, text });

    expect(execStart(resources, 'pg_exporter.service')).toMatch(/--web\.telemetry-path=\/metrics --log\.level=debug$/);
    expect(execStart(resources, 'pgbouncer_exporter.service').match(/--log\.level=\S+/g)).toEqual(['--log.level=debug']);
  });

  test('find a password of any letters as it is, whether systemd or a shell reads it', async () => {
    const { host, inventory } = await deploy(roles, el);
    const odd = { ...inventory, authority: inventory.authority, secret: () => new Secret('p\'w %"$\\{`') };

    const file = fileOf(pgExporter.resources(host, odd), '/etc/pg_exporter/postgres.env');

    expect((file.content as Secret).reveal()).toContain('\nPGPASSWORD="p\'w %\\"\\$\\\\{\\`"\n');
  });

  test('reach a server that listens on one address there', async () => {
    const resources = await resourcesOn({ ...el, text: withVars('pg_listen: 10.10.10.10') });

    expect(textOf(resources, '/etc/pg_exporter/postgres.env')).toContain('@10.10.10.10:5432/postgres');
  });
});
