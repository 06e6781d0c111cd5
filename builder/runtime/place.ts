import { resolve } from 'node:path';

/** The folder that package.json, its lock and node_modules stand in. */
export const place = resolve(import.meta.dirname, '../..');
