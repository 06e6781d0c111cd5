import { etcdRules } from '../etcd/rules.ts';
import { infraRules } from './rules-infra.ts';
import { minioRules } from '../minio/rules.ts';
import { nodeRules } from '../node/rules.ts';
import { pgsqlRules } from '../pgsql/rules.ts';
import type { Group } from '../rule.ts';

/** The rules of vmalert, a file for each kind of thing that is watched. */
export const ruleFiles: Readonly<Record<string, Group[]>> = {
  node: nodeRules,
  infra: infraRules,
  etcd: etcdRules,
  minio: minioRules,
  pgsql: pgsqlRules,
};
