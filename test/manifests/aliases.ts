/** How a name of Pigsty 4.5.0 stands for other packages here, on some target for some major; `{pg}` stands for that major. */
export interface Difference {
  aliases: readonly string[];
  lacks?: readonly string[];
  adds?: readonly string[];
  because: string;
}

/** Every difference there is; test/manifests/aliases.test.ts finds any other. */
export const differences: readonly Difference[] = [
  {
    aliases: ['db2_fdw'],
    lacks: ['postgresql-{pg}-db2-fdw'],
    because: 'made for EL alone; no deb of it was ever published',
  },
  {
    aliases: ['informix_fdw'],
    lacks: ['postgresql-{pg}-informix-fdw'],
    because: 'made for EL alone; no deb of it was ever published',
  },
  {
    aliases: ['pg_strom'],
    lacks: ['postgresql-{pg}-pg-strom'],
    because: 'made for EL alone; no deb of it was ever published',
  },
  {
    aliases: ['debversion'],
    lacks: ['debversion_{pg}'],
    because: 'made for Debian and Ubuntu alone; no rpm of it was ever published',
  },
  {
    aliases: ['infra-package', 'infra_packages_default', 'repo_packages_default'],
    lacks: ['dnsmasq'],
    adds: ['dnsmasq-base'],
    because: 'the package dnsmasq of Debian starts a resolver as soon as it is installed; dnsmasq-base is the same program without that',
  },
  {
    aliases: ['infra-package', 'repo_packages_default'],
    lacks: ['valkey'],
    adds: ['valkey-server'],
    because: 'Debian and Ubuntu call the server so, and have it from Debian 13 and Ubuntu 24.04 on',
  },
  {
    aliases: ['kubernetes'],
    lacks: ['kubeadm', 'kubectl', 'kubelet'],
    adds: ['kubernetes-client'],
    because: 'the apt repository of Kubernetes is flat, without dists, and not read; Debian has the client',
  },
  {
    aliases: ['mysql'],
    lacks: ['mysql-client', 'mysql-router-community', 'mysql-server', 'mysql-shell'],
    because: 'the apt repository of MySQL has x86_64 alone, and nothing for Ubuntu 26.04',
  },
  {
    aliases: ['node-package3', 'repo_packages_default'],
    lacks: ['netcat'],
    because: 'on EL the program nc comes from nmap-ncat, which is in the list beside it; a second one is not needed',
  },
  {
    aliases: ['pgformatter'],
    lacks: ['pgformatter'],
    adds: ['pgFormatter'],
    because: 'this is how PGDG spells it on EL, and so does the list pgsql-utility of Pigsty',
  },
  {
    aliases: ['pgaudit', 'pgsql-sec'],
    adds: ['pgaudit16_{pg}', 'pgaudit17_{pg}'],
    because: 'PGDG calls the rpm for PostgreSQL 14 and 15 so; pgaudit_14 and pgaudit_15 are not there',
  },
  {
    aliases: ['pgsql-server'],
    adds: ['postgresql-client-{pg}', 'postgresql{pg}'],
    because: 'the server is a component together with its client programs, which its package requires anyway',
  },
  {
    aliases: ['postgresql'],
    adds: ['postgresql-client-{pg}', 'postgresql-plperl-{pg}', 'postgresql-plpython3-{pg}', 'postgresql-pltcl-{pg}'],
    because: 'Pigsty has client and languages in it on EL, and on Debian and Ubuntu the server alone; here it is one thing in both families',
  },
  {
    aliases: ['node-bootstrap'],
    adds: ['ftp', 'perf'],
    because: 'Pigsty has both in node-package3 on EL; a group has the same members everywhere',
  },
  {
    aliases: ['node-bootstrap', 'repo_packages_default'],
    adds: ['python3-cryptography'],
    because: 'Pigsty leaves one or another out on single releases; a group has the same members everywhere',
  },
  {
    aliases: ['node-package3'],
    adds: ['ftp', 'tnftp', 'linux-perf', 'linux-tools-generic'],
    because: 'Pigsty has a client of FTP and perf in node-bootstrap on Debian and Ubuntu, and in this one on EL; here they are in both groups',
  },
];
