import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  version: string;
  engines?: object;
  resolved?: string;
  integrity?: string;
  hasInstallScript?: boolean;
}

const read = (file: string): object => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as object;
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([place]) => place !== '');

test('any Node.js may run npm: the lock leaves no package out for its engine (npm run lock)', () => {
  expect(installed.filter(([, item]) => item.engines !== undefined).map(([place]) => place)).toEqual([]);
});

test('the lock names digests, and no registry', () => {
  expect(installed.filter(([, item]) => item.integrity === undefined || item.resolved !== undefined).map(([place]) => place)).toEqual([]);
});

test('nothing that is installed runs a script', () => {
  expect(installed.filter(([, item]) => item.hasInstallScript).map(([place]) => place)).toEqual([]);
});

test('dependencies are pinned exactly, the runtime at one version for both architectures', () => {
  const { dependencies, devDependencies, optionalDependencies } = read('package.json') as Record<string, Record<string, string>>;

  const loose = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));

  expect(loose).toEqual([]);
  expect(new Set(Object.values(optionalDependencies!)).size).toBe(1);
});
