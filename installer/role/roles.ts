import { access } from './access.ts';
import { admin } from './admin.ts';
import { alert } from './alert.ts';
import { backupMetrics } from './backup-metrics.ts';
import { backup, firstBackup } from './backup.ts';
import { certificateExpiry } from './certificate-expiry.ts';
import { dns } from './dns.ts';
import { etcd } from './etcd.ts';
import { firewall } from './firewall.ts';
import { haproxy } from './haproxy.ts';
import { metrics } from './metrics.ts';
import { nodeExporter } from './node-exporter.ts';
import { node } from './node.ts';
import { patroni } from './patroni.ts';
import { pgExporter, pgbouncerExporter } from './pg-exporter.ts';
import { pgAnswer, pgService } from './pg-service.ts';
import { pgbouncer } from './pgbouncer.ts';
import { portal } from './portal.ts';
import { postgres } from './postgres.ts';
import { resolver } from './resolver.ts';
import type { Role } from './role.ts';
import { time } from './time.ts';
import { trust } from './trust.ts';

/**
 * Every role, in the order in which a deployment is brought about: what others stand on comes first
 * (node, infra, etcd, then PostgreSQL and what stands before it). All hosts finish a role before the next one begins.
 */
export const roles: readonly Role[] = [
  node,
  admin,
  firewall,
  trust,
  time,
  nodeExporter,
  certificateExpiry,

  portal,
  dns,
  resolver,
  metrics,
  alert,

  etcd,

  // PostgreSQL. What archives stands before what fills archives; what gives access before what is accessed through it.
  postgres,
  backup,
  patroni,
  access,
  firstBackup,
  backupMetrics,
  pgbouncer,
  pgExporter,
  pgbouncerExporter,
  pgService,
  // After all that writes services for it.
  haproxy,
  pgAnswer,
];
