/** How many hosts there are, and what stands on which of them. */
export const topologies = ['single', 'dual', 'trio', 'full'] as const;

export type Topology = (typeof topologies)[number];

/** How many hosts there are beside the one that the wizard runs on. */
export const othersOf: Readonly<Record<Topology, number>> = { single: 0, dual: 1, trio: 2, full: 3 };

/** The members of every part of a deployment, by address, the first of a cluster its primary. */
export interface Layout {
  infra: readonly string[];
  etcd: readonly string[];
  /** The last is the one that is asked about: it has the database. */
  clusters: readonly { name: string; members: readonly string[] }[];
}

/** `hosts` begins with the one that the wizard runs on. */
export function layoutOf(topology: Topology, hosts: readonly string[]): Layout {
  const [first, ...others] = hosts as readonly [string, ...string[]];
  switch (topology) {
    case 'single':
    // Two members of etcd stop when either of them is lost, one when it is lost itself.
    case 'dual':
      return { infra: [first], etcd: [first], clusters: [{ name: 'pg-meta', members: hosts }] };
    case 'trio':
      return { infra: [first], etcd: hosts, clusters: [{ name: 'pg-meta', members: hosts }] };
    // Beside the members of the cluster that is to survive, so that it depends on nobody else.
    case 'full':
      return { infra: [first], etcd: others, clusters: [{ name: 'pg-meta', members: [first] }, { name: 'pg-test', members: others }] };
  }
}
