import { z } from 'zod';
import type { Asked } from './wanted.ts';

const pattern = /^(?:[A-Za-z0-9{][A-Za-z0-9_+.{}-]*|@[A-Za-z0-9][^:/@]*(?::[^:/@ ]+(?:\/[^:/@ ]+)?)?)$/;

/** What a bundle for EL may ask for beside packages: `@postgresql:16`, `@postgresql:16/server`, `@Headless Management`. */
export const PackageOrSet = z.string().regex(pattern, 'not the name of a package, nor of a stream of a module, @postgresql:16 or @postgresql:16/server, nor of a group, @Headless Management');

/** A name for several packages that only the repositories know. */
export interface AskedSet {
  /** As it is written: `@postgresql:16/server`. */
  name: string;
  asked: Asked;
}

export type PackageSet =
  /** A profile of a stream of a module; the one it has by default, when none is said. */
  | { kind: 'stream'; stream: string; profile?: string }
  /** By its id or its name. */
  | { kind: 'group'; group: string };

export const isSet = (name: string): boolean => name.startsWith('@');

export function readSet(name: string): PackageSet {
  const [stream, profile] = name.slice(1).split('/') as [string, string?];
  if (!stream.includes(':')) return { kind: 'group', group: stream };
  return { kind: 'stream', stream, ...(profile !== undefined && { profile }) };
}
