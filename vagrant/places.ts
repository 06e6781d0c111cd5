import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the sandbox keeps what it can make again: base roots, hosts, the demo's key and bundle. */
export const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pgark', 'sandbox');

export const roots = join(cache, 'roots');

export const hosts = join(cache, 'hosts');
