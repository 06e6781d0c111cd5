import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { etcdParameters } from '../../../installer/inventory/etcd.ts';
import { connectionParameters, infraParameters, metaParameters } from '../../../installer/inventory/infra.ts';
import { withoutEffect } from '../../../installer/inventory/known.ts';
import { minioParameters } from '../../../installer/inventory/minio.ts';
import { nodeParameters } from '../../../installer/inventory/node.ts';
import { defaultOf, parameters, secretParameters, type ParameterName } from '../../../installer/inventory/parameters.ts';
import { pgsqlParameters } from '../../../installer/inventory/pgsql.ts';

const modules = { META: metaParameters, CONNECTION: connectionParameters, INFRA: infraParameters, NODE: nodeParameters, ETCD: etcdParameters, MINIO: minioParameters, PGSQL: pgsqlParameters };

test('docs/parameters.md lists every parameter with its default', async () => {
  const listed = Object.values(modules).flatMap((module) => Object.keys(module));

  expect(listed.toSorted()).toEqual(Object.keys(parameters).toSorted());
  await expect(page()).toMatchFileSnapshot('../../../docs/parameters.md');
});

// A parameter that nobody reads would be accepted and then do nothing, in silence.
test('every parameter that is accepted is read somewhere', () => {
  const top = join(import.meta.dirname, '../../../installer');
  const readers = ['role', 'plan', 'cluster', 'transport', 'command', 'etcd', 'leave'].flatMap((room) => readdirSync(join(top, room), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => join(top, room, file)));
  const text = [...readers, join(top, 'ground.ts'), join(top, 'deployment.ts'), join(top, 'inventory/complete.ts'), join(top, 'inventory/virtual.ts')].map((file) => readFileSync(file, 'utf8')).join('\n');
  const words = new Set(text.match(/\w+/g));

  expect(readers.length).toBeGreaterThan(20);
  // Of these there is only one value to accept, and the schema reads it.
  expect(Object.keys(parameters).filter((name) => !words.has(name) && !['pg_mode', 'minio_https'].includes(name))).toEqual([]);
});

/** The page is written by `vitest run --project unit test/installer/inventory/table.test.ts -u`. */
function page(): string {
  return `${[
    '# Parameters',
    '',
    'Written from the schema by `test/installer/inventory/table.test.ts`. What they mean, and where defaults differ from those of',
    'the ecosystem: [inventory.md](inventory.md).',
    ...Object.entries(modules).flatMap(([module, members]) => section(module, Object.keys(members))),
    '',
    '## Known, without effect yet',
    '',
    'A warning names them; nothing else happens.',
    ...[...Map.groupBy(withoutEffect, ([, module]) => module)].map(([module, names]) => `\n**${module}**: ${names.map(([name]) => `\`${name}\``).join(', ')}`),
  ].join('\n')}\n`;
}

const section = (module: string, names: readonly string[]): string[] => ['', `## ${module}`, '', '| parameter | default |', '| --- | --- |', ...names.map(row)];

function row(name: string): string {
  const value = defaultOf(name as ParameterName);
  if (secretParameters.includes(name as ParameterName)) return `| \`${name}\` | from the vault |`;
  if (value === undefined) return `| \`${name}\` | |`;
  if (Array.isArray(value) && typeof value[0] === 'object') return `| \`${name}\` | ${value.length} entries: ${value.map((each: { name?: string; title?: string; access_key?: string }) => each.name ?? each.title ?? each.access_key).join('; ')} |`;
  return `| \`${name}\` | \`${JSON.stringify(value).replaceAll('|', '\\|')}\` |`;
}
