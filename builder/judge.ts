import { Fault } from '../repo/core/fault.ts';
import type { Progress } from '../repo/core/progress.ts';
import { identify } from '../repo/package/package.ts';
import type { Lock } from './lock/lock.ts';
import type { GivenBundle } from './manifest/given.ts';
import type { Manifest } from './manifest/manifest.ts';
import type { Double } from './solve/doubles.ts';
import type { Shipped } from './solve/proof.ts';
import type { Problem } from './solve/resolution.ts';

/** A problem about something nobody asked for is one of the base set; without that, nothing installs. */
export function expectBase({ wanted, target }: Manifest, problems: readonly Problem[]): void {
  const strange = problems.filter((problem) => !wanted.some((each) => each.package === problem.subject));
  if (strange.length === 0) return;
  throw new Fault('unsatisfiable', `what every system has cannot be had on ${target.code}`, { details: strange.flatMap((problem) => [problem.subject].concat(problem.sentences)) });
}

/** Two different files by one name and version cannot both be meant. */
export function refuseDoubles(doubles: readonly Double[], manifest: Manifest, given: GivenBundle): void {
  if (doubles.length === 0) return;
  throw new Fault('untrusted', `${doubles.length} packages for ${manifest.target.code} are offered twice, at the same version and with different contents`, {
    details: doubles.map(({ shipped: { package: item, roots }, others }) => `${identify(item)}: ${[item, ...others].map((each) => `${each.source} has ${each.digest}`).join(', ')}${askedFor(roots, manifest, given)}`),
    hint: 'take one of the sources out of the bundle, or give it `without: [NAME]` in a manifest of your own',
  });
}

/** Of packages that take each other's place, none can be promised. */
export function refuseCircles(circles: readonly (readonly Shipped[])[], manifest: Manifest, given: GivenBundle): void {
  if (circles.length === 0) return;
  throw new Fault('unsatisfiable', `packages for ${manifest.target.code} obsolete each other, so that none of them can be promised`, {
    details: circles.map((circle) => circle.map(({ package: item, roots }) => `${identify(item)} from ${item.source}${askedFor(roots, manifest, given)}`).join(', ')),
    hint: 'take what asks for one of them out of the bundle, or give its source `without: [NAME]` in a manifest of your own',
  });
}

/** The first lines of the bundle that ask for one of these roots. */
function askedFor(roots: readonly string[], { wanted }: Manifest, { where }: GivenBundle): string {
  const lines = wanted.filter((each) => roots.includes(each.package)).map((each) => `${where(each.asked)} asks for ${each.package}`);
  return lines.length > 0 ? `  (${lines.slice(0, 3).join(', ')})` : '';
}

/** A missing server or component is always an error; about extensions, the bundle says. */
export const fatalOf = (bundle: Manifest['bundle'], lock: Lock): Lock['missing'] => lock.missing.filter((each) => bundle.missing === 'error' || each.kind === 'server' || each.kind === 'component');

/** Nothing is left out in silence: the lock names it all. */
export function judgeMissing({ bundle, target, wanted, absent }: Manifest, lock: Lock, { where }: GivenBundle, elsewhere: ReadonlyMap<string, readonly string[]>, progress: Progress): void {
  const fatal = fatalOf(bundle, lock);
  const asked = new Map([...wanted, ...absent].map((each) => [`${each.kind} ${each.name}`, where(each.asked)]));
  const tell = (each: Lock['missing'][number]): string =>
    `${asked.get(`${each.kind} ${each.name}`)}  ${each.package || each.name}${each.package && each.package !== each.name ? ` (${each.kind} ${each.name})` : ''}: ${[...each.reasons, ...(elsewhere.get(each.package) ?? [])].join('; ')}`;
  if (fatal.length > 0) {
    throw new Fault('unsatisfiable', `${fatal.length} of what the bundle "${bundle.name}" asks for cannot be had on ${target.code}`, {
      details: fatal.map(tell),
      hint: 'pgark ext avail NAME tells where an extension is to be had; `missing: warn` in the bundle leaves out extensions that are not',
    });
  }
  if (bundle.missing === 'warn') for (const each of lock.missing) progress.warn(`left out  ${tell(each)}`);
}

/** That a root does not install on every kind of host is no error: it may not be meant for them all. */
export function warnOfBaselines({ baselines = [] }: Lock, progress: Progress): void {
  for (const { name, failing } of baselines) {
    for (const { roots, reasons } of failing) {
      const shown = roots.length > 3 ? `${roots.slice(0, 3).join(', ')} and ${roots.length - 3} more` : roots.join(', ');
      progress.warn(`on ${name}  ${shown}: ${reasons.join('; ')}`);
    }
  }
}
