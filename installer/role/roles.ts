import type { Role } from './role.ts';

/**
 * Every role, in the order in which a deployment is brought about: what others stand on comes first
 * (node, infra, etcd, then PostgreSQL and what stands before it). All hosts finish a role before the next one begins.
 */
export const roles: readonly Role[] = [];
