import { describe, expect, test } from 'vitest';
import { covers, findTarget, forTarget, Platform, releaseOf } from '../../../builder/manifest/platform.ts';
import type { Target } from '../../../repo/package/target.ts';

const deb = { format: 'deb', release: '12', codename: 'bookworm' } as const;
const targets: Readonly<Record<string, Target>> = {
  d12: { ...deb, code: 'd12.x86_64', distro: 'debian', arch: 'x86_64', packageArch: 'amd64' },
  u24: { ...deb, code: 'u24.aarch64', distro: 'ubuntu', arch: 'aarch64', packageArch: 'arm64' },
  el9: { code: 'el9.x86_64', distro: 'rocky', format: 'rpm', release: '9', codename: '', arch: 'x86_64', packageArch: 'x86_64' },
};

describe('a platform', () => {
  test.each([
    ['deb', ['d12', 'u24']],
    ['debian', ['d12']],
    ['ubuntu', ['u24']],
    ['el', ['el9']],
    ['el9', ['el9']],
    ['el8', []],
    ['d12.x86_64', ['d12']],
    ['d12.aarch64', []],
    ['deb.aarch64', ['u24']],
  ])('%s covers %j', (platform, expected) => {
    const covered = Object.keys(targets).filter((name) => covers(platform, targets[name]!));

    expect(covered).toEqual(expected);
  });

  test.each(['rpm', 'd', 'd12.amd64', 'D12', 'rocky', 'd12.', ''])('%j is none', (word) => {
    expect(Platform.safeParse(word).success).toBe(false);
  });
});

test('of values for platforms the narrowest holds', () => {
  const values = { deb: 'family', debian: 'distribution', d12: 'release', 'd12.x86_64': 'target', 'ubuntu.aarch64': 'architecture' };
  const { d12, u24, el9 } = targets;

  expect([forTarget(values, d12!), forTarget(values, u24!), forTarget(values, el9!)]).toEqual(['target', 'architecture', undefined]);
  expect(forTarget({ deb: 1, debian: 2 }, d12!)).toBe(2);
});

test('the release of a target is its code without the architecture', () => {
  expect(Object.values(targets).map(releaseOf)).toEqual(['d12', 'u24', 'el9']);
});

test('a target that is not there is told with the nearest and with all', () => {
  expect(() => findTarget(Object.values(targets), 'el9.x86-64')).toThrow(expect.objectContaining({ code: 'usage', message: 'there is no target "el9.x86-64", did you mean "el9.x86_64"?', hint: 'targets are d12.x86_64, u24.aarch64, el9.x86_64' }));
});
