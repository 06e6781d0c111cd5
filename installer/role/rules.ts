import { etcdRules } from './rules-etcd.ts';
import { infraRules } from './rules-infra.ts';
import { nodeRules } from './rules-node.ts';
import { pgsqlRules } from './rules-pgsql.ts';
import type { Group } from './rule.ts';

/** The rules of vmalert, a file for each kind of thing that is watched. */
export const ruleFiles: Readonly<Record<string, Group[]>> = {
  node: nodeRules,
  infra: infraRules,
  etcd: etcdRules,
  pgsql: pgsqlRules,
};
