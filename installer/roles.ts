import { access } from './role/pgsql/access.ts';
import { admin } from './role/node/admin.ts';
import { alert } from './role/infra/alert.ts';
import { backupMetrics } from './role/pgsql/backup-metrics.ts';
import { backup, firstBackup, replicaStanza } from './role/pgsql/backup.ts';
import { blank } from './role/pgsql/blank.ts';
import { certificateExpiry } from './role/node/certificate-expiry.ts';
import { dns } from './role/infra/dns.ts';
import { etcd, etcdMembers } from './role/etcd/etcd.ts';
import { etcdRetired } from './role/etcd/retired.ts';
import { firewall } from './role/node/firewall.ts';
import { haproxy } from './role/node/haproxy.ts';
import { keepalived } from './role/node/keepalived.ts';
import { metrics } from './role/infra/metrics.ts';
import { nodeExporter } from './role/node/node-exporter.ts';
import { minio } from './role/minio/minio.ts';
import { buckets } from './role/minio/buckets.ts';
import { storeClient } from './role/minio/client.ts';
import { node } from './role/node/node.ts';
import { patroni, patroniOfStandbys } from './role/pgsql/patroni.ts';
import { pgExporter, pgbouncerExporter } from './role/pgsql/pg-exporter.ts';
import { pgAnswer, pgService } from './role/pgsql/pg-service.ts';
import { pgbouncer } from './role/pgsql/pgbouncer.ts';
import { portal } from './role/infra/portal.ts';
import { proof } from './role/pgsql/proof.ts';
import { postgres } from './role/pgsql/postgres.ts';
import { repository } from './role/node/repository.ts';
import { resolver } from './role/node/resolver.ts';
import { vipManager } from './role/pgsql/vip-manager.ts';
import type { Role } from './role/role.ts';
import { labels, selinux } from './role/node/selinux.ts';
import { time } from './role/node/time.ts';
import { trust } from './role/node/trust.ts';

/**
 * Every role, in the order in which a deployment is brought about: what others stand on comes first
 * (node, infra, etcd, then PostgreSQL and what stands before it). All hosts finish a role before the next one begins.
 */
export const roles: readonly Role[] = [
  repository,
  node,
  selinux,
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
  etcdMembers,

  // What backups may go to.
  minio,
  buckets,
  storeClient,

  // PostgreSQL. What archives stands before what fills archives; what gives access before what is accessed through it.
  postgres,
  backup,
  blank,
  patroni,
  patroniOfStandbys,
  access,
  firstBackup,
  replicaStanza,
  backupMetrics,
  proof,
  pgbouncer,
  pgExporter,
  pgbouncerExporter,
  pgService,
  // After all that writes services for it.
  haproxy,
  pgAnswer,
  // An address leads to what answers.
  vipManager,
  keepalived,
  etcdRetired,

  labels,
];
