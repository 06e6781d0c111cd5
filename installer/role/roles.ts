import { access } from './access.ts';
import { backup, firstBackup } from './backup.ts';
import { patroni } from './patroni.ts';
import { pgExporter, pgbouncerExporter } from './pg-exporter.ts';
import { pgAnswer, pgService } from './pg-service.ts';
import { pgbouncer } from './pgbouncer.ts';
import { postgres } from './postgres.ts';
import type { Role } from './role.ts';

/**
 * Every role, in the order in which a deployment is brought about: what others stand on comes first
 * (node, infra, etcd, then PostgreSQL and what stands before it). All hosts finish a role before the next one begins.
 */
export const roles: readonly Role[] = [
  // PostgreSQL. What archives stands before what fills archives; what gives access before what is accessed through it.
  postgres,
  backup,
  patroni,
  access,
  firstBackup,
  pgbouncer,
  pgExporter,
  pgbouncerExporter,
  pgService,
  // HAProxy stands here, after all that writes services for it.
  pgAnswer,
];
