import type { AnyPlace } from '../manifest/source.ts';

/** Whether a place gives packages of a name: one of `only`, where that is said, and none of `without`; `*` stands for anything. */
export function admits({ only, without }: Pick<AnyPlace, 'only' | 'without'>): (name: string) => boolean {
  const wanted = only.map(patternOf);
  const unwanted = without.map(patternOf);
  return (name) => (wanted.length === 0 || wanted.some((pattern) => pattern.test(name))) && !unwanted.some((pattern) => pattern.test(name));
}

function patternOf(glob: string): RegExp {
  return new RegExp(`^${glob.split('*').map((part) => part.replace(/[^A-Za-z0-9]/g, '\\$&')).join('.*')}$`);
}
