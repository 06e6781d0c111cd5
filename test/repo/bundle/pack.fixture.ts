import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '../../../builder/store/store.ts';
import { openSigner } from '../../../repo/core/signature.ts';
import { packTiny, paperLock, targets } from '../../support/tiny.ts';

/** Packs the tiny bundle: `pack.fixture.ts KEY OUT [shuffle]`. */
const [key, out, order] = process.argv.slice(2) as [string, string, string];
const store = await openStore(join(out, 'store'));
const signer = await openSigner(await readFile(key, 'utf8'));
await packTiny({ ...(await paperLock(store, targets.bookworm)), store, signer, out: join(out, 'bundle'), shuffle: order === 'shuffle' });
