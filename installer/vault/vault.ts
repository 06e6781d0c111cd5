import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../repo/core/digest.ts';
import { Fault } from '../../repo/core/fault.ts';
import { exists, writeWhole } from '../../repo/core/files.ts';
import { Secret } from '../../repo/core/secret.ts';
import { answers, checkAuthority, issue, makeAuthority, type KeyPair } from './authority.ts';
import type { Certificate, CertificateRequest } from './certificate.ts';
import { makePassword } from './password.ts';

/** The secrets and certificates of one deployment. What it makes is in memory until it is saved. */
export interface Vault {
  /** Makes what is missing: passwords by name, the authority, certificates that are absent, do not fit, or end soon. */
  ensure(secrets: Iterable<string>, certificates: Iterable<CertificateRequest>): Promise<void>;
  has(name: string): boolean;
  /** Throws an Error (a bug) for a name that was never ensured. */
  secret(name: string): Secret;
  /** Keeps a value that somebody chose. */
  keep(name: string, value: Secret): void;
  /** Throws an Error (a bug) for a name that was never ensured. */
  certificate(name: string): Certificate;
  /** The certificate of the authority, PEM. */
  readonly authority: string;
  /**
   * Writes what is new, each file whole, readable by the owner only. Answers with the paths written.
   * @throws Fault invalid when somebody else has written since it was opened: an authority or a passphrase is never replaced
   */
  save(): Promise<string[]>;
}

export interface VaultOptions {
  /** The common name of an authority that has to be made. */
  authorityName?: string;
  /** Whether a missing authority is made; otherwise it has to be put there. */
  makesAuthority?: boolean;
  now?: Date;
}

/**
 * Opens the folder of a vault, or an empty one where there is none yet:
 * `secrets.json`, `authority.key`, `authority.crt`, `issued/NAME.key`, `issued/NAME.crt`.
 * @throws Fault untrusted when others may read the secrets, or the authority is not sound
 */
export async function openVault(folder: string, options: VaultOptions = {}): Promise<Vault> {
  const now = options.now ?? new Date();
  let seen = await look(folder);
  const secrets = await readSecrets(join(folder, 'secrets.json'));
  let authority = await readAuthority(folder, now);
  const issued = new Map<string, KeyPair>();
  const unsaved = new Map<string, string>();

  const add = (path: string, content: string): void => void unsaved.set(join(folder, path), content);
  const keep = (name: string, value: Secret): void => {
    if (secrets.get(name)?.reveal() === value.reveal()) return;
    secrets.set(name, value);
    add('secrets.json', render(secrets));
  };
  const ensureAuthority = async (): Promise<KeyPair> => {
    if (authority) return authority;
    if (options.makesAuthority === false) throw new Fault('invalid', `${folder}: there is no authority, and ca_create is false`, { hint: `put authority.crt and authority.key into ${folder}` });
    authority = await makeAuthority(options.authorityName ?? 'pgark-ca', now);
    add('authority.key', authority.key.reveal());
    add('authority.crt', authority.certificate);
    return authority;
  };
  const ensureCertificate = async (request: CertificateRequest): Promise<void> => {
    const by = await ensureAuthority();
    const present = issued.get(request.name) ?? (await readPair(join(folder, 'issued', safe(request.name))));
    if (present && answers(present, by, request, now)) return void issued.set(request.name, present);
    const made = await issue(by, request, now);
    issued.set(request.name, made);
    add(`issued/${request.name}.key`, made.key.reveal());
    add(`issued/${request.name}.crt`, made.certificate);
  };

  return {
    ensure: async (names, requests) => {
      await ensureAuthority();
      for (const name of names) if (!secrets.has(safe(name))) keep(name, makePassword());
      for (const request of requests) await ensureCertificate(request);
    },
    has: (name) => secrets.has(name),
    secret: (name) => secrets.get(name) ?? missing('secret', name),
    keep: (name, value) => keep(safe(name), value),
    certificate: (name) => ({ ...(issued.get(name) ?? missing('certificate', name)), authority: authority!.certificate }),
    get authority() {
      return authority?.certificate ?? missing('certificate', 'authority');
    },
    save: async () => {
      const written = [...unsaved.keys()];
      if (written.length === 0) return written;
      if ((await look(folder)) !== seen) throw new Fault('invalid', `${folder}: another run has written to it meanwhile`, { hint: 'run the command again; it goes on from what is there now' });
      await makeFolders(folder);
      for (const [path, content] of unsaved) await writeWhole(path, content, 0o600);
      unsaved.clear();
      seen = await look(folder);
      return written;
    },
  };
}

/** What tells one state of a vault from another: the files that everything else stands on. */
async function look(folder: string): Promise<string> {
  const texts = await Promise.all(['secrets.json', 'authority.key', 'authority.crt'].map((name) => readOptional(join(folder, name))));
  return digestOf(JSON.stringify(texts.map((text) => text ?? null)));
}

async function makeFolders(folder: string): Promise<void> {
  for (const each of [folder, join(folder, 'issued')]) {
    await mkdir(each, { recursive: true, mode: 0o700 });
    await chmod(each, 0o700);
  }
}

const render = (secrets: ReadonlyMap<string, Secret>): string =>
  `${JSON.stringify(Object.fromEntries([...secrets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, secret]) => [name, secret.reveal()])), null, 2)}\n`;

async function readSecrets(path: string): Promise<Map<string, Secret>> {
  const text = await readPrivate(path);
  if (text === undefined) return new Map();
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
    if (entries.every(([, value]) => typeof value === 'string')) return new Map(entries.map(([name, value]) => [name, new Secret(value as string)]));
  } catch {
    // The parser's message would quote a part of the file.
  }
  throw new Fault('invalid', `${path}: is not a JSON object of strings`, { hint: 'restore it from a backup; the passwords of the running deployment are in it' });
}

async function readAuthority(folder: string, now: Date): Promise<KeyPair | undefined> {
  const pair = await readPair(join(folder, 'authority'));
  // The key is written first; a certificate alone is therefore not a half-done write, and must not be replaced.
  if (!pair && (await exists(join(folder, 'authority.crt')))) {
    throw new Fault('untrusted', `${folder}: the certificate of the authority is there, its key is not`, { hint: `put authority.key into ${folder}` });
  }
  if (pair) checkAuthority(pair, now, join(folder, 'authority.crt'));
  return pair;
}

/** The certificate and key under `path`; undefined unless both are there. */
async function readPair(path: string): Promise<KeyPair | undefined> {
  const key = await readPrivate(`${path}.key`);
  const certificate = await readOptional(`${path}.crt`);
  return key !== undefined && certificate !== undefined ? { key: new Secret(key), certificate } : undefined;
}

async function readPrivate(path: string): Promise<string | undefined> {
  const text = await readOptional(path);
  if (text !== undefined && ((await stat(path)).mode & 0o077) !== 0) {
    throw new Fault('untrusted', `${path}: can be read by others than its owner`, { hint: `chmod 600 ${path}` });
  }
  return text;
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EACCES') throw new Fault('invalid', `${path}: permission denied`, { hint: 'the vault belongs to root' });
    throw error;
  }
}

/** Names become names of files. */
function safe(name: string): string {
  if (!/^[a-zA-Z0-9][\w.@-]*$/.test(name)) throw new Error(`not a name for the vault: ${JSON.stringify(name)}`);
  return name;
}

function missing(kind: string, name: string): never {
  throw new Error(`the vault holds no ${kind} "${name}": its role does not list it`);
}
