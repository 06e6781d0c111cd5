import type { Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { unknownTo, type PgbackrestRepo } from '../../inventory/repository.ts';
import { instanceOf } from '../instance.ts';
import { storeKey } from '../store.ts';

/** A repository that a cluster is backed up to, with all that pgBackRest is told of it. */
export interface Repository {
  /** What pgBackRest calls it: the 1 of `repo1-path`. */
  number: number;
  /** Its entry of `pgbackrest_repo`. */
  name: string;
  /** With underscores and without `repo1-`; `cipher_type` is always there. */
  options: Readonly<Record<string, string | number | boolean>>;
  /** Likewise; `cipher_pass` is there unless it is not encrypted. */
  secrets: Readonly<Record<string, Secret>>;
  /** In a folder of the member itself: each member has its own, and sees no other. */
  isLocal: boolean;
  /** The certificate of its authority, PEM, where the inventory gives one; it lies at the path of `storage_ca_file`. */
  authority?: string;
}

/** The repositories of the cluster of a host, in the order of `pgbackrest_method`. */
export function repositoriesOf(host: Host, inventory: Inventory): readonly Repository[] {
  return namesOf(host).map((name, index) => {
    const { options, secrets, authority } = entryOf(host, name);
    const left = unknownTo(inventory.bundle, entryOf(host, name)).map(({ option }) => option);
    const known = Object.fromEntries(Object.entries(options).filter(([option]) => !left.includes(option)));
    const complete = { ...known, ...(authority !== undefined && { storage_ca_file: `/etc/pgbackrest/${name}-ca.crt` }), cipher_type: options['cipher_type'] ?? 'aes-256-cbc' };
    const given = Object.entries(secrets).flatMap(([option, secret]): [string, Secret][] => (secret === undefined || option === 'cipher_pass' ? [] : [[option, secret]]));
    const own = secrets.s3_key !== undefined && secrets.s3_key_secret === undefined ? storeKey(options['s3_endpoint'], secrets.s3_key.reveal(), inventory) : undefined;
    const passphrase: [string, Secret][] = isEncrypted(host, name) ? [['cipher_pass', secrets.cipher_pass ?? inventory.secret(passphraseOf(host, name))]] : [];
    return { number: index + 1, name, options: complete, secrets: Object.fromEntries([...given, ...(own ? [['s3_key_secret', own] as const] : []), ...passphrase]), isLocal: isLocalIn(options), ...(authority !== undefined && { authority }) };
  });
}

/** The names in the vault of the passphrases that the inventory does not give. */
export const passphrasesOf = (host: Host): string[] => namesOf(host).filter((name) => !hasOwnPassphrase(host, name)).map((name) => passphraseOf(host, name));

/** Whether its passphrase is none of the vault's. */
export const hasOwnPassphrase = (host: Host, name: string): boolean => !isEncrypted(host, name) || entryOf(host, name).secrets.cipher_pass !== undefined;

/** Whether some repository lies on the member itself, so that each member has its own. */
export const hasLocal = (host: Host): boolean => namesOf(host).some((name) => isLocalIn(entryOf(host, name).options));

/** The first one's has the name that it had when there could be only one. */
const passphraseOf = (host: Host, name: string): string => [instanceOf(host).cluster, ...(name === namesOf(host)[0] ? [] : [name]), 'pgbackrest_cipher_pass'].join('.');

const namesOf = ({ vars }: Host): readonly string[] => vars.pgbackrest_method;

const isEncrypted = (host: Host, name: string): boolean => entryOf(host, name).options['cipher_type'] !== 'none';

/** pgbackrest(1), repo-type and repo-host. */
const isLocalIn = (options: PgbackrestRepo['options']): boolean => (options['type'] ?? 'posix') === 'posix' && options['host'] === undefined;

function entryOf({ vars }: Host, name: string): PgbackrestRepo {
  const repo = vars.pgbackrest_repo[name];
  if (repo === undefined) throw new Error(`an inventory that was let through has no pgbackrest_repo.${name}`);
  return repo;
}
