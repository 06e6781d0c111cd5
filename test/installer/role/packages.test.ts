import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { roles } from '../../../installer/roles.ts';
import { deploy } from './deployment.ts';

const manifests = resolve(import.meta.dirname, '../../../manifests');

interface Component {
  deb?: string[] | Record<string, string[]>;
  published?: { from: string; packages?: string[] }[];
}

/** Every package that a component of the platform has in the Debian archive. */
function shipped(pg: string): Set<string> {
  const { groups } = parse(readFileSync(join(manifests, 'groups.yml'), 'utf8')) as { groups: { platform: { components: string[] } } };
  const modules = readdirSync(join(manifests, 'components')).map((name) => parse(readFileSync(join(manifests, 'components', name), 'utf8')) as { components: Record<string, Component> });
  const all = Object.assign({}, ...modules.map((module) => module.components)) as Record<string, Component>;
  const names = groups.platform.components.flatMap((name) => {
    const { deb, published = [] } = all[name]!;
    const own = Array.isArray(deb) ? deb : Object.values(deb ?? {}).flat();
    return published.filter((row) => row.from === 'debian').flatMap((row) => row.packages ?? own);
  });
  return new Set(names.map((name) => name.replace('{pg}', pg)));
}

describe('the packages of all roles', () => {
  test.each([
    ['12', 'bookworm'],
    ['13', 'trixie'],
  ])('are in the components of the manifests, on Debian %s', async (release, codename) => {
    const { host, inventory } = await deploy(roles, { facts: { release, codename } });

    const wanted = roles.filter((role) => role.plays(host, inventory)).flatMap((role) => role.packages?.(host, inventory) ?? []);

    expect(wanted.length).toBeGreaterThan(20);
    // Those of extensions come from their own manifests.
    expect(wanted.filter((name) => !shipped('15').has(name) && !name.startsWith('postgresql-15-'))).toEqual([]);
  });
});
