import type { Topology } from './topology.ts';

/** What the wizard asks. Passwords are not among them: they go to the vault, never into the inventory. */
export interface Answers {
  topology: Topology;
  /** Which parts the deployment has. */
  template: 'meta' | 'slim';
  /** The address of the host, under which it is known in the inventory. */
  address: string;
  /** The addresses of the other hosts, in order; none in a topology of one host. */
  nodes: readonly string[];
  /** The user whom ssh logs in as there; empty where there are no others. */
  sshUser: string;
  /** The path of the private key for it; empty for what ssh finds by itself. */
  sshKey: string;
  /** The PostgreSQL major. */
  pg: string;
  tuning: 'oltp' | 'olap' | 'crit' | 'tiny';
  /** Names for CREATE EXTENSION, sorted. */
  extensions: readonly string[];
  database: string;
  user: string;
  /** The name of the portal. */
  domain: string;
  /** The folder under which all data stands. */
  data: string;
}

export type AnswerName = keyof Answers;

/** In the order in which they are asked and reviewed. */
export const answerNames: readonly AnswerName[] = ['topology', 'template', 'address', 'nodes', 'sshUser', 'sshKey', 'pg', 'tuning', 'extensions', 'database', 'user', 'domain', 'data'];

/** Whether a topology leaves an answer open. */
export function isAsked(name: AnswerName, topology: Topology): boolean {
  if (topology === 'single') return !['nodes', 'sshUser', 'sshKey'].includes(name);
  return name !== 'template';
}

export const templates = ['meta', 'slim'] as const;
export const tunings = ['oltp', 'olap', 'crit', 'tiny'] as const;

/** Passwords that one may choose; all others, and those not chosen, are generated. The first stands for the user of the database. */
export const passwordNames = (user: string): string[] => [user, 'pg_admin_password', 'pg_monitor_password', 'pg_replication_password', 'patroni_password', 'etcd_root_password', 'haproxy_admin_password'];
