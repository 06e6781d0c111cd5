import { z } from 'zod';
import { etcdParameters } from './etcd.ts';
import { connectionParameters, infraParameters, metaParameters } from './infra.ts';
import { minioParameters } from './minio.ts';
import { nodeParameters } from './node.ts';
import { pgsqlParameters } from './pgsql.ts';
import { secret } from './scalar.ts';

/** Every parameter that is implemented, with its default. Names and meanings are those of the Pigsty ecosystem. */
export const parameters = {
  ...metaParameters,
  ...connectionParameters,
  ...infraParameters,
  ...nodeParameters,
  ...etcdParameters,
  ...minioParameters,
  ...pgsqlParameters,
};

export type ParameterName = keyof typeof parameters;

const Effective = z.strictObject(parameters);

/**
 * The effective parameters of one host, placeholders resolved. A secret one is absent unless the inventory gives it:
 * ask `inventory.secret(name)`, which knows both.
 */
export interface Parameters extends z.output<typeof Effective> {
  admin_ip: string;
  nodename: string;
  pg_version: string;
  pg_dbsu_uid: number;
}

export const isParameter = (name: string): name is ParameterName => Object.hasOwn(parameters, name);

/** The default of a parameter as one would write it in an inventory, undefined when it has none. */
export function defaultOf(name: ParameterName): unknown {
  const { def } = parameters[name];
  return def.type === 'prefault' ? (def as { defaultValue: unknown }).defaultValue : undefined;
}

/** The defaults of all parameters, as written in an inventory: placeholders are still in them. */
export const defaults: Readonly<Record<string, unknown>> = Object.fromEntries(
  (Object.keys(parameters) as ParameterName[]).map((name) => [name, defaultOf(name)]).filter(([, value]) => value !== undefined),
);

/** The parameters that hold a password or a key. */
export const secretParameters: readonly ParameterName[] = (Object.keys(parameters) as ParameterName[]).filter((name) => parameters[name] === secret);
