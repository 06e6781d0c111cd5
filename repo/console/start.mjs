/**
 * Runs a program of this checkout: `node start.mjs builder/main.ts ARGUMENT…`. What Node.js stripped and compiled is kept for
 * the next start; stripping types alone costs as much as Node.js takes to come up, hence this one file is JavaScript.
 */
import { mkdirSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const place = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'pgark', 'compiled');
if (isOurs(place)) enableCompileCache(place);

// The program finds its arguments where it would, had it been run by itself.
process.argv.splice(1, 2, resolve(import.meta.dirname, '../..', process.argv[2]));
await import(pathToFileURL(process.argv[1]).href);

/**
 * What lies there is run as it is, so nobody else may be able to write it. Without such a folder a start is slower, no more.
 * @param {string} folder made when it is missing
 * @returns {boolean}
 */
function isOurs(folder) {
  try {
    const found = statSync(folder, { throwIfNoEntry: false }) ?? make(folder);
    return isOwn(found) && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/**
 * Only below a folder of our own: root leaves nothing in the home of whom it stands in for. One level at a time, since
 * `recursive` never ends where a folder can hold no other, as in /proc.
 * @param {string} folder
 */
function make(folder) {
  const parent = dirname(folder);
  if (!isOwn(statSync(parent, { throwIfNoEntry: false }) ?? make(parent))) throw new Error(`${parent} is not ours`);
  mkdirSync(folder, { mode: 0o700 });
  return statSync(folder);
}

/** @param {import('node:fs').Stats} found */
function isOwn(found) {
  return found.isDirectory() && found.uid === process.geteuid?.();
}
