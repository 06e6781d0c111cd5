import { postgresAccount } from './postgres.ts';
import { account, folder, layout, license, nothing, service, settings, unit, type Recipe, type Rule } from './recipe.ts';
import type { RpmFile } from './rpm.ts';

/** What runs beside PostgreSQL, under the names, units and accounts that EL, PGDG and Pigsty's repository give them. */
export const services: readonly Recipe[] = [
  {
    name: 'patroni', noarch: true, origin: 'pgdg-common', about: 'Keeps PostgreSQL available', debs: ['patroni'],
    take: [[/^\/etc\/patroni\//, nothing], [/^\/usr\/bin\/pg_createconfig_patroni$/, nothing], ...layout],
    files: [folder('/etc/patroni'), unit('patroni.service', simple({ description: 'Keeps PostgreSQL available', user: 'postgres', start: '/usr/bin/patroni /etc/patroni/patroni.yml', more: 'KillMode=process\nTimeoutSec=30\nRestart=no' }))],
    requires: ['python3', 'python3-psycopg2', 'python3-pyyaml', 'python3-urllib3', 'python3-dateutil', 'python3-click', 'python3-prettytable', 'python3-psutil', 'python3-ydiff', 'python3-six'],
    scripts: service('patroni.service'),
  },
  { name: 'patroni-etcd', noarch: true, origin: 'pgdg-common', about: 'What Patroni needs to work with etcd', debs: ['patroni'], take: [], requires: ['patroni', 'python3-etcd', 'python3-dns'] },
  {
    name: 'pgbouncer', origin: 'pgdg-common', about: 'Pools connections to PostgreSQL', debs: ['pgbouncer'],
    take: [[/^\/usr\/sbin\/pgbouncer$/, '/usr/bin/pgbouncer'], [/^\/etc\/pgbouncer\//, nothing], ...layout],
    files: [
      folder('/etc/pgbouncer', 'pgbouncer', '0700'),
      folder('/var/log/pgbouncer', 'pgbouncer', '0700'),
      settings('/etc/pgbouncer/pgbouncer.ini', '[databases]\n[pgbouncer]\nlogfile = /var/log/pgbouncer/pgbouncer.log\npidfile = /run/pgbouncer/pgbouncer.pid\nlisten_addr = 127.0.0.1\nlisten_port = 6432\nauth_type = md5\nauth_file = /etc/pgbouncer/userlist.txt', '0600', 'pgbouncer'),
      settings('/etc/pgbouncer/userlist.txt', '', '0600', 'pgbouncer'),
      settings('/etc/logrotate.d/pgbouncer', '/var/log/pgbouncer/*.log {\n  daily\n  missingok\n  notifempty\n}'),
      { path: '/usr/lib/tmpfiles.d/pgbouncer.conf', text: 'd /run/pgbouncer 0755 pgbouncer pgbouncer -\n' },
      unit('pgbouncer.service', simple({ description: 'Pools connections to PostgreSQL', type: 'notify', user: 'pgbouncer', start: '/usr/bin/pgbouncer ${BOUNCERCONF}', more: 'Environment=BOUNCERCONF=/etc/pgbouncer/pgbouncer.ini\nKillSignal=SIGINT\nLimitNOFILE=65536' })),
    ],
    scripts: { ...service('pgbouncer.service'), pre: account('pgbouncer', '/var/run/pgbouncer') },
  },
  {
    name: 'pgbackrest', origin: 'pgdg-common', about: 'Backs PostgreSQL up', debs: ['pgbackrest'],
    take: [[/^\/etc\//, nothing], ...layout],
    files: [
      ...['/var/lib/pgbackrest', '/var/spool/pgbackrest'].map((path) => folder(path, 'postgres', '0750')),
      folder('/var/log/pgbackrest', 'postgres', '0700'),
      settings('/etc/pgbackrest.conf', '[global]\nrepo1-path=/var/lib/pgbackrest'),
      settings('/etc/logrotate.d/pgbackrest', '/var/log/pgbackrest/*.log {\n  weekly\n  missingok\n  notifempty\n}'),
      unit('pgbackrest.service', simple({ description: 'Serves backups of PostgreSQL', user: 'postgres', start: '/usr/bin/pgbackrest server', more: 'Restart=always\nRestartSec=1' })),
    ],
    scripts: { ...service('pgbackrest.service'), pre: postgresAccount },
  },
  {
    // Pigsty's package leaves the unit to whoever sets it up.
    name: 'etcd', origin: 'pigsty-infra', about: 'A small consistent store', debs: ['etcd-server', 'etcd-client'],
    take: [[/^\/(etc|var)\//, nothing], ...layout],
    files: [folder('/etc/etcd', 'etcd', '0700'), folder('/var/lib/etcd', 'etcd', '0700')],
    scripts: { pre: account('etcd', '/var/lib/etcd') },
  },
  {
    name: 'haproxy', origin: 'appstream', about: 'Balances TCP and HTTP', debs: ['haproxy'],
    take: [[/^\/etc\/haproxy\/haproxy\.cfg$/, nothing], [/^\/etc\/haproxy\/errors\/(.+)$/, '/usr/share/haproxy/$1'], ...layout],
    files: [
      folder('/etc/haproxy/conf.d'),
      folder('/var/lib/haproxy', 'haproxy'),
      settings('/etc/haproxy/haproxy.cfg', 'global\n  user haproxy\n  group haproxy\ndefaults\n  timeout connect 10s\n  timeout client 1m\n  timeout server 1m'),
      settings('/etc/sysconfig/haproxy', '# OPTIONS="-S /run/haproxy-master.sock"'),
      unit('haproxy.service', simple({ description: 'Balances TCP and HTTP', type: 'notify', start: '/usr/sbin/haproxy -Ws -f $CONFIG -f $CFGDIR -p $PIDFILE $OPTIONS', reload: '/bin/kill -USR2 $MAINPID', more: 'Environment="CONFIG=/etc/haproxy/haproxy.cfg" "PIDFILE=/run/haproxy.pid" "CFGDIR=/etc/haproxy/conf.d"\nEnvironmentFile=-/etc/sysconfig/haproxy\nKillMode=mixed\nSuccessExitStatus=143' })),
    ],
    scripts: { ...service('haproxy.service'), pre: account('haproxy', '/var/lib/haproxy') },
  },
  {
    name: 'nginx', origin: 'appstream', about: 'A web server', debs: ['nginx', 'nginx-common'], epoch: 1,
    take: [[/^\/etc\/nginx\/(mime\.types|fastcgi_params|fastcgi\.conf|scgi_params|uwsgi_params|koi-utf|koi-win|win-utf)$/, '/etc/nginx/$1'], [/^\/etc\/nginx\//, nothing], [/^\/usr\/share\/nginx\/modules/, nothing], ...layout],
    files: [
      folder('/etc/nginx/conf.d'),
      folder('/etc/nginx/default.d'),
      folder('/var/lib/nginx', 'nginx', '0770'),
      folder('/var/log/nginx', 'nginx', '0711'),
      settings('/etc/nginx/nginx.conf', 'user nginx;\nworker_processes auto;\nerror_log /var/log/nginx/error.log;\npid /run/nginx.pid;\nevents { worker_connections 1024; }\nhttp {\n  include /etc/nginx/mime.types;\n  default_type application/octet-stream;\n  access_log /var/log/nginx/access.log;\n  include /etc/nginx/conf.d/*.conf;\n  server {\n    listen 80;\n    root /usr/share/nginx/html;\n    include /etc/nginx/default.d/*.conf;\n  }\n}'),
      settings('/etc/logrotate.d/nginx', '/var/log/nginx/*.log {\n  daily\n  missingok\n  notifempty\n}'),
      unit('nginx.service', simple({ description: 'A web server', type: 'forking', start: '/usr/sbin/nginx', reload: '/usr/sbin/nginx -s reload', more: 'PIDFile=/run/nginx.pid\nExecStartPre=/usr/sbin/nginx -t -q\nKillSignal=SIGQUIT\nKillMode=mixed\nPrivateTmp=true' })),
    ],
    scripts: { ...service('nginx.service'), pre: account('nginx', '/var/lib/nginx') },
  },
  {
    name: 'chrony', origin: 'baseos', about: 'Keeps the time', debs: ['chrony'],
    take: [[/^\/etc\/chrony\//, nothing], ...layout],
    files: [
      folder('/var/lib/chrony', 'chrony', '0750'),
      folder('/var/log/chrony', 'chrony', '0755'),
      settings('/etc/chrony.conf', 'pool 2.rocky.pool.ntp.org iburst\nsourcedir /run/chrony-dhcp\ndriftfile /var/lib/chrony/drift\nmakestep 1.0 3\nrtcsync\nkeyfile /etc/chrony.keys\nntsdumpdir /var/lib/chrony\nleapsectz right/UTC\nlogdir /var/log/chrony\nuser chrony'),
      settings('/etc/chrony.keys', '', '0640', 'root:chrony'),
      settings('/etc/sysconfig/chronyd', 'OPTIONS="-F 2"'),
      // EL's build looks for /etc/chrony.conf by itself, Debian's is told.
      unit('chronyd.service', simple({ description: 'Keeps the time', type: 'forking', start: '/usr/sbin/chronyd -f /etc/chrony.conf $OPTIONS', more: 'PIDFile=/run/chrony/chronyd.pid\nEnvironmentFile=-/etc/sysconfig/chronyd', condition: 'ConditionCapability=CAP_SYS_TIME' })),
    ],
    scripts: { ...service('chronyd.service'), pre: account('chrony', '/var/lib/chrony') },
  },
  {
    name: 'dnsmasq', origin: 'appstream', about: 'A small name server', debs: ['dnsmasq-base'],
    files: [
      folder('/etc/dnsmasq.d'),
      folder('/var/lib/dnsmasq'),
      settings('/etc/dnsmasq.conf', 'user=dnsmasq\ngroup=dnsmasq\nbind-dynamic\nconf-dir=/etc/dnsmasq.d,.rpmnew,.rpmsave,.rpmorig'),
      unit('dnsmasq.service', simple({ description: 'A small name server', type: 'forking', start: '/usr/sbin/dnsmasq', more: 'PIDFile=/run/dnsmasq.pid' })),
    ],
    scripts: { ...service('dnsmasq.service'), pre: account('dnsmasq', '/var/lib/dnsmasq') },
  },
  {
    name: 'redis', origin: 'appstream', about: 'A store of keys and values', debs: ['redis-server', 'redis-tools'],
    take: [[/^\/etc\/redis\//, nothing], ...layout],
    files: [folder('/etc/redis'), folder('/var/lib/redis', 'redis', '0750'), folder('/var/log/redis', 'redis', '0750'), settings('/etc/redis/redis.conf', 'bind 127.0.0.1\nprotected-mode yes\nport 6379\ndir /var/lib/redis\nlogfile /var/log/redis/redis.log\nsupervised systemd', '0640', 'redis'), unit('redis.service', simple({ description: 'A store of keys and values', type: 'notify', user: 'redis', start: '/usr/bin/redis-server /etc/redis/redis.conf' }))],
    scripts: { ...service('redis.service'), pre: account('redis', '/var/lib/redis') },
  },
  {
    // EL's brings an example that it would start with; this one starts where somebody has written settings.
    name: 'keepalived', origin: 'appstream', about: 'Virtual addresses by VRRP', debs: ['keepalived'],
    take: [[/^\/etc\/keepalived\//, nothing], ...layout],
    files: [folder('/etc/keepalived'), settings('/etc/sysconfig/keepalived', 'KEEPALIVED_OPTIONS="-D"'), unit('keepalived.service', simple({ description: 'Virtual addresses by VRRP', type: 'notify', start: '/usr/sbin/keepalived --dont-fork $KEEPALIVED_OPTIONS', more: 'EnvironmentFile=-/etc/sysconfig/keepalived', condition: 'ConditionFileNotEmpty=/etc/keepalived/keepalived.conf' }))],
    scripts: service('keepalived.service'),
  },
  daemon({ name: 'node-exporter', deb: 'prometheus-node-exporter', program: 'node_exporter', about: 'Tells the metrics of a host' }),
  daemon({ name: 'nginx-exporter', deb: 'prometheus-nginx-exporter', program: 'nginx_exporter', about: 'Tells the metrics of nginx' }),
  daemon({
    name: 'alertmanager', deb: 'prometheus-alertmanager', program: 'alertmanager', about: 'Sends alerts where they belong',
    // Debian's build reads its templates from there; EL's has them within.
    take: [[/^(\/usr\/share\/prometheus\/alertmanager\/.*)$/, '$1'], [/^(\/usr\/bin\/amtool)$/, '$1']],
    options: '--config.file=/etc/alertmanager.yml --cluster.advertise-address=0.0.0.0:9093 --storage.path=/tmp/alertmanager',
    files: [settings('/etc/alertmanager.yml', 'route:\n  receiver: nobody\nreceivers:\n  - name: nobody', '0640', 'root:prometheus'), folder('/var/lib/alertmanager', 'prometheus', '0750')],
  }),
  daemon({
    name: 'pg-exporter', deb: 'pg-exporter', program: 'pg_exporter', about: 'Tells the metrics of PostgreSQL and PgBouncer',
    take: [[/^\/etc\/pg_exporter\/pg_exporter\.yml$/, '/etc/pg_exporter.yml'], [/^\/usr\/share\/pg_exporter\//, nothing]],
    files: [settings('/etc/default/pg_exporter', `PG_EXPORTER_URL='postgres://:5432/?sslmode=disable&host=/var/run/postgresql'\nPG_EXPORTER_CONFIG=/etc/pg_exporter.yml\nPG_EXPORTER_AUTO_DISCOVERY=true\nPG_EXPORTER_EXCLUDE_DATABASE="template0,template1,postgres"\nPG_EXPORTER_OPTS='--log.level=info'`, '0640')],
    guarded: { '/etc/pg_exporter.yml': { mode: '0640', owner: 'root:prometheus' } },
  }),
  // Programs alone: accounts, folders and units are for whoever sets them up.
  { name: 'victoria-metrics', origin: 'pigsty-infra', about: 'A store of metrics', debs: ['victoria-metrics'], take: [[/^(\/usr\/bin\/victoria-metrics)$/, '$1'], license] },
  { name: 'vmutils', origin: 'pigsty-infra', about: 'Collects metrics, judges rules about them, and keeps them safe', debs: ['victoria-metrics'], take: [[/^(\/usr\/bin\/vm[a-z]+)$/, '$1'], license] },
  {
    name: 'vip-manager', origin: 'pigsty-infra', about: 'Moves an address to where the primary is', debs: ['vip-manager'],
    take: [[/^(\/usr\/bin\/vip-manager)$/, '$1'], license],
    files: [folder('/etc/vip-manager'), settings('/etc/vip-manager/vip-manager.yml', 'interval: 1000', '0640'), unit('vip-manager.service', simple({ description: 'Moves an address to where the primary is', start: '/usr/bin/vip-manager --config=/etc/vip-manager/vip-manager.yml', more: 'Restart=on-failure' }))],
    scripts: service('vip-manager.service'),
  },
];

/** Programs of the distribution that need no more than their files. */
export const tools: readonly Recipe[] = [
  { name: 'policycoreutils-python-utils', origin: 'appstream', about: 'Changes what SELinux allows where', noarch: true, debs: ['policycoreutils-python-utils'], requires: ['policycoreutils', 'python3-policycoreutils'] },
  { name: 'python3-policycoreutils', origin: 'appstream', about: 'The policy of SELinux for programs in Python', noarch: true, debs: ['python3-sepolicy', 'python3-sepolgen'], requires: ['python3-libselinux', 'python3-libsemanage', 'python3-setools', 'python3-audit'] },
  ...([['acl', 'baseos'], ['lsof', 'baseos'], ['lz4', 'baseos'], ['rsync', 'baseos'], ['zstd', 'baseos'], ['jq', 'appstream'], ['socat', 'appstream']] as const).map(([name, origin]): Recipe => ({ name, origin, about: name, debs: [name] })),
];

interface Unit {
  description: string;
  type?: 'simple' | 'notify' | 'forking';
  user?: string;
  start: string;
  reload?: string;
  condition?: string;
  more?: string;
}

function simple({ description, type = 'simple', user, start, reload = '/bin/kill -HUP $MAINPID', condition, more }: Unit): string {
  const lines = ['[Unit]', `Description=${description}`, 'After=network-online.target', condition, '', '[Service]', `Type=${type}`, user && `User=${user}`, `ExecStart=${start}`, `ExecReload=${reload}`, more, '', '[Install]', 'WantedBy=multi-user.target'];
  return lines.filter((line) => line !== undefined).join('\n');
}

interface Daemon {
  name: string;
  deb: string;
  program: string;
  about: string;
  options?: string;
  take?: readonly Rule[];
  files?: readonly RpmFile[];
  guarded?: Recipe['guarded'];
}

/** Pigsty's way: the program's own name for program, unit, the file of its options, and the variable in it. */
function daemon({ name, deb, program, about, options = '', take = [], files = [], guarded = {} }: Daemon): Recipe {
  const variable = `${program.toUpperCase()}_OPTS`;
  const own = files.some(({ path }) => path === `/etc/default/${program}`) ? files : [...files, settings(`/etc/default/${program}`, `${variable}="${options}"`)];
  return {
    name, origin: 'pigsty-infra', about, debs: [deb], guarded, provides: program === name ? [] : [program], obsoletes: program === name ? [] : [program],
    take: [...take, [new RegExp(`^/usr/bin/(prometheus-)?(${name}|${program})$`), `/usr/bin/${program}`], [/^\/(etc|var)\//, nothing], [/^\/usr\/share\/(prometheus|man)\//, nothing], ...layout],
    files: [...own, unit(`${program}.service`, simple({ description: about, user: 'prometheus', start: `/usr/bin/${program} $${variable}`, more: `EnvironmentFile=-/etc/default/${program}\nRestart=on-failure` }))],
    scripts: { ...service(`${program}.service`), pre: account('prometheus', '/home/prometheus') },
  };
}
