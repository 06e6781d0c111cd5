import { target } from '../../repo/bundle/paths.ts';
import { writeDocument } from '../../repo/core/document.ts';
import { Fault } from '../../repo/core/fault.ts';
import { file } from '../resource/file.ts';
import { shell, type Command, type Transport } from '../transport/command.ts';
import type { Outcome } from './outcome.ts';

/** What a run has done to a host, kept on that host. It holds no secrets: outcomes are words. */
export interface Receipt {
  format: 1;
  /** RFC 3339, UTC. */
  started: string;
  ended?: string;
  /** `running` stands there until the run ends, and for ever where it was killed. */
  result: 'running' | 'done' | 'failed' | 'interrupted';
  host: string;
  /** Who ran it, from where: `alice@admin-1`. */
  by: string;
  /** The id of the bundle, and the SHA-256 of the inventory. */
  bundle: string;
  inventory: string;
  outcomes: readonly Outcome[];
}

/** `20261122T080249Z.json`: names sort by time. */
export const receiptPath = (receipt: Receipt): string => `${target.receipts}/${receipt.started.replaceAll(/[-:]|\.\d+/g, '')}.json`;

/** Readable by root only. Written when a run starts and again when it ends. */
export async function writeReceipt(receipt: Receipt, transport: Transport): Promise<string> {
  const path = receiptPath(receipt);
  const write = file.diff({ kind: 'file', path, content: writeDocument(receipt), mode: '0600' }, { node: { type: 'none' } }, new Set());
  const done = await transport.run([{ argv: ['install', '-d', '-m', '0700', '--', target.receipts] }, ...write]);
  const failed = done.find(({ code }) => code !== 0);
  if (failed) throw new Fault('apply', `${transport.host}: the receipt cannot be written`, { details: [failed.stderr.trim()] });
  return path;
}

/** Asks for the newest receipt. An empty answer where there has never been a run. */
export const lastReceipt: Command = { argv: shell('cd "$1" 2>/dev/null || exit 0; set -- *.json; while [ "$#" -gt 1 ]; do shift; done; if [ -f "$1" ]; then cat -- "$1"; fi', target.receipts), timeout: 20 };
