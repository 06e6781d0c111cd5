import type { Platform } from './platform.ts';

export const debian: Platform = {
  family: 'debian',
  packageManager: 'apt',
  tools: ['acl', 'ca-certificates', 'cron', 'lz4', 'openssl', 'procps', 'rsync', 'zstd'],
  moduleTools: 'kmod',
  timezones: 'tzdata',
  cron: { package: 'cron', unit: 'cron.service' },
  ssh: { package: 'openssh-server', unit: 'ssh.service' },
  time: {
    unit: 'chrony.service',
    configuration: '/etc/chrony/chrony.conf',
    places: ['sourcedir /run/chrony-dhcp', 'sourcedir /etc/chrony/sources.d', 'confdir /etc/chrony/conf.d', 'keyfile /etc/chrony/chrony.keys', 'driftfile /var/lib/chrony/chrony.drift', 'ntsdumpdir /var/lib/chrony', 'logdir /var/log/chrony'],
    startWithoutClock: '!/usr/sbin/chronyd $DAEMON_OPTS -x',
  },
  trust: { anchor: '/usr/local/share/ca-certificates/pgark.crt', bundle: '/etc/ssl/certs/ca-certificates.crt', update: ['update-ca-certificates'] },
  webAccount: 'www-data',
  pgbouncer: '/usr/sbin/pgbouncer',
  postgresId: 543,
  postgres: (version) => ({ home: `/usr/lib/postgresql/${version}`, unit: 'postgresql.service' }),
};
