import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { digestOf, type Digest } from '../core/digest.ts';
import { readDocument } from '../core/document.ts';
import { Fault } from '../core/fault.ts';
import { readKeys, verifyDetached, type Fingerprint } from '../core/signature.ts';
import { Descriptor } from './descriptor.ts';
import { members } from './paths.ts';
import { readContent, readMembers, type ReadMember } from './read.ts';
import { readSums } from './sums.ts';
import { inMemberOrder, isContained } from './tree.ts';

/** The head of a bundle: what it is, who signed it, and the digest of every file that must follow. */
export interface BundleHead {
  descriptor: Descriptor;
  signer: Fingerprint;
  /** When it was signed. */
  date: Date;
  sums: ReadonlyMap<string, Digest>;
  /** The public key inside, of the signer, in binary form. */
  keyring: Uint8Array;
}

/** A bundle of which every byte has been checked. */
export interface OpenedBundle extends BundleHead {
  files: ReadonlyMap<string, { digest: Digest; size: number }>;
  /** Where in the file the content of each begins, those of the head excepted. */
  places: ReadonlyMap<string, number>;
  /** The contents that were asked for. */
  kept: ReadonlyMap<string, Buffer>;
}

/**
 * Reads and checks a whole bundle in one pass: the signature over the list of digests against the fingerprint, then the
 * digest, the place and the form of every member.
 * @throws Fault untrusted with everything that is wrong, invalid when the file cannot be read to its end
 */
export async function openBundle(path: string, fingerprint: Fingerprint, keep: (path: string) => boolean): Promise<OpenedBundle> {
  const reading = readMembers(path);
  try {
    return await checkAll(reading, path, fingerprint, keep);
  } finally {
    await reading.return(undefined);
  }
}

/**
 * Reads the head alone and checks it against the key inside: enough to say what a bundle claims to be and whose key signed
 * it, not enough to trust it.
 */
export async function peekBundle(path: string): Promise<BundleHead> {
  const reading = readMembers(path);
  try {
    return await checkHead((await readHead(reading, path)).raw, undefined, path);
  } finally {
    await reading.return(undefined);
  }
}

async function checkAll(reading: AsyncGenerator<ReadMember>, path: string, fingerprint: Fingerprint, keep: (path: string) => boolean): Promise<OpenedBundle> {
  const { raw, id } = await readHead(reading, path);
  const head = await checkHead(raw, [fingerprint], path);
  const files = new Map([...raw].map(([name, content]) => [name, { digest: digestOf(content), size: content.length }]));
  const kept = new Map<string, Buffer>([...raw].filter(([name]) => keep(name)));
  const places = new Map<string, number>();
  for await (const member of reading) {
    const name = placeOf(member, id, path);
    if (files.has(name)) throw new Fault('untrusted', `${path} holds ${name} twice`);
    if (!head.sums.has(name)) throw new Fault('untrusted', `${path} holds ${name}, which the signed list does not name`);
    places.set(name, member.at);
    files.set(name, await digestMember(member, keep(name) ? (content) => kept.set(name, content) : undefined));
  }
  const problems = [...compareSums(head.sums, files), ...compareOrder([...files.keys()]), ...compareName(head.descriptor, id)];
  if (problems.length > 0) throw new Fault('untrusted', `${path} is not what was signed`, { details: problems });
  return { ...head, files, places, kept };
}

const headMembers = [members.sums, members.signature, members.descriptor, members.keyring] as const;

type Head = Map<string, Buffer>;

async function readHead(reading: AsyncGenerator<ReadMember>, path: string): Promise<{ raw: Head; id: string }> {
  const raw: Head = new Map();
  let id: string | undefined;
  for (const name of headMembers) {
    const { value: member } = (await reading.next()) as { value: ReadMember | undefined };
    if (!member) throw new Fault('invalid', `${path} is no bundle: ${name} is missing`);
    id ??= member.path.split('/', 1)[0]!;
    if (placeOf(member, id, path) !== name) throw new Fault('untrusted', `${path}: ${JSON.stringify(member.path)} stands where ${name} must stand`);
    raw.set(name, await readContent(member, 64 << 20));
  }
  return { raw, id: id! };
}

async function checkHead(raw: Head, trusted: readonly Fingerprint[] | undefined, path: string): Promise<BundleHead> {
  const [sumsText, signature, descriptorText, keyring] = headMembers.map((name) => raw.get(name)!) as [Buffer, Buffer, Buffer, Buffer];
  const keys = await readKeys([keyring], trusted ?? [readDescriptor(descriptorText, path).signer], path);
  const { signer, date } = await verifyDetached(sumsText, signature, keys, `${path}: ${members.sums}`);
  const sums = readSums(sumsText.toString('utf8'), `${path}: ${members.sums}`);
  for (const [name, content] of [[members.descriptor, descriptorText], [members.keyring, keyring]] as const) {
    if (sums.get(name) !== digestOf(content)) throw new Fault('untrusted', `${path} is not what was signed`, { details: [describeDigest(name)] });
  }
  const descriptor = readDescriptor(descriptorText, path);
  if (descriptor.signer !== signer) throw new Fault('untrusted', `${path}: ${members.descriptor} names the signer ${descriptor.signer}, the signature is by ${signer}`);
  return { descriptor, signer, date, sums, keyring };
}

const readDescriptor = (text: Buffer, path: string): Descriptor => readDocument(Descriptor, text.toString('utf8'), `${basename(path)}/${members.descriptor}`);

/** The path of a member below the bundle's folder. */
function placeOf(member: ReadMember, id: string, path: string): string {
  const name = member.path.slice(id.length + 1);
  if (!member.path.startsWith(`${id}/`) || !isContained(member.path)) throw new Fault('untrusted', `${path} holds ${JSON.stringify(member.path)}, which does not stay inside ${id}/`);
  return name;
}

async function digestMember(member: ReadMember, keep?: (content: Buffer) => void): Promise<{ digest: Digest; size: number }> {
  if (keep) {
    const content = await readContent(member);
    keep(content);
    return { digest: digestOf(content), size: content.length };
  }
  const hash = createHash('sha256');
  for await (const chunk of member.content()) hash.update(chunk);
  return { digest: hash.digest('hex'), size: member.size };
}

function compareSums(sums: ReadonlyMap<string, Digest>, files: ReadonlyMap<string, { digest: Digest }>): string[] {
  return [...sums].flatMap(([name, digest]) => {
    const file = files.get(name);
    if (!file) return [`${name}: is missing`];
    return file.digest === digest ? [] : [describeDigest(name)];
  });
}

function compareOrder(names: readonly string[]): string[] {
  const wanted = inMemberOrder(names);
  const index = names.findIndex((name, at) => name !== wanted[at]);
  return index < 0 ? [] : [`${names[index]}: stands where ${wanted[index]} must stand`];
}

function compareName(descriptor: Descriptor, id: string): string[] {
  return descriptor.id === id ? [] : [`${members.descriptor}: is about ${descriptor.id}, the folder is ${id}`];
}

const describeDigest = (name: string): string => `${name}: its SHA-256 differs from the signed one`;
