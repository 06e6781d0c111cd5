import { relative } from 'node:path';
import { openDocument, type OpenDocument } from '../../repo/core/document.ts';
import { readManifests, type ManifestFile } from '../manifest/files.ts';

export type Kind = 'extension' | 'component';

/** One file of the manifests as somebody wrote it. */
export interface Sheet {
  path: string;
  /** From the folder of the manifests: `extensions/gis.yml`. */
  label: string;
  /** Without the end of the file. */
  lines: readonly string[];
  document: OpenDocument;
}

/** An entry of a sheet; lines are counted from 0. */
export interface Entry {
  sheet: Sheet;
  /** Where it begins. */
  line: number;
  /** The line of a row. */
  rowAt(list: 'published' | 'gaps', place: number): number;
  /** The line of a key. */
  keyAt(key: string): number;
  /** Whether each row stands in a line of its own, so that it can be edited as such. */
  isLined: boolean;
  /** How many rows there are. */
  count(list: 'published' | 'gaps'): number;
}

/** The texts that extensions and components are described in. */
export interface Manuscript {
  entry(kind: Kind, name: string): Entry | undefined;
}

/** Reads them; what they mean is the catalog's. */
export async function openManuscript(folder: string): Promise<Manuscript> {
  const manifests = await readManifests(folder);
  const entries = new Map<string, Entry>();
  for (const [kind, key, files] of [['extension', 'extensions', manifests.extensions], ['component', 'components', manifests.components]] as const) {
    for (const file of files) {
      const sheet = sheetOf(file, folder);
      const listed = (sheet.document.value as Record<string, Record<string, unknown>>)[key] ?? {};
      for (const name of Object.keys(listed)) entries.set(`${kind} ${name}`, entryOf(sheet, key, name));
    }
  }
  return { entry: (kind, name) => entries.get(`${kind} ${name}`) };
}

function sheetOf({ path, content }: ManifestFile, folder: string): Sheet {
  const text = content.toString('utf8');
  return { path, label: relative(folder, path), lines: text.replace(/\n$/, '').split('\n'), document: openDocument(text, path) };
}

function entryOf(sheet: Sheet, key: string, name: string): Entry {
  const value = (sheet.document.value as Record<string, Record<string, Record<string, unknown[] | undefined>>>)[key]![name]!;
  const rowAt: Entry['rowAt'] = (list, place) => sheet.document.valueAt([key, name, list, place]).line - 1;
  const rows = (['published', 'gaps'] as const).flatMap((list) => (value[list] ?? []).map((_, place) => sheet.lines[rowAt(list, place)]!));
  return {
    sheet,
    isLined: rows.every((row) => /^\s*- /.test(row)),
    rowAt,
    line: sheet.document.keyAt([key, name]).line - 1,
    keyAt: (part) => sheet.document.keyAt([key, name, part]).line - 1,
    count: (list) => value[list]?.length ?? 0,
  };
}
