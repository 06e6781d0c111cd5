/** What a comparison looks at. */
export interface Compared {
  name: string;
  version: string;
  arch: string;
  size: number;
  digest: string;
}

/** The same package on both sides, at another version or of another content. */
export interface Change {
  name: string;
  from: Compared;
  to: Compared;
}

export interface Comparison {
  added: readonly Compared[];
  removed: readonly Compared[];
  changed: readonly Change[];
  /** How many are the same on both sides. */
  same: number;
  /** Bytes of all packages on either side. */
  sizes: { from: number; to: number };
}

/** What is different between two sets of packages. A name that stands in several versions is compared version by version. */
export function compare(from: readonly Compared[], to: readonly Compared[]): Comparison {
  const [left, right] = [unlike(from, to), unlike(to, from)];
  const changed = left.flatMap((item) => {
    const [one, ...more] = right.filter((other) => slot(other) === slot(item));
    return one && more.length === 0 && left.filter((other) => slot(other) === slot(item)).length === 1 ? [{ name: item.name, from: item, to: one }] : [];
  });
  const moved = new Set(changed.map((change) => slot(change.from)));
  return {
    added: right.filter((item) => !moved.has(slot(item))),
    removed: left.filter((item) => !moved.has(slot(item))),
    changed,
    same: from.length - left.length,
    sizes: { from: total(from), to: total(to) },
  };
}

function unlike(items: readonly Compared[], others: readonly Compared[]): Compared[] {
  const known = new Set(others.map((other) => `${slot(other)} ${other.version} ${other.digest}`));
  return items.filter((item) => !known.has(`${slot(item)} ${item.version} ${item.digest}`)).toSorted((a, b) => (slot(a) < slot(b) ? -1 : 1));
}

/** `all` and a native architecture are one place: packages move between them from one version to the next. */
const slot = ({ name }: Compared): string => name;

const total = (items: readonly Compared[]): number => items.reduce((sum, item) => sum + item.size, 0);
