import type { EtcdSight } from './etcd-sight.ts';

/** A network that a host is in, and the interface that leads to it. */
export interface Link {
  /** `eth0` */
  interface: string;
  /** `10.10.10.0/24`; of IPv6 the host's own address stands before the length. */
  network: string;
}

/** What a host is, as probed before anything is decided. */
export interface Facts {
  hostname: string;
  /** `/etc/os-release`: ID, VERSION_ID, VERSION_CODENAME. */
  distro: string;
  release: string;
  codename: string;
  /** uname -m */
  arch: string;
  cpus: number;
  /** MiB. */
  memory: number;
  /** Bytes: the size and the free part of the filesystem that will hold the data. */
  disk: { size: number; free: number };
  addresses: readonly string[];
  links: readonly Link[];
  /** The output of systemd-detect-virt(1) --container, `none` on real and virtual machines. */
  container: string;
  /** `disabled` also where the kernel has none, and in a container that is not shown it. */
  selinux: 'enforcing' | 'permissive' | 'disabled';
  /** Whether bootstrap was run on it, so that it has the repository of a bundle of its own. */
  carries: boolean;
  /** What the PostgreSQL on it is at this moment: `none` also where it does not answer. */
  postgres: 'primary' | 'replica' | 'none';
  /** A restore stands in the middle of replacing its data. */
  restoring?: true;
  /** The etcd on it; absent where there is to be none. */
  etcd?: EtcdSight | undefined;
}
