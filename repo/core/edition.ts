import { isDeepStrictEqual } from 'node:util';
import { isMap, parse, parseDocument, type Document, type ToStringOptions } from 'yaml';
import { difference } from './difference.ts';
import { Fault } from './fault.ts';

export type Path = readonly string[];

/** YAML in which some places are changed; comments, order and quotes of everything else stay. */
export interface Edition {
  get(path: Path): unknown;
  /** A map is written on one line. Parents that are missing or empty are made. */
  set(path: Path, value: unknown): void;
  remove(path: Path): void;
  /**
   * The whole text. Lines that were not changed are those that were read.
   * @throws Fault invalid where something that was removed is needed elsewhere
   */
  text(): string;
}

/** The text must have been read before: here nobody looks for mistakes in it. */
export function editYaml(text: string, file: string): Edition {
  const document = parseDocument(text, { uniqueKeys: true });
  const style = styleOf(text);
  const before = document.toString(style);
  return {
    get: (path) => (document.toJS() === null ? undefined : valueAt(document.toJS(), path)),
    set: (path, value) => {
      for (let length = 1; length < path.length; length++) if (!isMap(document.getIn(path.slice(0, length), true))) document.setIn(path.slice(0, length), document.createNode({}));
      const node = document.createNode(value);
      if (isMap(node)) node.flow = true;
      document.setIn(path, node);
    },
    remove: (path) => void document.deleteIn(path),
    text: () => transferred(text, before, written(document, style, file)),
  };
}

const valueAt = (value: unknown, path: Path): unknown => path.reduce<unknown>((inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined), value);

/** As the file has it already, so that little else moves. */
function styleOf(text: string): ToStringOptions {
  const step = /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return { lineWidth: 0, indent: step, indentSeq: !/^( *)[^\s#-][^\n]*:\n\1- /m.test(text), flowCollectionPadding: /\{ /.test(text) || !/\{[^\s}]/.test(text) };
}

function written(document: Document, style: ToStringOptions, file: string): string {
  try {
    return document.toString(style);
  } catch (error) {
    throw new Fault('invalid', `${file} cannot be changed here: ${(error as Error).message}`, { hint: 'what is removed is spoken of elsewhere; change it by hand, then pgark plan', cause: error });
  }
}

/** What a writer of YAML would also set in order (blanks before comments, long lines) stays as it was read, where lines can be told from each other. */
function transferred(original: string, before: string, after: string): string {
  const [read, first, second] = [original, before, after].map((text) => text.split('\n')) as [string[], string[], string[]];
  if (read.length !== first.length) return after;
  let at = 0;
  const lines = difference(first, second).flatMap(({ is, line }) => (is === 'new' ? [line] : is === 'gone' ? (at++, []) : [read[at++]!]));
  const text = lines.join('\n');
  return isSame(text, after) ? text : after;
}

function isSame(text: string, other: string): boolean {
  try {
    return isDeepStrictEqual(parse(text), parse(other));
  } catch {
    return false;
  }
}
