/**
 * What this program needs of XML, for files of fifty megabytes that one program wrote: attributes, the text of elements that
 * hold nothing else, and references. Comments and CDATA sections stand in no repodata; who reads one refuses them.
 */
export function attributesOf(tag: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [, name, double, single] of tag.matchAll(attribute)) found[name!] = plain(double ?? single!);
  return found;
}

/** The text of the first such element; undefined when there is none. */
export function textOf(text: string, name: string): string | undefined {
  const element = elementOf(text, name);
  return element && plain(element.inner);
}

/** An element: its opening tag, and what lies between that and the closing one. */
export interface Element {
  tag: string;
  inner: string;
}

/** The first such element. */
export const elementOf = (text: string, name: string): Element | undefined => elementAt(text, name, 0)?.element;

/** All such elements, one behind another. */
export function elementsOf(text: string, name: string): Element[] {
  const found: Element[] = [];
  for (let next = elementAt(text, name, 0); next; next = elementAt(text, name, next.end)) found.push(next.element);
  return found;
}

/** The text between comments. One that does not end is none. */
export function withoutComments(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('<!--'); at >= 0; at = text.indexOf('<!--', from)) {
    const end = text.indexOf('-->', at + 4);
    if (end < 0) break;
    parts.push(text.slice(from, at));
    from = end + 3;
  }
  return parts.join('') + text.slice(from);
}

/** Resolves the five references that XML knows by itself, and those to characters; UTF-8 that was read a byte a character becomes text. */
export function plain(text: string): string {
  const resolved = text.includes('&') ? text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(lt|gt|amp|quot|apos));/g, resolve) : text;
  return beyondAscii.test(resolved) && !beyondByte.test(resolved) ? Buffer.from(resolved, 'latin1').toString('utf8') : resolved;
}

// A name begins where no other goes on: else a long word would be tried from each of its letters.
const attribute = /(?<![\w:.-])([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const beyondAscii = /[\u0080-\uffff]/;
const beyondByte = /[\u0100-\uffff]/;

const references: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function resolve(whole: string, hexadecimal: string | undefined, decimal: string | undefined, name: string | undefined): string {
  if (name !== undefined) return references[name]!;
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}

function elementAt(text: string, name: string, from: number): { element: Element; end: number } | undefined {
  const at = openingOf(text, name, from);
  const close = at < 0 ? -1 : text.indexOf('>', at);
  if (close < 0) return undefined;
  const tag = text.slice(at, close + 1);
  if (tag.endsWith('/>')) return { element: { tag, inner: '' }, end: close + 1 };
  const last = text.indexOf(`</${name}>`, close);
  return last < 0 ? undefined : { element: { tag, inner: text.slice(close + 1, last) }, end: last };
}

/** `<size` must not find `<sizes`. */
function openingOf(text: string, name: string, from: number): number {
  let at = text.indexOf(`<${name}`, from);
  for (; at >= 0; at = text.indexOf(`<${name}`, at + 1)) {
    if (/[\s/>]/.test(text[at + name.length + 1] ?? '')) break;
  }
  return at;
}
