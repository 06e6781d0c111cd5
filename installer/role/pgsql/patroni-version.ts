import type { Descriptor } from '../../../repo/bundle/descriptor.ts';

/** Whether the Patroni of a bundle is older than a release, `[3, 0, 3]`. A version that cannot be read is taken for a new one. */
export function isPatroniBefore(release: readonly [number, number, number], { roots }: Descriptor): boolean {
  const version = roots.find((root) => root.name === 'patroni' && root.package === 'patroni')?.version ?? '';
  const [, ...parts] = /^(?:\d+:)?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version)?.map((part) => Number(part ?? 0)) ?? [];
  const differing = release.findIndex((part, index) => parts[index] !== part);
  return parts.length > 0 && differing >= 0 && parts[differing]! < release[differing]!;
}
