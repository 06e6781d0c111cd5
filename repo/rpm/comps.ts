import { Fault } from '../core/fault.ts';
import { attributesOf, elementOf, elementsOf, plain, textOf, withoutComments } from './scan.ts';

/** A group of a comps.xml: what `dnf group install` takes. */
export interface Group {
  /** `headless-management` */
  id: string;
  /** `Headless Management`, as it is called in English. */
  name: string;
  /** Those that belong to it always and by default; optional ones, and those for when something else is there, are left. */
  packages: readonly string[];
}

/** Reads a comps.xml (libcomps). @throws Fault invalid */
export function readComps(text: string, what: string): Group[] {
  if (text.includes('<![') || text.includes('<!ENTITY')) throw new Fault('invalid', `${what} holds entities or CDATA, which are not read`);
  const whole = elementOf(text, 'comps')?.inner;
  if (whole === undefined) throw new Fault('invalid', `${what} is no comps.xml`);
  return elementsOf(withoutComments(whole), 'group').map(({ inner }) => groupOf(inner, what));
}

function groupOf(inner: string, what: string): Group {
  const id = textOf(inner, 'id')?.trim() ?? '';
  if (id === '') throw new Fault('invalid', `${what}: a group has no id`);
  const name = /<name>([^<]*)<\/name>/.exec(inner)?.[1] ?? id;
  const packages = [...inner.matchAll(/<packagereq(\s[^<>]*)?>([^<]*)<\/packagereq>/g)].filter(([, tag]) => taken.has(attributesOf(tag ?? '')['type'] ?? 'mandatory'));
  return { id, name: plain(name).trim(), packages: packages.map(([, , each]) => plain(each!).trim()) };
}

const taken: ReadonlySet<string> = new Set(['mandatory', 'default']);
