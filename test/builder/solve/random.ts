import { digestOf } from '../../../repo/core/digest.ts';
import type { Capability, Package, Relation } from '../../../repo/package/package.ts';

/** The same numbers for the same seed (a linear congruence, Numerical Recipes). */
export function dice(seed: number): (sides: number) => number {
  let state = seed >>> 0;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** A small archive full of alternatives, virtual packages, several versions and conflicts. */
export function randomPackages(seed: number, count: number): Package[] {
  const roll = dice(seed);
  const name = (): string => 'abcdefgh'[roll(8)]!;
  const capability = (): Capability => {
    const bound = roll(3) === 0 ? { bound: { op: (['>=', '<', '='] as const)[roll(3)]!, version: String(1 + roll(2)) } } : {};
    return { name: roll(5) === 0 ? 'virtual' : name(), ...bound };
  };
  const relation = (): Relation => [capability(), ...(roll(2) === 0 ? [capability()] : [])];
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: roll(most + 1) }, make);
  return Array.from({ length: count }, (_, index) => {
    const item = { name: name(), version: String(1 + roll(2)), arch: 'amd64' };
    return {
      ...item,
      multiArch: 'no' as const,
      essential: roll(12) === 0,
      priority: 'optional',
      provides: some(1, () => ({ name: 'virtual', ...(roll(2) === 0 && { bound: { op: '=' as const, version: '1' } }) })),
      requires: some(2, relation),
      recommends: some(1, relation),
      conflicts: some(1, capability),
      source: 'test',
      url: `${index}.deb`,
      size: 1,
      installed: 1,
      digest: digestOf(String(index)),
      stanza: '',
    };
  });
}

/** The same with what only RPM knows: requirements under a condition, and obsoletes. */
export function richPackages(seed: number, count: number): Package[] {
  const roll = dice(seed + 5000);
  const other = (): Capability => ({ name: 'abcdefgh'[roll(8)]!, ...(roll(3) === 0 && { bound: { op: '<' as const, version: '2' } }) });
  return randomPackages(seed, count).map((item) =>
    Object.assign(item, {
      essential: false,
      repositoryPriority: 98 + roll(2),
      requires: item.requires.map((relation): Relation => (roll(3) === 0 ? [...relation, { ...other(), absent: true }, ...(roll(4) === 0 ? [{ ...other(), absent: true as const }] : [])] : relation)),
      obsoletes: roll(4) === 0 ? [other()] : [],
    }),
  );
}
