import { raise, type Host, type HostGround } from '../../vagrant/host.ts';
import type { Built } from '../../vagrant/bundle.ts';
import { bootstrap } from './deploy.ts';

export interface ClusterWanted {
  /** Of the hosts, with a number behind it: `trio-1`. */
  name: string;
  ground: HostGround;
  count: number;
  /** The third part of 10.10.N.0/24, or of fd00:10:N::/64, which is theirs alone. */
  network: number;
  /** 6 for hosts that have addresses of IPv6 and no others. */
  family?: 4 | 6;
}

/** Hosts on one bridge without a way out. The first is the admin node: it has the bundle, and a key that opens the others. */
export interface Cluster {
  hosts: readonly Host[];
  admin: Host;
  addresses: readonly string[];
  discard(): Promise<void>;
}

export async function raiseCluster({ name, ground, count, network, family = 4 }: ClusterWanted, bundle: Built): Promise<Cluster> {
  const subnet = family === 6 ? { start: `fd00:10:${network}::`, prefix: 64 } : { start: `10.10.${network}.`, prefix: 24 };
  const addresses = Array.from({ length: count }, (_, index) => `${subnet.start}${11 + index}`);
  const hosts: Host[] = [];
  for (const [index, address] of addresses.entries()) hosts.push(await raise({ name: `${name}-${index + 1}`, ...ground, network: { bridge: `pgark-${name}`, address: `${address}/${subnet.prefix}` } }));
  const [admin, ...others] = hosts as [Host, ...Host[]];
  await bootstrap(bundle, admin);
  await admin.must('mkdir -p -m 700 /root/.ssh && ssh-keygen -q -t ed25519 -N "" -f /root/.ssh/id_ed25519');
  const key = await admin.must(['cat', '/root/.ssh/id_ed25519.pub']);
  for (const host of others) await host.must('mkdir -p -m 700 /root/.ssh; cat >> /root/.ssh/authorized_keys; systemctl enable --now ssh || systemctl enable --now sshd', { stdin: key });
  return {
    hosts,
    admin,
    addresses,
    // One by one: the last of them takes the bridge away.
    discard: async () => {
      for (const host of hosts) await host.destroy();
    },
  };
}

/** A cluster with a member and an etcd on every host; the first is the admin node. */
export function trioInventory(addresses: readonly string[], ...vars: string[]): string {
  const hosts = (line: (index: number) => string): string => addresses.map((address, index) => `        ${address}: ${line(index)}\n`).join('');
  return `all:
  children:
    infra: { hosts: { ${addresses[0]}: { infra_seq: 1 } } }
    etcd:
      hosts:
${hosts((index) => `{ etcd_seq: ${index + 1} }`)}      vars: { etcd_cluster: etcd }
    pg-test:
      hosts:
${hosts((index) => `{ pg_seq: ${index + 1}, pg_role: ${index === 0 ? 'primary' : 'replica'} }`)}      vars:
        pg_cluster: pg-test
        pg_users:
          - { name: app, password: '\${secret.app}', pgbouncer: true, roles: [ dbrole_readwrite ] }
        pg_databases:
          - { name: app, owner: app }
${vars.map((line) => `        ${line}\n`).join('')}  vars:
    admin_ip: ${addresses[0]}
    ansible_user: root
`;
}
