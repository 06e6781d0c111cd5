import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const top = resolve(import.meta.dirname, '..');

/** Every room and the doors it may open. A room may always look into itself. */
const doors: Record<string, readonly string[]> = {
  'repo/core': [],
  'repo/package': ['repo/core'],
  'repo/deb': ['repo/core', 'repo/package'],
  'repo/rpm': ['repo/core', 'repo/package'],
  'repo/bundle': ['repo/core', 'repo/package'],
  'repo/console': ['repo/core'],
  'builder/manifest': ['repo/core', 'repo/package'],
  'builder/store': ['repo/core', 'repo/package'],
  'builder/source': ['repo/core', 'repo/package', 'repo/deb', 'repo/rpm', 'builder/manifest', 'builder/store'],
  'builder/solve': ['repo/core', 'repo/package'],
  'builder/lock': ['repo/core', 'repo/package', 'builder/manifest', 'builder/solve'],
  'builder/check': ['repo/core', 'repo/package', 'repo/deb', 'repo/rpm', 'builder/manifest', 'builder/source'],
  'builder/tree': ['repo/core', 'repo/package', 'repo/deb', 'repo/rpm', 'repo/bundle', 'builder/lock'],
  'builder/sbom': ['repo/core', 'repo/package', 'repo/deb', 'repo/rpm', 'builder/lock'],
  'builder/runtime': ['repo/core', 'repo/package', 'builder/store'],
  'builder/command': ['repo/core', 'repo/package', 'repo/deb', 'repo/bundle', 'repo/console', 'builder', 'builder/manifest', 'builder/store', 'builder/source', 'builder/solve', 'builder/lock', 'builder/tree', 'builder/sbom', 'builder/runtime', 'builder/check'],
  'builder/command/ext': ['repo/core', 'repo/package', 'repo/deb', 'repo/console', 'builder/manifest', 'builder/store'],
  'builder': ['builder/command', 'builder/command/ext', 'repo/core', 'repo/package', 'repo/deb', 'repo/rpm', 'repo/bundle', 'repo/console', 'builder/manifest', 'builder/store', 'builder/source', 'builder/solve', 'builder/lock', 'builder/tree', 'builder/sbom', 'builder/runtime'],
  'installer/transport': ['repo/core'],
  'installer/resource': ['repo/core', 'repo/bundle', 'installer/transport'],
  'installer/vault': ['repo/core'],
  'installer/platform': ['repo/core', 'repo/bundle'],
  'installer/inventory': ['installer/platform', 'repo/core', 'repo/package', 'repo/bundle', 'installer/vault', 'installer/transport'],
  'installer/wizard': ['installer/platform', 'repo/core', 'repo/package', 'repo/bundle', 'installer/inventory', 'installer/vault', 'installer/transport'],
  'installer/role': ['repo/core', 'repo/package', 'repo/bundle', 'installer/platform', 'installer/inventory', 'installer/vault', 'installer/resource', 'installer/transport'],
  'installer/role/node': ['repo/core', 'repo/package', 'repo/bundle', 'installer/platform', 'installer/inventory', 'installer/vault', 'installer/resource', 'installer/transport', 'installer/role'],
  'installer/role/etcd': ['repo/core', 'repo/package', 'repo/bundle', 'installer/platform', 'installer/inventory', 'installer/vault', 'installer/resource', 'installer/transport', 'installer/role'],
  'installer/role/minio': ['repo/core', 'repo/package', 'repo/bundle', 'installer/platform', 'installer/inventory', 'installer/vault', 'installer/resource', 'installer/transport', 'installer/role'],
  'installer/role/pgsql': ['repo/core', 'repo/package', 'repo/bundle', 'installer/platform', 'installer/inventory', 'installer/vault', 'installer/resource', 'installer/transport', 'installer/role', 'installer/role/node', 'installer/role/etcd'],
  'installer/role/infra': ['repo/core', 'repo/package', 'repo/bundle', 'installer/platform', 'installer/inventory', 'installer/vault', 'installer/resource', 'installer/transport', 'installer/role', 'installer/role/node', 'installer/role/etcd', 'installer/role/minio', 'installer/role/pgsql'],
  'installer/backup': ['repo/core', 'installer/inventory', 'installer/transport', 'installer/cluster'],
  'installer/cluster': ['repo/core', 'installer/inventory', 'installer/transport'],
  'installer/etcd': ['repo/core', 'installer/inventory', 'installer/transport', 'installer/cluster'],
  'installer/plan': ['installer/backup', 'installer/proof', 'installer/etcd', 'installer/role/etcd', 'installer/platform', 'repo/core', 'repo/bundle', 'installer/inventory', 'installer/resource', 'installer/role', 'installer/transport'],
  'installer/leave': ['repo/core', 'installer/platform', 'installer/inventory', 'installer/transport', 'installer/resource', 'installer/role', 'installer/role/node', 'installer/role/etcd', 'installer/plan'],
  'installer/proof': ['repo/core', 'installer/inventory', 'installer/transport', 'installer/backup', 'installer/cluster'],
  'installer/restore': ['repo/core', 'installer/inventory', 'installer/transport', 'installer/backup', 'installer/cluster', 'installer/role', 'installer/role/etcd', 'installer/role/pgsql'],
  'installer/command': ['installer/platform', 'repo/core', 'repo/package', 'repo/bundle', 'repo/console', 'installer', 'installer/transport', 'installer/resource', 'installer/vault', 'installer/inventory', 'installer/wizard', 'installer/role', 'installer/plan', 'installer/cluster', 'installer/etcd', 'installer/leave', 'installer/backup', 'installer/proof', 'installer/restore'],
  'installer': ['installer/platform', 'installer/role/node', 'installer/role/etcd', 'installer/role/minio', 'installer/role/pgsql', 'installer/role/infra', 'installer/command', 'repo/core', 'repo/package', 'repo/bundle', 'repo/console', 'installer/transport', 'installer/resource', 'installer/vault', 'installer/inventory', 'installer/wizard', 'installer/role', 'installer/plan'],
  'vagrant': ['repo/core', 'repo/console', 'vagrant/sandbox'],
  'vagrant/sandbox': ['repo/core', 'repo/console', 'vagrant'],
};

