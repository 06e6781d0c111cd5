import type { Package } from '../../repo/package/package.ts';

/** For each package that is gone, names it may have now: of those that say so themselves, else of those that differ in a number or at the end. */
export function similarTo(missing: readonly string[], packages: readonly Package[], known: ReadonlySet<string>): Map<string, string[]> {
  if (missing.length === 0) return new Map();
  const heirs = heirsOf(new Set(missing), packages);
  const names = [...new Set(packages.map((item) => item.name))].filter((name) => !known.has(name) && !beside.test(name)).sort();
  return new Map(missing.map((name) => [name, heirs.get(name) ?? names.filter((each) => looksLike(each, name))]));
}

/** What takes the place of another says that it provides, replaces (Debian policy 7.5, 7.6) or obsoletes it (rpm). */
function heirsOf(missing: ReadonlySet<string>, packages: readonly Package[]): Map<string, string[]> {
  const heirs = new Map<string, string[]>();
  for (const item of packages) {
    const named = [...item.provides, ...(item.obsoletes ?? [])].map((each) => each.name).concat(replacedBy(item));
    for (const name of new Set(named)) if (missing.has(name) && name !== item.name) heirs.set(name, [...new Set([...(heirs.get(name) ?? []), item.name])].sort());
  }
  return heirs;
}

function replacedBy({ stanza }: Package): string[] {
  const [, field = ''] = /^Replaces: ?(.*(?:\n[ \t].*)*)/m.exec(stanza) ?? [];
  return field.split(',').map((each) => each.trim().split(/[ (:]/)[0]!);
}

// What goes along with a package and never stands for it.
const beside = /-(dbgsym|dbg|docs?|dev|devel|debuginfo|debugsource|llvmjit|scripts|common|tests?)$/;

function looksLike(candidate: string, name: string): boolean {
  const [longer, shorter] = candidate.length > name.length ? [candidate, name] : [name, candidate];
  if (longer !== shorter && longer.startsWith(shorter) && /^[-_]/.test(longer.slice(shorter.length))) return shorter.split(/[-_]/).length > 2;
  // The major of PostgreSQL has to stay: the package of another one is no heir.
  return numberless(candidate) === numberless(name) && majorIn(candidate) === majorIn(name);
}

const numberless = (name: string): string => name.replace(/\d+/g, '#');
const majorIn = (name: string): string | undefined => /(?:^postgresql-?|_)(\d\d)(?!\d)/.exec(name)?.[1];
