import { join } from 'node:path';
import { Fault } from '../../repo/core/fault.ts';
import { writeWhole } from '../../repo/core/files.ts';
import type { Secret } from '../../repo/core/secret.ts';
import { answers, issue, makeAuthority, type KeyPair } from './authority.ts';
import type { Certificate, CertificateRequest } from './certificate.ts';
import { look, makeFolders, readIssued, readPair, readPrivate, readSecrets } from './folder.ts';
import { makePassword } from './password.ts';
import { begin, end, readRotations, renderRotations, underWay, type Rotation } from './rotation.ts';
import { custodyOf, readAuthority, signer, type Authority, type Custody } from './signer.ts';

/** The secrets and certificates of one deployment. What it makes is in memory until it is saved. */
export interface Vault {
  /**
   * Makes what is missing: passwords by name, the authority, certificates that are absent, do not fit, or end soon.
   * @throws Fault untrusted when certificates must be issued and the key of the authority is not to be had
   */
  ensure(secrets: Iterable<string>, certificates: Iterable<CertificateRequest>): Promise<void>;
  has(name: string): boolean;
  /** The names of all secrets in it. */
  names(): string[];
  /** Throws an Error (a bug) for a name that was never ensured. */
  secret(name: string): Secret;
  /** Keeps a value that somebody chose. */
  keep(name: string, value: Secret): void;
  /** Gives secrets new values, and keeps the former ones until the rotation is over. Those under way keep what they got. */
  rotate(names: Iterable<string>): void;
  /** What is known of the rotations of a secret. */
  rotation(name: string): Rotation | undefined;
  /** The names of secrets of which some host may still have the former value. */
  underWay(): string[];
  /** Every host has the new values: the former ones are forgotten, and that is saved. */
  settle(): Promise<void>;
  /** Throws an Error (a bug) for a name that was never ensured. */
  certificate(name: string): Certificate;
  /** These certificates are made anew when they are next ensured, however long they still hold. */
  renew(names: Iterable<string>): void;
  /** The certificates that lie in it at this moment, PEM, by name: before anything that was made since. */
  issued(): Promise<ReadonlyMap<string, string>>;
  /** The certificate of the authority, PEM. */
  readonly authority: string;
  readonly custody: Custody;
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
  /** The passphrase of the authority's key; asked for only when something must be signed. */
  passphrase?: () => Promise<Secret>;
  /** For a look: where the key of the authority cannot be used, something stands in for what it would sign. Such a vault cannot be saved. */
  makeshift?: boolean;
  now?: Date;
}

/**
 * Opens the folder of a vault, or an empty one where there is none yet:
 * `secrets.json`, `rotation.json`, `authority.key`, `authority.crt`, `issued/NAME.key`, `issued/NAME.crt`.
 * @throws Fault untrusted when others may read the secrets, or the authority is not sound
 */
