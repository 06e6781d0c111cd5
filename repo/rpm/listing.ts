import type { Head } from './head.ts';
import { changelogsOf, filesOf } from './metadata.ts';
import type { Pooled } from './pool.ts';
import { escape, quote } from './xml.ts';

/** What filelists.xml and other.xml have of one package, as they are written: only its header tells. */
export interface Listing {
  files: string;
  changelogs: string;
}

/** @throws Fault invalid */
export function listingOf({ header }: Head, what: string): Listing {
  // Pieces, joined once: a bundle lists a million files.
  const files: string[] = [];
  for (const { path, kind } of filesOf(header, what)) files.push(openings[kind], escape(path), '</file>\n');
  const changelogs = changelogsOf(header, what).slice(0, most).reverse();
  return {
    files: files.join(''),
    changelogs: changelogs.map(({ author, date, text }) => `  <changelog author=${quote(author)} date="${date}">${escape(text)}</changelog>\n`).join(''),
  };
}

const openings = { file: '  <file>', dir: '  <file type="dir">', ghost: '  <file type="ghost">' } as const;

/** As many as createrepo_c writes, the oldest of them first. */
const most = 10;

/** The beginning of an entry of filelists.xml or other.xml. */
export function openListing({ name, arch, version, digest }: Pooled): string {
  const [, epoch, ver, rel] = /^(?:(\d+):)?(.*)-([^-]*)$/.exec(version)!;
  return `<package pkgid="${digest}" name=${quote(name)} arch=${quote(arch)}>\n  <version epoch="${epoch ?? 0}" ver=${quote(ver!)} rel=${quote(rel!)}/>\n`;
}
