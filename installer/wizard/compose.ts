import type { Answers } from './answers.ts';

/** The inventory that answers stand for. The same answers always give the same text, and no secret is in it. */
export function compose(answers: Answers): string {
  return `${[head, 'all:', '  children:', ...groups(answers), '', ...globals(answers)].join('\n')}\n`;
}

const head = `# The inventory of this deployment: who is who, and what holds for whom.
# Written by "pgark configure", which can be run again. After a change made by hand: pgark plan, then pgark apply.
# Passwords are not here: \${secret.NAME} stands for one in the vault beside this file, made when it is first needed.
`;

const groups = (answers: Answers): string[] => [...(answers.template === 'meta' ? infra(answers) : []), ...etcd(answers), '', ...pgsql(answers)];

const infra = ({ address }: Answers): string[] => ['', '    # portal, names, metrics, alerts', '    infra:', '      hosts:', `        ${quote(address)}: { infra_seq: 1 }`];

const etcd = ({ address }: Answers): string[] => ['', '    # where it is kept which PostgreSQL leads', '    etcd:', '      hosts:', `        ${quote(address)}: { etcd_seq: 1 }`, '      vars:', '        etcd_cluster: etcd'];

const pgsql = ({ address, pg, tuning, user, database, extensions }: Answers): string[] => [
  '    # PostgreSQL and everything that belongs to it',
  '    pg-meta:',
  '      hosts:',
  `        ${quote(address)}: { pg_seq: 1, pg_role: primary }`,
  '      vars:',
  '        pg_cluster: pg-meta',
  `        pg_version: ${pg}`,
  '        # oltp, olap, crit, tiny',
  `        pg_conf: ${tuning}`,
  '        pg_users:',
  `          - name: ${quote(user)}`,
  `            password: ${quote(`\${secret.${user}}`)}`,
  '            pgbouncer: true',
  '            roles: [dbrole_admin]',
  '        pg_databases:',
  `          - name: ${quote(database)}`,
  `            owner: ${quote(user)}`,
  ...(extensions.length === 0 ? ['            extensions: []'] : ['            extensions:', ...extensions.map((name) => `              - name: ${quote(name)}`)]),
  '        # minute hour day month weekday command, run as postgres',
  '        pg_crontab:',
  "          - '00 01 * * * /pg/bin/pg-backup full'",
];

const globals = (answers: Answers): string[] => [
  '  vars:',
  `    admin_ip: ${quote(answers.address)}`,
  `    node_tune: ${answers.tuning}`,
  ...(answers.template === 'meta' ? portal(answers) : ['    # no name server runs here: resolv.conf stays as it is', '    node_dns_method: none', '    node_default_etc_hosts: []']),
  ...(answers.data === '/data' ? [] : ['    # everything that grows', ...Object.entries(foldersBelow(answers.data)).map(([name, folder]) => `    ${name}: ${quote(folder)}`)]),
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
