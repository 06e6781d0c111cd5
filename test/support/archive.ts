import { gzipSync } from 'node:zlib';
import { digestOf } from '../../repo/core/digest.ts';
import { makeKey, openSigner, type Signer } from '../../repo/core/signature.ts';

/** A suite of a small Debian archive. */
export interface MadeSuite {
  suite: string;
  /** What the Release calls itself; the name of the suite when left out. */
  codename?: string;
  /** The suite that the Release names, when it is not where it lies. */
  named?: string;
  /** Milliseconds since the epoch. */
  date: number;
  validUntil?: number;
  /** The text of `main/binary-<arch>/Packages`, by architecture. */
  packages: Record<string, string>;
  /** The component that has them, in the place of `main`, and others that have none. */
  components?: readonly string[];
  byHash?: boolean;
  /** Writes Release and Release.gpg instead of InRelease. */
  detached?: boolean;
  /** Changes the list of files before it is signed. */
  lie?: (listed: Map<string, { size: number; digest: string }>) => void;
}

/** A key made for one test. */
export interface MadeKey {
  signer: Signer;
  fingerprint: string;
  armoured: string;
}

export async function madeKey(name = 'a test archive'): Promise<MadeKey> {
  const { privateKey, publicKey, fingerprint } = await makeKey('ed25519', name);
  return { signer: await openSigner(privateKey), fingerprint, armoured: publicKey };
}

/** A signed archive, by path below its base address. */
export async function makeArchive(suites: readonly MadeSuite[], key: MadeKey, pool: Readonly<Record<string, Uint8Array>> = {}): Promise<Map<string, Buffer>> {
  const files = new Map(Object.entries(pool).map(([path, content]) => [path, Buffer.from(content)]));
  for (const suite of suites) await addSuite(files, suite, key);
  return files;
}

/** A stanza of a Packages index, and the file that it is about. */
export function makePackage(name: string, fields: Readonly<Record<string, string>> = {}, text?: string): { path: string; content: Buffer; stanza: string } {
  const { Version = '1.0', Architecture = 'amd64', ...rest } = fields;
  const content = Buffer.from(text ?? `the file of ${name} ${Version} ${Architecture}\n`);
  const path = `pool/main/${name[0]}/${name}/${name}_${Version.replace(/^\d+:/, '')}_${Architecture}.deb`;
  const all = { Package: name, Version, Architecture, ...rest, Filename: path, Size: String(content.length), SHA256: digestOf(content) };
  return { path, content, stanza: Object.entries(all).map(([field, value]) => `${field}: ${value}\n`).join('') };
}

async function addSuite(files: Map<string, Buffer>, made: MadeSuite, key: MadeKey): Promise<void> {
  const folder = `dists/${made.suite}`;
  const listed = new Map<string, { size: number; digest: string }>();
  for (const [nth, component] of componentsOf(made).entries()) {
    for (const [arch, text] of Object.entries(made.packages)) {
      const plain = Buffer.from(nth === 0 ? text : '');
      const packed = gzipSync(plain);
      const path = `${component}/binary-${arch}/Packages`;
      listed.set(path, { size: plain.length, digest: digestOf(plain) });
      listed.set(`${path}.gz`, { size: packed.length, digest: digestOf(packed) });
      files.set(`${folder}/${path}.gz`, packed);
      if (made.byHash !== false) files.set(`${folder}/${component}/binary-${arch}/by-hash/SHA256/${digestOf(packed)}`, packed);
    }
  }
  made.lie?.(listed);
  await sign(files, folder, releaseOf(made, listed), made, key);
}

const componentsOf = ({ components = ['main'] }: MadeSuite): readonly string[] => components;

function releaseOf(made: MadeSuite, listed: ReadonlyMap<string, { size: number; digest: string }>): string {
  return [
    `Suite: ${made.named ?? made.suite}`,
    `Codename: ${made.codename ?? made.suite}`,
    `Date: ${new Date(made.date).toUTCString()}`,
    ...(made.validUntil === undefined ? [] : [`Valid-Until: ${new Date(made.validUntil).toUTCString()}`]),
    ...(made.byHash === false ? [] : ['Acquire-By-Hash: yes']),
    `Architectures: ${Object.keys(made.packages).join(' ')}`,
    `Components: ${componentsOf(made).join(' ')}`,
    'SHA256:',
    ...[...listed].map(([path, { size, digest }]) => ` ${digest} ${size} ${path}`),
    '',
  ].join('\n');
}

async function sign(files: Map<string, Buffer>, folder: string, release: string, made: MadeSuite, { signer }: MadeKey): Promise<void> {
  // A signature may not be older than the key that makes it.
  const date = new Date();
  if (made.detached) {
    files.set(`${folder}/Release`, Buffer.from(release));
    files.set(`${folder}/Release.gpg`, Buffer.from(await signer.detached(Buffer.from(release), date)));
  } else {
    files.set(`${folder}/InRelease`, Buffer.from(await signer.inline(release, date)));
  }
}
