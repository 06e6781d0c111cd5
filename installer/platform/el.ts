import type { Platform } from './platform.ts';

export const el: Platform = {
  family: 'el',
  packageManager: 'dnf',
  tools: ['acl', 'ca-certificates', 'cronie', 'lz4', 'openssl', 'procps-ng', 'rsync', 'zstd'],
  moduleTools: 'kmod',
  timezones: 'tzdata',
  cron: { package: 'cronie', unit: 'crond.service' },
  ssh: { package: 'openssh-server', unit: 'sshd.service' },
  time: {
    unit: 'chronyd.service',
    configuration: '/etc/chrony.conf',
    places: ['sourcedir /run/chrony-dhcp', 'keyfile /etc/chrony.keys', 'driftfile /var/lib/chrony/drift', 'ntsdumpdir /var/lib/chrony', 'logdir /var/log/chrony', 'user chrony'],
    // -f since a build need not look there by itself.
    startWithoutClock: '/usr/sbin/chronyd -f /etc/chrony.conf $OPTIONS -x',
  },
  trust: { anchor: '/etc/pki/ca-trust/source/anchors/pgark.crt', bundle: '/etc/pki/tls/certs/ca-bundle.crt', update: ['update-ca-trust'] },
  webAccount: 'nginx',
  pgbouncer: '/usr/bin/pgbouncer',
  postgresId: 26,
  // PGDG's packages: majors stand side by side.
  postgres: (version) => ({ home: `/usr/pgsql-${version}`, unit: `postgresql-${version}.service` }),
};
