import type { Descriptor } from '../repo/bundle/descriptor.ts';
import { pack, type Packed } from '../repo/bundle/pack.ts';
import { Fault } from '../repo/core/fault.ts';
import type { Progress } from '../repo/core/progress.ts';
import type { Signer } from '../repo/core/signature.ts';
import type { Lock } from './lock/lock.ts';
import { bundleInstaller, type Installer } from './runtime/installer.ts';
import { prepareRuntime, runtimeVersion } from './runtime/runtime.ts';
import { writeSbom } from './sbom/spdx.ts';
import type { Store } from './store/store.ts';
import { describe } from './tree/describe.ts';
import type { Heads } from './tree/rpm.ts';
import { layTree } from './tree/tree.ts';
import { version } from './version.ts';

/** A lock, as read and as written, and where its bundle goes. */
export interface Shipment {
  lock: Lock;
  text: string;
  store: Store;
  signer: Signer;
  out: string;
  /** What the packages of an RPM lock told when they were verified. */
  heads?: Heads | undefined;
  signal?: AbortSignal;
}

/** Makes the signed bundle of a lock whose packages are all in the store, and verified where they are RPM packages. */
export async function ship(shipment: Shipment, progress: Progress): Promise<Packed & { descriptor: Descriptor }> {
  const { lock, store, signer, out, heads, signal } = shipment;
  await refuseOtherRuntime(lock);
  await refuseGaps(lock, store);
  const runtime = await progress.step(`Node.js ${lock.runtime} for ${lock.target.arch}`, () => prepareRuntime(lock.target.arch, store));
  const installer = await progress.step('the installer, in one file', () => bundleInstaller());
  const descriptor = describe(lock, shipment.text, signer, heads?.keys.keys());
  const tree = await layTree({ lock, text: shipment.text, descriptor, signer, runtime, installer, sbom: sbomOf(lock, descriptor, installer), heads });
  const packed = await progress.step(`packing and signing ${descriptor.id}`, () =>
    pack({ id: descriptor.id, tree, created: new Date(descriptor.created), signer, blobPath: (digest) => store.pathOf(digest), out, ...(signal && { signal }) }),
  );
  return { ...packed, descriptor };
}

/** A lock promises one Node.js, this checkout carries one; they have to be the same for the lock to give the same bytes. */
async function refuseOtherRuntime(lock: Lock): Promise<void> {
  const ours = await runtimeVersion(lock.target.arch);
  if (ours !== lock.runtime) throw new Fault('invalid', `the lock asks for Node.js ${lock.runtime}, this pgark carries ${ours}`, { hint: 'lock the bundle again with this pgark' });
}

async function refuseGaps(lock: Lock, store: Store): Promise<void> {
  const there = await Promise.all(lock.packages.map((item) => store.has(item.digest)));
  const absent = lock.packages.filter((_, place) => !there[place]);
  if (absent.length > 0) throw new Fault('fetch', `${absent.length} packages of the lock are not in the store`, { details: absent.slice(0, 10).map((item) => `${item.name} ${item.version} ${item.arch}`) });
}

function sbomOf(lock: Lock, descriptor: Descriptor, installer: Installer): string {
  const parts = [{ name: 'node', version: lock.runtime, license: 'MIT' }, ...installer.parts];
  return writeSbom(lock, { id: descriptor.id, created: descriptor.created, lock: descriptor.lock, tool: `pgark-${version}`, parts });
}
