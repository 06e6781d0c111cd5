import { Fault } from '../core/fault.ts';
import type { Package } from '../package/package.ts';
import { versionOf } from './relation.ts';
import { attributesOf, elementsOf, textOf } from './scan.ts';
import { compareVersions } from './version.ts';

/** What a distribution says of an update: which holes it closes, and by which packages. */
export interface Advisory {
  /** `RLSA-2026:1234` */
  id: string;
  /** The `<update>` element, less the packages that it is about. */
  head: string;
  packages: readonly Update[];
}

/** A package that an advisory is about. */
export interface Update {
  name: string;
  version: string;
  arch: string;
  /** Its `<package>` element. */
  text: string;
}

/** Reads an updateinfo.xml (createrepo_c, update collections). @throws Fault invalid */
export function readAdvisories(content: Uint8Array, what: string): Advisory[] {
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
  if (text.includes('<![') || text.includes('<!--') || text.includes('<!ENTITY')) throw new Fault('invalid', `${what} holds comments, entities or CDATA, which are not read`);
  if (!text.includes('<updates')) throw new Fault('invalid', `${what} is no updateinfo.xml`);
  const advisories: Advisory[] = [];
  let end = 0;
  for (const { index } of text.matchAll(/<update[\s>]/g)) {
    // One within another is part of that.
    if (index < end) continue;
    end = text.indexOf('</update>', index);
    if (end < 0) throw new Fault('invalid', `${what} ends within an advisory`);
    advisories.push(advisoryOf(text.slice(index, end + '</update>'.length), what));
  }
  return advisories;
}

/** Those about packages that are shipped, at their versions or older ones, with these packages alone; by their ids, each once. */
export function advisoriesOf(advisories: readonly Advisory[], shipped: readonly Pick<Package, 'name' | 'version' | 'arch'>[]): Advisory[] {
  const versions = new Map<string, string>();
  for (const { name, arch, version } of shipped) {
    const other = versions.get(`${name}.${arch}`);
    if (other === undefined || compareVersions(version, other) > 0) versions.set(`${name}.${arch}`, version);
  }
  const isShipped = ({ name, arch, version }: Update): boolean => versions.has(`${name}.${arch}`) && compareVersions(version, versions.get(`${name}.${arch}`)!) <= 0;
  const found = new Map<string, Advisory & { packages: Update[] }>();
  for (const each of advisories) {
    const packages = each.packages.filter(isShipped);
    if (packages.length === 0) continue;
    const other = found.get(each.id);
    if (other) {
      if (each.head < other.head) other.head = each.head;
      for (const one of packages) other.packages.push(one);
    } else found.set(each.id, { ...each, packages });
  }
  return [...found.values()].toSorted((a, b) => compare(a.id, b.id));
}

/** One `<update>` element, its packages in one collection, in the order of their texts. */
export function writeAdvisory({ head, packages }: Advisory): string {
  const texts = [...new Set(packages.map((each) => each.text))].sort();
  return head.replace('</update>', () => `<pkglist><collection>\n${texts.join('\n')}\n</collection></pkglist></update>`);
}

export const writeUpdateinfo = (advisories: readonly string[]): string => `<?xml version="1.0" encoding="UTF-8"?>\n<updates>\n${advisories.join('\n')}\n</updates>\n`;

function advisoryOf(text: string, what: string): Advisory {
  const id = textOf(text, 'id')?.trim() ?? '';
  if (id === '') throw new Fault('invalid', `${what}: an advisory has no id`);
  const [before, after] = [text.indexOf('<pkglist'), text.lastIndexOf('</pkglist>')];
  if (before < 0 || after < before) return { id, head: text.replace(/<pkglist\s*\/>/, ''), packages: [] };
  const packages = elementsOf(text.slice(before, after), 'package').filter(({ tag }) => !tag.endsWith('/>'));
  return { id, head: text.slice(0, before) + text.slice(after + '</pkglist>'.length), packages: packages.map(({ tag, inner }) => updateOf(`${tag}${inner}</package>`)) };
}

function updateOf(text: string): Update {
  const { name = '', epoch, version = '', release, arch = '' } = attributesOf(text.slice(0, text.indexOf('>') + 1));
  return { name, version: versionOf({ epoch, ver: version, rel: release }), arch, text };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
