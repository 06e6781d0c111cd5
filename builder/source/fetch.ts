import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Incoming } from '../store/incoming.ts';
import type { Store } from '../store/store.ts';
import { shown, type Http, type HttpResponse } from './http.ts';

/** A file that a verified index names. */
export interface Listed {
  /** Where it is now: the address of the mirror included. */
  url: string;
  size: number;
  digest: Digest;
  /** Who names it: `debian/bookworm`. */
  source: string;
}

/** Milliseconds to wait before each further attempt; as many as there are attempts beyond the first. */
export type Patience = readonly number[];

export const patience: Patience = [500, 1000, 2000, 4000, 8000];

/**
 * Brings a blob into the store, taking up what an earlier attempt left. Digest and size are those of the index, or nothing is kept.
 * @throws Fault fetch when it cannot be had, untrusted when it is not what the index names
 */
export async function fetchBlob(http: Http, store: Store, listed: Listed, waits: Patience = patience): Promise<void> {
  if (await store.has(listed.digest)) return;
  // A file taken up across two versions of itself comes out wrong once; a whole one that is wrong is wrong for good.
  for (const last of [false, true]) {
    const incoming = await store.begin(listed.digest, listed.size);
    const taken = incoming.size > 0;
    try {
      await insist(listed.url, listed.source, waits, () => receive(http, listed, incoming));
      if (await incoming.finish()) return;
    } finally {
      await incoming.close();
    }
    if (last || !taken) throw mismatch(listed, `it does not have the digest ${listed.digest}`);
  }
}

/**
 * A packed index that has been fetched; undefined when somebody else at work on the same content, as two empty indexes have it,
 * has unpacked it by now and dropped it.
 */
export async function readFetched(store: Store, digest: Digest): Promise<Buffer | undefined> {
  try {
    return await store.read(digest);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** A small file as a whole, at most `limit` bytes; undefined when the server has none. @throws Fault fetch */
export async function fetchDocument(http: Http, url: string, source: string, limit: number, waits: Patience = patience): Promise<Buffer | undefined> {
  return insist(url, source, waits, async () => {
    const response = await http.get({ url });
    if (response.status === 404) return leave(response);
    await expectStatus(response, [200]);
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body) {
      size += part.length;
      if (size > limit) throw new Fault('untrusted', `${source}: ${shown(url)} is larger than ${limit} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  });
}

async function receive(http: Http, listed: Listed, incoming: Incoming): Promise<void> {
  if (incoming.size === listed.size) return;
  const response = await http.get({ url: listed.url, from: incoming.size, validator: incoming.validator });
  if (response.status === 416) {
    await leave(response);
    await incoming.restart();
    throw new Interrupted('the server has no such range');
  }
  await expectStatus(response, [200, 206]);
  if (response.size !== undefined && response.size !== listed.size) {
    await leave(response);
    throw mismatch(listed, `the server has ${response.size} bytes`);
  }
  if (response.from === 0) await incoming.restart(response.validator);
  else if (response.from !== incoming.size) {
    await leave(response);
    throw new Interrupted('the server sent another range');
  }
  for await (const chunk of response.body) await incoming.append(chunk);
  if (incoming.size < listed.size) throw new Interrupted(`the connection ended after ${incoming.size} of ${listed.size} bytes`);
}

/** Attempts again after a failure that may pass: of the network, of a busy server, of a cut connection. */
async function insist<T>(url: string, source: string, waits: Patience, attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof Fault) throw error;
      if (!(error instanceof Refused) && tries < waits.length) await sleep(waits[tries]!);
      else throw new Fault('fetch', `${source}: ${shown(url)} cannot be fetched: ${reasonOf(error)}`, { hint: 'a mirror is named with --mirror NAME=URL', cause: error });
    }
  }
}

/** Whether the server answered, and said no: the file is not there, or not for us. */
export const isRefused = (error: unknown): boolean => error instanceof Fault && error.cause instanceof Refused;

/** A failure that may pass. */
class Interrupted extends Error {}

/** An answer that says no. */
class Refused extends Error {}

async function expectStatus(response: HttpResponse, expected: readonly number[]): Promise<void> {
  const { status } = response;
  if (expected.includes(status)) return;
  await leave(response);
  // Too many requests, request timeout, and everything that is the server's own trouble.
  if (status === 408 || status === 429 || status >= 500) throw new Interrupted(`the server answers ${status}`);
  throw new Refused(`the server answers ${status}`);
}

/** Nobody wants the body; leaving the loop ends the transfer. */
async function leave(response: HttpResponse): Promise<undefined> {
  for await (const _ of response.body) return;
}

function mismatch(listed: Listed, what: string): Fault {
  return new Fault('untrusted', `${shown(listed.url)} is not what the signed index of ${listed.source} names: ${what}`, {
    details: [`the index names ${listed.size} bytes with SHA-256 ${listed.digest}`],
    hint: 'a mirror in the middle of an update heals by itself; another one is named with --mirror NAME=URL',
  });
}

function reasonOf(error: unknown): string {
  const { message, code, cause } = error as NodeJS.ErrnoException;
  return message || (cause ? reasonOf(cause) : (code ?? String(error)));
}
