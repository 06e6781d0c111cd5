import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { roles } from '../../../installer/role/roles.ts';
import { deploy } from './deployment.ts';

const folder = resolve(import.meta.dirname, '../../../manifests/components');

interface Component {
  deb?: string[] | Record<string, string[]>;
}

/** Every package that a component of the manifests names, on any release. */
function shipped(pg: string): Set<string> {
  const components = readdirSync(folder).flatMap((name) => Object.values((parse(readFileSync(join(folder, name), 'utf8')) as { components: Record<string, Component> }).components));
  const names = components.flatMap(({ deb }) => (Array.isArray(deb) ? deb : Object.values(deb ?? {}).flat()));
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