/** The one home of each vendor library. Tests may use any. */
const homes: Record<string, readonly string[]> = {
  undici: ['builder/source'],
  tar: ['repo/bundle', 'builder/runtime'],
  openpgp: ['repo/core'],
  yaml: ['repo/core'],
  zod: ['repo/core', 'repo/package', 'repo/bundle', 'builder/manifest', 'builder/lock', 'builder/check', 'installer/inventory', 'vagrant/sandbox'],
  zx: ['installer/transport'],
  listr2: ['repo/console'],
  inquirer: ['installer/wizard'],
  'xz-decompress': ['repo/core'],
  '@peculiar/x509': ['installer/vault'],
  rolldown: ['builder/runtime'],
};

const files = ['repo', 'builder', 'installer', 'vagrant'].flatMap((folder) =>
  readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);

const importsOf = (file: string): string[] =>
  [...readFileSync(join(top, file), 'utf8').matchAll(/^(?:import|export)\b[^'";]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gms)].map((match) => (match[1] ?? match[2] ?? match[3])!);

const roomOf = (file: string): string => dirname(file);

describe('the law "layered"', () => {
  test('files are found at all', () => {
    expect(files.length).toBeGreaterThan(15);
  });

  test('every folder is a room of the floor plan', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !(room in doors))).toEqual([]);
  });

  test('every import goes through a door', () => {
    const strays = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.') && name !== '../package.json')
        .map((name) => roomOf(relative(top, resolve(top, dirname(file), name))))
        .filter((room) => room !== roomOf(file) && !doors[roomOf(file)]?.includes(room))
        .map((room) => `${file} → ${room}`),
    );

    expect(strays).toEqual([]);
  });

  test('every vendor library stays at home', () => {
    const strays = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .filter((name) => !homes[name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/')]?.includes(roomOf(file)))
        .map((name) => `${file} → ${name}`),
    );

    expect(strays).toEqual([]);
  });

  test('builder and installer never meet, deb and rpm neither', () => {
    const meets = (from: string, to: string) => Object.entries(doors).some(([room, open]) => room.startsWith(from) && open.some((door) => door.startsWith(to)));

    expect(meets('builder', 'installer') || meets('installer', 'builder') || meets('repo/deb', 'repo/rpm') || meets('repo/rpm', 'repo/deb')).toBe(false);
  });
});
