import { readFileSync, writeFileSync } from 'node:fs';

// npm leaves out an optional package, such as a native binding, when the Node.js that npm itself runs on is too old for it.
// Here that Node.js only runs npm; ours is in the lock. So the lock says nothing of engines.
const path = new URL('../../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
for (const [place, item] of Object.entries(lock.packages)) if (place !== '') delete item.engines;
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
