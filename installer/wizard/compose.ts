import type { Answers } from './answers.ts';
import { layoutOf, type Layout } from './topology.ts';

/** The inventory that answers stand for. The same answers always give the same text, and no secret is in it. */
export function compose(answers: Answers): string {
  return `${[head, 'all:', '  children:', ...groups(answers), '', ...globals(answers)].join('\n')}\n`;
}

const head = `# The inventory of this deployment: who is who, and what holds for whom.
# Written by "pgark configure", which can be run again. After a change made by hand: pgark plan, then pgark apply.
# Passwords are not here: \${secret.NAME} stands for one in the vault beside this file, made when it is first needed.
`;

function groups(answers: Answers): string[] {
  const { infra, etcd, clusters } = layoutOf(answers.topology, [answers.address, ...answers.nodes]);
  return [
    ...(answers.template === 'meta' ? ['', '    # portal, names, metrics, alerts', '    infra:', ...hosts(infra, 'infra_seq')] : []),
    '',
    `    # where it is kept which PostgreSQL leads${answers.topology === 'dual' ? '; without this host no other can take over by itself' : ''}`,
    '    etcd:',
    ...hosts(etcd, 'etcd_seq'),
    '      vars:',
    '        etcd_cluster: etcd',
    ...clusters.flatMap((cluster, index) => (index === clusters.length - 1 ? main(cluster, answers) : beside(cluster, answers))),
  ];
}

const hosts = (addresses: readonly string[], number: 'infra_seq' | 'etcd_seq'): string[] => ['      hosts:', ...addresses.map((address, index) => `        ${quote(address)}: { ${number}: ${index + 1} }`)];

type Cluster = Layout['clusters'][number];

/** The cluster that was asked about. */
const main = (cluster: Cluster, { pg, tuning, user, database, extensions }: Answers): string[] => [
  '',
  '    # PostgreSQL and everything that belongs to it',
  ...pgsql(cluster, { pg, tuning, user, database, extensions, secret: user }),
];

/** One that comes with the topology. */
const beside = (cluster: Cluster, { pg, tuning }: Answers): string[] => [
  '',
  '    # a PostgreSQL beside the portal, for those who run this deployment',
  ...pgsql(cluster, { pg, tuning, user: 'dbuser_meta', database: 'meta', extensions: [], secret: `${cluster.name}.dbuser_meta` }),
];

type Business = Pick<Answers, 'pg' | 'tuning' | 'user' | 'database' | 'extensions'> & { secret: string };

const pgsql = ({ name, members }: Cluster, { pg, tuning, user, database, extensions, secret }: Business): string[] => [
  `    ${name}:`,
  '      hosts:',
  ...members.map((address, index) => `        ${quote(address)}: { pg_seq: ${index + 1}, pg_role: ${index === 0 ? 'primary' : 'replica'} }`),
  '      vars:',
  `        pg_cluster: ${name}`,
  `        pg_version: ${pg}`,
  '        # oltp, olap, crit, tiny',
  `        pg_conf: ${tuning}`,
  '        pg_users:',
  `          - name: ${quote(user)}`,
  `            password: ${quote(`\${secret.${secret}}`)}`,
  '            pgbouncer: true',
  '            roles: [dbrole_admin]',
  '        pg_databases:',
  `          - name: ${quote(database)}`,
  `            owner: ${quote(user)}`,
  ...(extensions.length === 0 ? ['            extensions: []'] : ['            extensions:', ...extensions.map((each) => `              - name: ${quote(each)}`)]),
  `        # minute hour day month weekday command, run as postgres${members.length > 1 ? '; only the primary backs up' : ''}`,
  '        pg_crontab:',
  "          - '00 01 * * * /pg/bin/pg-backup full'",
];

const globals = (answers: Answers): string[] => [
  '  vars:',
  `    admin_ip: ${quote(answers.address)}`,
  ...(answers.topology === 'single' ? [] : connection(answers)),
  `    node_tune: ${answers.tuning}`,
  ...(answers.template === 'meta' ? portal(answers) : ['    # no name server runs here: resolv.conf stays as it is', '    node_dns_method: none', '    node_default_etc_hosts: []']),
  ...(answers.data === '/data' ? [] : ['    # everything that grows', ...Object.entries(foldersBelow(answers.data)).map(([name, folder]) => `    ${name}: ${quote(folder)}`)]),
];

const connection = ({ sshUser, sshKey }: Answers): string[] => [
  '    # how the other hosts are reached; their keys are in known_hosts beside this file',
  `    ansible_user: ${quote(sshUser)}`,
  ...(sshKey === '' ? [] : [`    ansible_ssh_private_key_file: ${quote(sshKey)}`]),
];

const portal = ({ domain }: Answers): string[] => ['    infra_portal:', `      home: { domain: ${quote(domain)} }`, `    node_default_etc_hosts: [${quote(`\${admin_ip} ${domain}`)}]`];

/** The folders of the reference, moved below another one. */
export const foldersBelow = (data: string): Readonly<Record<string, string>> => ({
  node_data: data,
  infra_data: `${data}/infra`,
  etcd_data: `${data}/etcd`,
  pg_fs_main: `${data}/postgres`,
  pg_fs_backup: `${data}/backups`,
});

/** Plain where YAML reads a plain word as the same string, quoted otherwise. */
function quote(text: string): string {
  const isPlain = /^[A-Za-z_/][\w./-]*$|^\d+\.\d+\.\d+\.\d+$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return isPlain ? text : `'${text.replaceAll("'", "''")}'`;
}
