/** How the cluster is set for a series of drills, and what is promised for it; seconds without a write. */
export interface DrillPlan {
  name: string;
  /** Lines of the inventory, below the cluster. */
  vars: readonly string[];
  /** Words of the drills, in their order. */
  drills: readonly string[];
  most?: number;
  median?: number;
  /** Whether a commit waits for a replica: then none is ever lost. */
  waits?: boolean;
}

const crashes = ['of the postmaster', 'all of postgres', 'of Patroni'];
const losses = ["power-off of the primary's", 'network cut', 'etcd leader'];
const orders = ['switchover', 'rolling restart'];

export const plans: readonly DrillPlan[] = [
  { name: 'norm', vars: ['pg_rto: norm'], drills: [...crashes, ...losses, ...orders], most: 45, median: 30 },
  { name: 'fast', vars: ['pg_rto: fast'], drills: ['of the postmaster', ...losses, 'switchover'], most: 30 },
  { name: 'rapid', vars: ['pg_rto: rapid'], drills: ['of the postmaster', 'of Patroni', ...losses, 'switchover'], median: 15 },
  { name: 'waiting for a replica', vars: ['pg_rto: fast', 'pg_rpo: 0'], drills: ['all of postgres', ...losses, 'switchover'], waits: true },
];
