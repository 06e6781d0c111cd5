import type { Digest } from '../core/digest.ts';
import { Fault } from '../core/fault.ts';
import { members } from './paths.ts';

/** One file of a bundle: bytes at hand, or a blob of the store, of which digest and size are known without reading it. */
export type TreeFile = ({ content: string | Uint8Array } | { blob: Digest; size: number }) & { executable?: true };

/** What a bundle holds, by path below its top folder. */
export type FileTree = ReadonlyMap<string, TreeFile>;

/**
 * Whether a path can only name a file below the folder it is taken from, and reads the same for tar, sha256sum, sed and
 * every shell: no `..`, nothing absolute, no blank, quote, backslash or control character (the law "contained").
 */
export function isContained(path: string): boolean {
  return path.length <= 400 && path.split('/').every((part) => /^[A-Za-z0-9._+~^-]+$/.test(part) && part !== '.' && part !== '..');
}

/** Sorts paths into the order in which the members of a bundle stand. @throws Fault invalid for a path that has no place in one */
export function inMemberOrder(paths: Iterable<string>): string[] {
  const list = [...paths];
  const strays = list.filter((path) => !isContained(path) || rank(path) < 0);
  if (strays.length > 0) throw new Fault('invalid', 'a bundle has no place for these paths', { details: strays.map((path) => JSON.stringify(path)) });
  return list.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
}

const order: readonly string[] = Object.values(members);

const rank = (path: string): number => order.indexOf(path.split('/', 1)[0]!);
