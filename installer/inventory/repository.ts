import { isIP } from 'node:net';
import { z } from 'zod';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { spell } from '../../repo/core/document.ts';
import type { Draft } from './draft.ts';
import type { Inventory } from './inventory.ts';
import { secret } from './scalar.ts';

/** Repositories of pgBackRest (pgbackrest(1), "Repository Options"): which options there are, what they take, and what belongs together. */

const text = z.string().min(1, 'must not be empty').regex(/^[^\n\r]*$/, 'must be one line');
const folder = text.regex(/^\//, 'must be an absolute path');
// The reference writes y and n, which are texts in YAML 1.2.
const flag = z.union([z.boolean(), z.enum(['y', 'n'])], 'must be true or false').transform((value) => value === true || value === 'y');
const count = (most: number) => z.int('must be a whole number').min(1, 'must be 1 or more').max(most, `must be ${most} at most`);
const bytes = z.union([z.int().min(1), z.string().regex(/^\d+([kmgtp]i?)?b?$/i, 'must be a size: 128MiB')], 'must be a size: 128MiB');
const port = count(65_535);
const oneOf = <const T extends readonly string[]>(...words: T) => z.enum(words, `must be one of ${words.join(', ')}`);

const plainOptions = {
  type: oneOf('posix', 'cifs', 's3', 'azure', 'gcs', 'sftp'),
  path: folder,
  host: text, host_user: text, host_port: port, host_type: oneOf('ssh', 'tls'), host_cmd: folder, host_config: folder, host_config_path: folder,
  host_ca_file: folder, host_ca_path: folder, host_cert_file: folder, host_key_file: folder,
  s3_endpoint: text, s3_bucket: text, s3_region: text, s3_uri_style: oneOf('host', 'path'), s3_key_type: oneOf('shared', 'auto', 'web-id'), s3_role: text, s3_kms_key_id: text, s3_requester_pays: flag,
  azure_account: text, azure_container: text, azure_endpoint: text, azure_key_type: oneOf('shared', 'sas', 'auto'), azure_uri_style: oneOf('host', 'path'),
  gcs_bucket: text, gcs_endpoint: text, gcs_key_type: oneOf('auto', 'service', 'token'), gcs_user_project: text,
  sftp_host: text, sftp_host_port: port, sftp_host_user: text, sftp_private_key_file: folder, sftp_public_key_file: folder, sftp_known_host: folder,
  sftp_host_key_hash_type: oneOf('md5', 'sha1', 'sha256'), sftp_host_key_check_type: oneOf('accept-new', 'fingerprint', 'strict'), sftp_host_fingerprint: text,
  storage_host: text, storage_port: port, storage_ca_file: folder, storage_ca_path: folder, storage_verify_tls: flag, storage_upload_chunk_size: bytes,
  bundle: flag, bundle_size: bytes, bundle_limit: bytes, block: flag, hardlink: flag,
  retention_full_type: oneOf('count', 'time'), retention_full: count(9_999_999), retention_diff: count(9_999_999),
  retention_archive_type: oneOf('full', 'diff', 'incr'), retention_archive: count(9_999_999), retention_history: z.int().min(0).max(9_999_999),
  cipher_type: oneOf('none', 'aes-256-cbc'),
} as const;

const secretOptions = { s3_key: secret, s3_key_secret: secret, s3_token: secret, s3_sse_customer_key: secret, azure_key: secret, gcs_key: secret, sftp_private_key_passphrase: secret, cipher_pass: secret } as const;

const certificate = z.string().regex(/^\s*-----BEGIN CERTIFICATE-----\n[\s\S]+-----END CERTIFICATE-----\s*$/, 'must be a certificate in PEM');

const optional = Object.fromEntries(Object.entries(plainOptions).map(([name, schema]) => [name, schema.optional()])) as { [K in keyof typeof plainOptions]: z.ZodOptional<(typeof plainOptions)[K]> };

const Entry = z.strictObject({ ...optional, ...secretOptions, storage_ca: certificate.optional() });
type Entry = z.output<typeof Entry>;

/** An entry of `pgbackrest_repo`: its options with underscores and without `repo1-`, those that are secret apart. */
export const PgbackrestRepo = Entry.superRefine((entry, context) => {
  for (const message of flawsIn(entry)) context.addIssue({ code: 'custom', message });
}).transform((entry) => ({
  options: pick(entry, plainOptions) as Readonly<Record<string, string | number | boolean>>,
  secrets: pick(entry, secretOptions),
  /** The certificate of a foreign authority. */
  ...(entry.storage_ca !== undefined && { authority: entry.storage_ca }),
}));
export type PgbackrestRepo = z.output<typeof PgbackrestRepo>;

/** Names of `pgbackrest_repo`, one or several. pgBackRest numbers repositories from 1 to 256. */
export const RepoNames = z
  .union([z.string(), z.array(z.string()).min(1).max(256)], 'must be a name of pgbackrest_repo, or a list of them')
  .transform((names): readonly string[] => [names].flat())
  .refine((names) => new Set(names).size === names.length, 'names a repository twice');

/** Where a repository lies: two of one place would destroy each other. */
export function placeOf({ options }: PgbackrestRepo): string {
  const { type = 'posix' } = options;
  return [type, options['host'], options['s3_endpoint'], options['s3_bucket'], options['azure_account'], options['azure_container'], options['gcs_bucket'], options['sftp_host'], options['path'] ?? '/var/lib/pgbackrest'].filter((part) => part !== undefined).join(' ');
}

/** Options that the pgBackRest of a bundle does not know and that are left out there, since they only save room; with the first version that has them. */
export function unknownTo({ roots }: Pick<Descriptor, 'roots'>, { options }: PgbackrestRepo): readonly { option: string; since: string; version: string }[] {
  const version = roots.find(({ name }) => name === 'pgbackrest')?.version;
  if (version === undefined) return [];
  return Object.entries(since).flatMap(([option, first]) => (options[option] !== undefined && isBefore(version, first) ? [{ option, since: first, version }] : []));
}

const since: Readonly<Record<string, string>> = { block: '2.46', storage_upload_chunk_size: '2.46', s3_requester_pays: '2.55', gcs_user_project: '2.55' };

/** `2.45-1` is before `2.46`; `1:2.55.1-1` is not. */
function isBefore(version: string, first: string): boolean {
  const figures = (written: string): number[] => /^(?:\d+:)?(\d+)\.(\d+)/.exec(written)?.slice(1).map(Number) ?? [];
  const [major = 0, minor = 0] = figures(version);
  const [wantedMajor = 0, wantedMinor = 0] = figures(first);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

function flawsIn(entry: Entry): string[] {
  const type = entry.type ?? 'posix';
  const has = (name: string): boolean => (entry as Record<string, unknown>)[name] !== undefined;
  const missing = neededBy(type, entry).filter((name) => !has(name));
  const foreign = Object.keys(prefixes).filter((kind) => kind !== type).flatMap((kind) => Object.keys(entry).filter((name) => has(name) && name.startsWith(prefixes[kind]!)));
  return [
    ...(missing.length > 0 ? [`a repository of type ${type} needs ${missing.join(', ')}`] : []),
    ...(foreign.length > 0 ? [`${foreign.join(', ')}: not of a repository of type ${type}; say ${Object.keys(prefixes).find((kind) => foreign[0]!.startsWith(prefixes[kind]!)) ?? type} in "type"`] : []),
    ...(entry.retention_full_type === 'time' && !has('retention_full') ? ['retention_full_type: time needs retention_full, a number of days'] : []),
    ...(entry.block === true && entry.bundle !== true ? ['block needs bundle: true'] : []),
    ...(entry.cipher_type === 'none' && has('cipher_pass') ? ['cipher_pass is given, and cipher_type is none'] : []),
    ...(entry.storage_verify_tls === false ? ['storage_verify_tls: false would send backups to whoever answers; storage_ca takes the certificate of an authority of your own'] : []),
    ...(isIP(entry.s3_endpoint ?? '') > 0 ? ['s3_endpoint must be a name: pgBackRest finds no address in a certificate; node_etc_hosts makes a name known'] : []),
    ...(has('storage_ca') && has('storage_ca_file') ? ['storage_ca and storage_ca_file are both given; say one of them'] : []),
  ];
}

const prefixes: Readonly<Record<string, string>> = { s3: 's3_', azure: 'azure_', gcs: 'gcs_', sftp: 'sftp_' };

function neededBy(type: NonNullable<Entry['type']>, entry: Entry): readonly string[] {
  switch (type) {
    case 's3':
      return ['s3_endpoint', 's3_bucket', 's3_region', ...((entry.s3_key_type ?? 'shared') === 'shared' ? ['s3_key'] : [])];
    case 'azure':
      return ['azure_account', 'azure_container', ...(entry.azure_key_type === 'auto' ? [] : ['azure_key'])];
    case 'gcs':
      return ['gcs_bucket', ...(entry.gcs_key_type === 'auto' ? [] : ['gcs_key'])];
    case 'sftp':
      return ['sftp_host', 'sftp_host_user', 'sftp_private_key_file', 'sftp_host_key_hash_type'];
    case 'posix':
    case 'cifs':
      return [];
  }
}

/** Those of an entry that a table names, in the order of the schema. */
const pick = <T extends object, K extends string>(entry: T, table: Readonly<Record<K, unknown>>): { [P in K & keyof T]?: T[P] } =>
  Object.fromEntries(Object.entries(entry).filter(([name, value]) => name in table && value !== undefined)) as { [P in K & keyof T]?: T[P] };

/** Of repositories that are used together, those that lie where an earlier one does. */
export function sharedPlaces(names: readonly string[], entries: Readonly<Record<string, unknown>>): [name: string, other: string][] {
  const places = names.flatMap((name) => {
    const { success, data } = PgbackrestRepo.safeParse(entries[name]);
    return success ? [{ name, place: placeOf(data) }] : [];
  });
  return places.flatMap(({ name, place }, index): [string, string][] => {
    const other = places.slice(0, index).find((each) => each.place === place);
    return other ? [[name, other.name]] : [];
  });
}

/** What of its repositories is left out with this bundle, each a warning with its place. */
export function gapsInRepositories(draft: Draft, { hosts, bundle }: Pick<Inventory, 'hosts' | 'bundle'>): string[] {
  const gaps = hosts.filter(({ vars }) => vars.pg_cluster !== undefined && vars.pgbackrest_enabled).flatMap(({ address, vars }) => {
    const path = draft.hosts.find((each) => each.address === address)?.origin.get('pgbackrest_repo');
    const lacks = vars.pgbackrest_method.flatMap((name) => unknownTo(bundle, vars.pgbackrest_repo[name]!).map((each) => ({ name, ...each })));
    return path ? lacks.map(({ name, option, since: first, version }) => ({ place: draft.document.keyAt([...path, name, option]), message: `pgbackrest_repo.${name}.${option} is there from pgBackRest ${first} on, and ${bundle.id} holds ${version}: it is left out` })) : [];
  });
  return [...new Set(gaps.map(spell))];
}
