/** What the wizard asks. Passwords are not among them: they go to the vault, never into the inventory. */
export interface Answers {
  topology: 'single';
  /** Which parts the deployment has. */
  template: 'meta' | 'slim';
  /** The address of the host, under which it is known in the inventory. */
  address: string;
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
export const answerNames: readonly AnswerName[] = ['topology', 'template', 'address', 'pg', 'tuning', 'extensions', 'database', 'user', 'domain', 'data'];

export const templates = ['meta', 'slim'] as const;
export const topologies = ['single'] as const;
export const tunings = ['oltp', 'olap', 'crit', 'tiny'] as const;

/** Passwords that one may choose; all others, and those not chosen, are generated. The first stands for the user of the database. */
export const passwordNames = (user: string): string[] => [user, 'pg_admin_password', 'pg_monitor_password', 'pg_replication_password', 'patroni_password', 'etcd_root_password', 'haproxy_admin_password'];
