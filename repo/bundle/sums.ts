import { isDigest, type Digest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import { isContained } from './tree.ts';

/** The list that the signature covers, in the form of sha256sum(1): every file but the list itself and its signature. */
export function writeSums(sums: ReadonlyMap<string, Digest>): string {
  return [...sums].map(([path, digest]) => `${digest}  ${path}\n`).join('');
}

/** @throws Fault untrusted when a line is no digest and path, or a path is named twice or leaves the bundle */
export function readSums(text: string, what: string): Map<string, Digest> {
  const sums = new Map<string, Digest>();
  const wrong: string[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const [digest, path] = [line.slice(0, 64), line.slice(66)];
    if (!isDigest(digest) || line.slice(64, 66) !== '  ' || !isContained(path) || sums.has(path)) wrong.push(JSON.stringify(line));
    else sums.set(path, digest);
  }
  if (wrong.length > 0) throw new Fault('untrusted', `${what} holds lines that list no file of a bundle`, { details: wrong });
  return sums;
}
