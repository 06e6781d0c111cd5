import { LineCounter, parseDocument, stringify, type Document, isMap, isPair, isScalar } from 'yaml';
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
  const lines = new LineCounter();
  // YAML 1.2 core; duplicate keys are errors, since one of the two would be lost in silence.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new Fault('invalid', `${file} cannot be read`, {
      details: document.errors.map((error) => `${place(error.pos[0])}  ${error.message}`),
    });
  }
  const result = schema.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  throw new Fault('invalid', `${file} is not valid`, {
    details: result.error.issues.flatMap((issue) => explain(issue, schema, document, place)),
  });
}

/** The JSON form in which our own documents are written: stable, readable, a newline at the end. */
export function writeDocument(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** YAML for the programs that read it, below a line that says who wrote it. Long strings are not folded. */
export function writeYaml(value: unknown, comment = 'written by pgark; changes made here are lost'): string {
  return `# ${comment}\n${stringify(value, { lineWidth: 0 })}`;
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType, document: Document.Parsed, place: (offset: number) => string): string[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue) ?? keysAt(schema, issue.path);
    return issue.keys.map((key) => {
      const near = known && nearest(key, known);
      return `${place(keyOffset(document, issue.path, key))}  unknown key "${key}"${near ? `, did you mean "${near}"?` : ''}`;
    });
  }
  const name = issue.path.length > 0 ? `${issue.path.map(String).join('.')}: ` : '';
  return [`${place(offsetOf(document, issue.path))}  ${name}${issue.message}`];
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
