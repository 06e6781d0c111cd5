import { z } from 'zod';
import { clusterName, path, port, secret, sequence } from './scalar.ts';

/** ETCD: TLS and client certificates are not parameters; they are always on. */
export const etcdParameters = {
  etcd_seq: sequence.optional(),
  etcd_cluster: clusterName.prefault('etcd'),
  etcd_data: path.prefault('/data/etcd'),
  etcd_port: port.prefault(2379),
  etcd_peer_port: port.prefault(2380),
  /** `existing`: no etcd is ever begun anew from this inventory. */
  etcd_init: z.enum(['new', 'existing']).prefault('new'),
  /** Milliseconds. */
  etcd_election_timeout: z.int().min(100).max(50_000).prefault(1000),
  /** Milliseconds. */
  etcd_heartbeat_interval: z.int().min(10).max(5_000).prefault(100),
  etcd_root_password: secret,
  /** No member is taken out by `pgark etcd remove`. */
  etcd_safeguard: z.boolean().prefault(false),
  /** Whether the data of a member that is taken out goes with it, or is set aside. */
  etcd_rm_data: z.boolean().prefault(true),
};