export async function openVault(folder: string, options: VaultOptions = {}): Promise<Vault> {
  const now = options.now ?? new Date();
  let seen = await look(folder);
  const secrets = await readSecrets(join(folder, 'secrets.json'));
  const rotations = readRotations(await readPrivate(join(folder, 'rotation.json')), join(folder, 'rotation.json'));
  let authority = await readAuthority(folder, now);
  let signing: KeyPair | undefined;
  const issued = new Map<string, KeyPair>();
  const anew = new Set<string>();
  const unsaved = new Map<string, string>();

  const add = (path: string, content: string): void => void unsaved.set(path, content);
  const keep = (name: string, value: Secret): void => {
    if (secrets.get(name)?.reveal() === value.reveal()) return;
    secrets.set(name, value);
    add('secrets.json', render(secrets));
  };
  const ensureAuthority = async (): Promise<Authority> => {
    if (authority) return authority;
    if (options.makesAuthority === false) throw new Fault('invalid', `${folder}: there is no authority, and ca_create is false`, { hint: `put authority.crt and authority.key into ${folder}` });
    signing = await makeAuthority(options.authorityName ?? 'pgark-ca', now);
    add('authority.key', signing.key.reveal());
    add('authority.crt', signing.certificate);
    return (authority = signing);
  };
  const holds = async (request: CertificateRequest, by: Authority): Promise<boolean> => {
    const present = issued.get(request.name) ?? (await readPair(join(folder, 'issued', safe(request.name))));
    if (anew.has(request.name) || !present || !answers(present, by.certificate, request, now)) return false;
    issued.set(request.name, present);
    return true;
  };
  const make = async (request: CertificateRequest, by: KeyPair): Promise<void> => {
    const made = await issue(by, request, now);
    issued.set(request.name, made);
    anew.delete(request.name);
    add(`issued/${request.name}.key`, made.key.reveal());
    add(`issued/${request.name}.crt`, made.certificate);
  };
  const save = async (): Promise<string[]> => {
    const written = [...unsaved.keys()].sort(formerFirst);
    if (written.length === 0) return [];
    if (signing && signing.certificate !== authority!.certificate) throw new Error('what was made for a look is not kept');
    if ((await look(folder)) !== seen) throw new Fault('invalid', `${folder}: another run has written to it meanwhile`, { hint: 'run the command again; it goes on from what is there now' });
    await makeFolders(folder);
    for (const path of written) await writeWhole(join(folder, path), unsaved.get(path)!, 0o600);
    unsaved.clear();
    seen = await look(folder);
    return written.map((path) => join(folder, path));
  };

  return {
    ensure: async (names, requests) => {
      const by = await ensureAuthority();
      for (const name of names) if (!secrets.has(safe(name))) keep(name, makePassword());
      const wanted = new Map<string, CertificateRequest>();
      for (const request of requests) if (!(await holds(request, by))) wanted.set(request.name, request);
      if (wanted.size === 0) return;
      signing ??= await signer(by, [...wanted.keys()], { folder, now, ...options });
      for (const request of wanted.values()) await make(request, signing);
    },
    has: (name) => secrets.has(name),
    names: () => [...secrets.keys()].sort(),
    secret: (name) => secrets.get(name) ?? missing('secret', name),
    keep: (name, value) => keep(safe(name), value),
    rotate: (names) => {
      for (const name of names) {
        if (!begin(rotations, name, secrets.get(name) ?? missing('secret', name), now)) continue;
        add('rotation.json', renderRotations(rotations));
        keep(name, makePassword());
      }
    },
    rotation: (name) => rotations.get(name),
    underWay: () => underWay(rotations),
    settle: async () => {
      if (end(rotations).length === 0) return;
      add('rotation.json', renderRotations(rotations));
      await save();
    },
    certificate: (name) => ({ ...(issued.get(name) ?? missing('certificate', name)), authority: authority!.certificate }),
    renew: (names) => {
      for (const name of names) anew.add(name);
    },
    issued: () => readIssued(folder),
    get authority() {
      return authority?.certificate ?? missing('certificate', 'authority');
    },
    get custody() {
      return authority ? custodyOf(authority) : 'open';
    },
    save,
  };
}

/** A former value is never lost: it is on disk before the new one takes its place. The key of an authority is there before its certificate. */
const formerFirst = (a: string, b: string): number => Number(b === 'rotation.json') - Number(a === 'rotation.json');

const render = (secrets: ReadonlyMap<string, Secret>): string =>
  `${JSON.stringify(Object.fromEntries([...secrets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, secret]) => [name, secret.reveal()])), null, 2)}\n`;

/** Names become names of files. */
function safe(name: string): string {
  if (!/^[a-zA-Z0-9][\w.@-]*$/.test(name)) throw new Error(`not a name for the vault: ${JSON.stringify(name)}`);
  return name;
}

function missing(kind: string, name: string): never {
  throw new Error(`the vault holds no ${kind} "${name}": its role does not list it`);
}
