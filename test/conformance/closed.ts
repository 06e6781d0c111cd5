import type { Lock, LockedPackage } from '../../builder/lock/lock.ts';

/**
 * What stands against a proof, read from the stanzas alone and with no help of the solver: a need that nothing in it meets,
 * and two packages that exclude each other. For the plain relations of a made mirror, whose needs name no alternatives.
 */
export function faultsIn(lock: Lock): string[] {
  const read = lock.packages.map(readOf);
  const base = read.filter((_, place) => lock.packages[place]!.base);
  return lock.roots.flatMap((root) => {
    const removed = new Set(root.removes.map((place) => read[place]));
    const installed = [...base.filter((item) => !removed.has(item)), ...root.proof.map((place) => read[place]!)];
    const offered = new Set(installed.flatMap((item) => item.offers));
    const lacking = installed.flatMap((item) => item.needs.filter((need) => !offered.has(need)).map((need) => `${item.name} lacks ${need}`));
    const torn = installed.flatMap((item) => item.conflicts.filter((other) => offered.has(other)).map((other) => `${item.name} excludes ${other}`));
    const itself = offered.has(root.package) ? [] : ['it is not there itself'];
    return [...itself, ...lacking, ...torn].map((fault) => `${root.package}: ${fault}`);
  });
}

interface Read {
  name: string;
  needs: readonly string[];
  conflicts: readonly string[];
  offers: readonly string[];
}

function readOf({ name, stanza }: LockedPackage): Read {
  const of = stanza.startsWith('<') ? sectionsOf(stanza) : fieldsOf(stanza);
  return { name, needs: [...of('Depends'), ...of('requires')], conflicts: [...of('Conflicts'), ...of('conflicts')], offers: [name, ...of('Provides'), ...of('provides')] };
}

function fieldsOf(stanza: string): (field: string) => string[] {
  return (field) => (new RegExp(`^${field}: (.+)$`, 'm').exec(stanza)?.[1] ?? '').split(', ').filter(Boolean).map((each) => each.split(' ', 1)[0]!);
}

function sectionsOf(stanza: string): (section: string) => string[] {
  const files = [...stanza.matchAll(/<file>([^<]*)</g)].map((match) => match[1]!);
  return (section) => {
    const inner = new RegExp(`<rpm:${section}>(.*?)</rpm:${section}>`, 's').exec(stanza)?.[1] ?? '';
    return [...[...inner.matchAll(/name="([^"]+)"/g)].map((match) => match[1]!), ...(section === 'provides' ? files : [])];
  };
}
