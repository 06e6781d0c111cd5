import { LineCounter, parseDocument, stringify, type Document, isMap, isPair, isScalar, visit } from 'yaml';
import type { z } from 'zod';
import { Fault } from './fault.ts';
import { keysAt } from './keys.ts';
import { nearest } from './nearest.ts';

/**
 * Reads YAML (of which JSON is a subset) against a schema. Every mistake is told at once, each as
 * `file:line:column  what is wrong`.
 * @throws Fault invalid
 */
export function readDocument<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  return readOpened(schema, openDocument(text, file));
}

/** The same of a document that is open already. @throws Fault invalid */
export function readOpened<S extends z.ZodType>(schema: S, document: OpenDocument): z.output<S> {
  const result = schema.safeParse(document.value ?? {});
  if (result.success) return result.data;
  throw new Fault('invalid', `${document.file} is not valid`, {
    details: result.error.issues.flatMap((issue) => document.explain(schema, issue)).map(spell),
  });
}

/** A document whose every value still knows where it stands. */
export interface OpenDocument {
  file: string;
  value: unknown;
  /** Where a value begins, or its nearest parent that is written down. */
  valueAt(path: readonly PropertyKey[]): Place;
  /** Where the key of a value begins. */
  keyAt(path: readonly PropertyKey[]): Place;
  /** What a schema found wrong with the value at `base`. */
  explain(schema: z.ZodType, issue: z.core.$ZodIssue, base?: readonly PropertyKey[]): Mistake[];
}

export interface Place {
  file: string;
  line: number;
  column: number;
}

export interface Mistake {
  place: Place;
  message: string;
}

/** `pgark.yml:14:7  unknown key "sources"` */
export const spell = ({ place, message }: Mistake): string => `${place.file}:${place.line}:${place.column}  ${message}`;

/**
 * Opens YAML whose values are checked piece by piece.
 * @throws Fault invalid when it is no YAML
 */
export function openDocument(text: string, file: string): OpenDocument {
  const lines = new LineCounter();
  // YAML 1.2 core; duplicate keys are errors, since one of the two would be lost in silence.
  const document = readable(file, () => parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true }));
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  // A tag that nobody knows, such as Ansible's !vault, is only a warning to the parser; its value would be taken for a plain string.
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    throw new Fault('invalid', `${file} cannot be read`, {
      details: problems.map((error) => spell({ place: place(error.pos[0]), message: error.message })),
    });
  }
  return {
    file,
    value: valueOf(document, file),
    valueAt: (path) => place(offsetOf(document, path)),
    keyAt: (path) => place(keyOffset(document, path.slice(0, -1), String(path.at(-1)))),
    explain: (schema, issue, base = []) => explain(issue, schema, document, base).map(({ offset, message }) => ({ place: place(offset), message })),
  };
}

/** Reads YAML of programs that take every scalar for a text: 5.30 is not 5.3, and a number of twenty digits keeps them all. @throws Fault invalid */
export function readTexts(text: string, file: string): unknown {
  const document = readable(file, () => parseDocument(text, { schema: 'failsafe', prettyErrors: false, uniqueKeys: true }));
  const [problem] = document.errors;
  if (problem) throw new Fault('invalid', `${file} cannot be read`, { details: [problem.message] });
  return valueOf(document, file);
}

function valueOf(document: Document.Parsed, file: string): unknown {
  return readable(file, () => {
    visit(document, { Pair: (_, { key }) => expectText(key) });
    return document.toJS({ maxAliasCount: 100 });
  });
}

/** A mapping as a key would become a text of all that is in it. */
function expectText(key: unknown): void {
  if (key !== null && !isScalar(key)) throw new ReferenceError('a key of a mapping is no text');
}

/** @throws Fault invalid for aliases that stand for more and more of themselves, and for what is nested without end */
function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof ReferenceError) && !(cause instanceof RangeError)) throw cause;
    const why = cause instanceof ReferenceError ? cause.message : 'it is nested too deeply';
    throw new Fault('invalid', `${file} cannot be read`, { details: [`${file}: ${why}`], cause });
  }
}

/** The JSON form in which our own documents are written: stable, readable, a newline at the end. */
export function writeDocument(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** YAML for the programs that read it, below a line that says who wrote it. Long strings are not folded; what YAML 1.1 takes for a boolean (on, off) is quoted. */
export function writeYaml(value: unknown, comment = 'written by pgark; changes made here are lost'): string {
  return `# ${comment}\n${stringify(value, { lineWidth: 0, compat: 'yaml-1.1' })}`;
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType, document: Document.Parsed, base: readonly PropertyKey[]): { offset: number; message: string }[] {
  const path = [...base, ...issue.path];
  const meant = meantIn(issue);
  if (meant) return meant.flatMap((each) => explain({ ...each, path: [...issue.path, ...each.path] }, schema, document, base));
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue) ?? keysAt(schema, issue.path);
    return issue.keys.map((key) => {
      const near = known && nearest(key, known);
      return { offset: keyOffset(document, path, key), message: `unknown key "${key}"${near ? `, did you mean "${near}"?` : ''}` };
    });
  }
  const name = [...base.slice(-1), ...issue.path].map(String).join('.');
  return [{ offset: offsetOf(document, path), message: `${name === '' ? '' : `${name}: `}${missing(issue, document, path) ?? unquoted(issue, document, path) ?? misspelt(issue, document, path) ?? issue.message}` }];
}

function missing(issue: z.core.$ZodIssue, document: Document.Parsed, path: readonly PropertyKey[]): string | undefined {
  const speaksOfType = issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
  return speaksOfType && path.length > 0 && document.getIn(path as (string | number)[]) === undefined ? 'is missing' : undefined;
}

/** One of few words, spelt nearly right. */
function misspelt(issue: z.core.$ZodIssue, document: Document.Parsed, path: readonly PropertyKey[]): string | undefined {
  const given: unknown = issue.code === 'invalid_value' && path.length > 0 ? document.getIn(path as (string | number)[]) : undefined;
  const near = issue.code === 'invalid_value' && typeof given === 'string' ? nearest(given, issue.values.filter((value) => typeof value === 'string')) : undefined;
  return near && `${issue.message}, did you mean "${near}"?`;
}

/** Where several forms are possible, the mistakes within the one whose outer form was written; without any, what is said of all of them is clearer. */
function meantIn(issue: z.core.$ZodIssue): z.core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const fitting = issue.errors.filter((issues) => issues.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Versions and the like are strings: 17.10 without quotes is read as the number 17.1. */
function unquoted(issue: z.core.$ZodIssue, document: Document.Parsed, path: readonly PropertyKey[]): string | undefined {
  const node: unknown = path.length > 0 && issue.code === 'invalid_type' && issue.expected === 'string' ? document.getIn(path as (string | number)[], true) : undefined;
  return isScalar(node) && typeof node.value === 'number' ? `expected string, which takes quotes: "${node.source}"` : undefined;
}

/** A schema whose keys cannot be read from it may hand them over with `params: { known }`. */
function knownKeys(issue: z.core.$ZodIssue): readonly string[] | undefined {
  return (issue as { params?: { known?: readonly string[] } }).params?.known;
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length) as (string | number)[], true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document.Parsed, path: readonly PropertyKey[], key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path as (string | number)[], true);
  if (!isMap(map)) return offsetOf(document, path);
  const pair = map.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
  return (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0] ?? offsetOf(document, path);
}
