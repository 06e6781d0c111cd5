import { z } from 'zod';
import { clusterName, domain, port, secret, sequence, username } from './scalar.ts';

const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket: lower-case letters, digits, "-", ".", 3 to 63');

/** MinIO and what goes on with it take no `=` and no `,` in a key, and none that is shorter. */
const accessKey = z.string().regex(/^[\w.@-]{3,128}$/, 'must be an access key: letters, digits, "_", "-", "@", ".", at least 3');

/** A bucket. */
export const Bucket = z.strictObject({
  name: bucketName,
  /** An object that is written over or removed stays as an older version. */
  versioning: z.boolean().default(false),
  /** Nothing is removed before its time; decided when the bucket is made. */
  lock: z.boolean().default(false),
});
export type Bucket = z.output<typeof Bucket>;

/** Who comes in with a key of its own. Left without `secret_key`, one is made and kept in the vault. */
export const S3User = z.strictObject({
  access_key: accessKey,
  secret_key: secret,
  /** A bucket of `minio_buckets`, which it may do everything with, or a policy of the engine (`readonly`). */
  policy: z.string().regex(/^[\w.-]+$/, 'must be the name of a bucket or of a policy').optional(),
});
export type S3User = z.output<typeof S3User>;

const noSpaces = /^\/[^\s'"\\,]*$/;

/** `/data/minio`, `/data{1...4}` */
const disks = z.string().refine((text) => noSpaces.test(text) && !text.split('/').includes('..') && expands(text), 'must be an absolute path without spaces and "..", with one range at most: /data{1...4}');

function expands(text: string): boolean {
  const rest = text.replace(/\{(\d+)\.\.\.(\d+)\}/, (_, from: string, to: string) => (Number(from) < Number(to) ? '' : '{'));
  return !/[{}]/.test(rest);
}

const assignments = z.string().refine((text) => text.split('\n').every((line) => /^\s*(#.*|[A-Z_][A-Z0-9_]*=.*)?$/.test(line)), 'must be lines of NAME=VALUE').refine((text) => !/^\s*(MINIO_ROOT_(USER|PASSWORD)|MINIO_VOLUMES|MINIO_OPTS)=/m.test(text), 'sets what other parameters say: minio_access_key, minio_secret_key, minio_volumes, minio_port');

/** MINIO: an object store that speaks S3, for backups among other things. */
export const minioParameters = {
  minio_seq: sequence.optional(),
  minio_cluster: clusterName.optional(),
  minio_type: z.enum(['silo', 'minio'], 'must be silo or minio; garage, rustfs and seaweedfs are not implemented').prefault('silo'),
  minio_user: username.prefault('minio'),
  minio_https: z.literal(true, 'must be true: keys and what is stored do not travel in clear').prefault(true),
  /** What a member is called by the others, and in its certificate; `<minio_cluster>-<minio_seq>.pigsty` when left out. */
  minio_node: domain.optional(),
  minio_data: disks.prefault('/data/minio'),
  /** Instead of what follows from the members and `minio_data`. */
  minio_volumes: z.string().regex(/^[^'"\\$`\n]+$/, 'must be one line without quotes').optional(),
  /** What clients call the store. */
  minio_domain: domain.prefault('sss.pigsty'),
  minio_port: port.prefault(9000),
  minio_admin_port: port.prefault(9001),
  /** The name of the root user. Its secret is for the installer and for administrators. */
  minio_access_key: accessKey.prefault('minioadmin'),
  minio_secret_key: secret,
  minio_extra_vars: assignments.prefault(''),
  minio_provision: z.boolean().prefault(true),
  /** What the client on infra hosts and members calls the store. */
  minio_alias: z.string().regex(/^[a-zA-Z][\w-]*$/, 'must be a name for the client: letters, digits, "_", "-"').prefault('sss'),
  /** Where that leads, instead of `https://<minio_domain>:<minio_port>`: a load balancer before the members. */
  minio_endpoint: z.string().regex(/^https:\/\/[a-z0-9.-]+(:\d+)?$/i, 'must be like https://sss.example:9002').optional(),
  minio_buckets: z.array(Bucket).prefault([{ name: 'pgsql' }, { name: 'meta', versioning: true }, { name: 'data' }]),
  minio_users: z.array(S3User).prefault([
    { access_key: 'pgbackrest', policy: 'pgsql' },
    { access_key: 's3user_meta', policy: 'meta' },
    { access_key: 's3user_data', policy: 'data' },
  ]),
  /** No command takes a member out. */
  minio_safeguard: z.boolean().prefault(false),
  /** When the store is removed: what it holds is destroyed, instead of kept under another name. */
  minio_rm_data: z.boolean().prefault(false),
  /** Its packages are removed with it. */
  minio_rm_pkg: z.boolean().prefault(false),
};
