/** A member as etcd lists it. */
export interface EtcdMember {
  /** Hexadecimal, as etcdctl writes it. */
  id: string;
  /** Empty until it has started for the first time. */
  name: string;
  /** `https://10.10.10.10:2380` */
  peers: readonly string[];
  clients: readonly string[];
  /** It copies what the others have, and has no vote. */
  isLearner: boolean;
}

/** What the etcd of a host says of itself. */
export interface EtcdStatus {
  id: string;
  /** Whom it takes for the leader; absent where it knows none: then there is no quorum. */
  leader?: string;
  isLearner: boolean;
  version: string;
  /** Bytes. */
  size: number;
  /** How far its log goes, and how far it has carried it out. */
  index: number;
  applied: number;
  /** In its words: `etcdserver: no leader`, `memberID:… alarm:NOSPACE`. */
  errors: readonly string[];
}

/** The etcd of a host, as probed. */
export interface EtcdSight {
  /** `unfinished`: its first start was begun, and has not come to its end. `unknown`: the host could not tell. */
  data: 'none' | 'unfinished' | 'whole' | 'unknown';
  /** Its unit runs, or tries to. */
  isActive: boolean;
  /** Absent where it does not answer. */
  status?: EtcdStatus;
  /** Absent where it cannot tell; from 3.5 on nobody can without a quorum. */
  members?: readonly EtcdMember[];
}
