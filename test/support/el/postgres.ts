import { folder, license, program, unit, type Recipe, type Rule } from './recipe.ts';

/** PostgreSQL as PGDG's packages lay it out, in one home for each major. Bookworm has 15. */
const major = '15';
const home = `/usr/pgsql-${major}`;
const data = `/var/lib/pgsql/${major}`;

const bin = (names: string): Rule => [new RegExp(`^/usr/lib/postgresql/${major}/bin/(${names})$`), `${home}/bin/$1`];
const lib = (names: string): Rule => [new RegExp(`^/usr/lib/postgresql/${major}/lib/(${names})$`), `${home}/lib/$1`];
const extension = (names: string): Rule => [new RegExp(`^/usr/share/postgresql/${major}/extension/(${names})$`), `${home}/share/extension/$1`];
const share = (names: string): Rule => [new RegExp(`^/usr/share/postgresql/${major}/(${names})$`), `${home}/share/$1`];

// What the server loads for itself is in its own package; the rest of its modules is contrib's. LLVM is left out.
const servers = 'plpgsql|pgoutput|libpqwalreceiver|dict_snowball|[a-z0-9_]+_and_[a-z0-9_]+';

/** PGDG links what the newest major has into /usr/bin; the same program keeps count here. */
const linked = ['psql', 'pg_dump', 'pg_dumpall', 'pg_restore', 'pg_basebackup', 'createdb', 'dropdb', 'createuser', 'dropuser', 'vacuumdb', 'reindexdb', 'clusterdb'];

const accounts = `
getent group postgres >/dev/null || groupadd -g 26 -o -r postgres
getent passwd postgres >/dev/null || useradd -M -g postgres -o -r -d /var/lib/pgsql -s /bin/bash -c 'PostgreSQL Server' -u 26 postgres
exit 0`;

const libsConf = `${home}/share/postgresql-${major}-libs.conf`;

export const postgres: readonly Recipe[] = [
  {
    name: `postgresql${major}-libs`, origin: 'pgdg15', about: 'The client library of PostgreSQL', debs: ['libpq5'],
    take: [[/^\/usr\/lib\/x86_64-linux-gnu\/([^/]+)$/, `${home}/lib/$1`], license],
    files: [{ path: libsConf, text: `${home}/lib\n` }],
    requires: ['/usr/sbin/update-alternatives'],
    provides: [`postgresql-libs = ${major}`, `libpq5 = ${major}`],
    scripts: {
      post: `update-alternatives --install /etc/ld.so.conf.d/postgresql-pgdg-libs.conf pgsql-ld-conf ${libsConf} ${major}00\nldconfig`,
      postun: `[ $1 -ne 0 ] || update-alternatives --remove pgsql-ld-conf ${libsConf}\nldconfig`,
    },
  },
  {
    name: `postgresql${major}`, origin: 'pgdg15', about: 'The client programs of PostgreSQL', debs: ['postgresql-client-15', 'postgresql-15'],
    take: [
      bin('clusterdb|createdb|createuser|dropdb|dropuser|pg_(?:amcheck|basebackup|config|dump|dumpall|isready|receivewal|recvlogical|restore|verifybackup)|psql|reindexdb|vacuumdb|pgbench'),
      share('psqlrc.sample'),
      license,
    ],
    // The programs look for their share where Debian's build had it; everything else they find beside themselves.
    files: [{ path: `/usr/share/postgresql/${major}`, link: `../..${home.slice(4)}/share` }],
    requires: [`postgresql${major}-libs`, '/usr/sbin/update-alternatives'],
    provides: [`postgresql = ${major}`],
    scripts: {
      post: linked.map((name) => `update-alternatives --install /usr/bin/${name} pgsql-${name} ${home}/bin/${name} ${major}00`).join('\n'),
      preun: `if [ $1 -eq 0 ]; then\n${linked.map((name) => `update-alternatives --remove pgsql-${name} ${home}/bin/${name}`).join('\n')}\nfi`,
    },
  },
  {
    name: `postgresql${major}-server`, origin: 'pgdg15', about: 'The server of PostgreSQL', debs: ['postgresql-15'],
    take: [
      bin('initdb|postgres|pg_(?:archivecleanup|checksums|controldata|ctl|resetwal|rewind|test_fsync|test_timing|upgrade|waldump)'),
      lib(`(?:${servers})\\.so`),
      extension('plpgsql.*'),
      [new RegExp(`^/usr/share/postgresql/${major}/(?:extension|man|contrib)/`), undefined],
      share('.+'),
      license,
    ],
    files: [
      unit(`postgresql-${major}.service`, serverUnit()),
      program(`${home}/bin/postgresql-${major}-setup`, setup()),
      { path: `/usr/lib/tmpfiles.d/postgresql-${major}.conf`, text: 'd /run/postgresql 0755 postgres postgres -\n' },
      { path: '/var/lib/pgsql/.bash_profile', text: `[ ! -f /etc/profile ] || . /etc/profile\nPGDATA=${data}/data\nexport PGDATA\n`, owner: 'postgres', mode: '0700', settings: true },
      ...['/var/lib/pgsql', data, `${data}/data`, `${data}/backups`].map((path) => folder(path, 'postgres', '0700')),
    ],
    requires: [`postgresql${major}`, `postgresql${major}-libs`, 'systemd', 'tzdata', 'glibc-common'],
    // PGDG's packages provide what AppStream's are called, which is why its module must not be enabled beside them.
    provides: [`postgresql-server = ${major}`],
    scripts: {
      pre: accounts,
      post: `[ $1 -ne 1 ] || [ ! -x /usr/bin/systemctl ] || systemctl --no-reload preset postgresql-${major}.service || :`,
      preun: `[ $1 -ne 0 ] || [ ! -d /run/systemd/system ] || systemctl --no-reload disable --now postgresql-${major}.service || :`,
    },
  },
  {
    name: `postgresql${major}-contrib`, origin: 'pgdg15', about: 'The additional modules of PostgreSQL', debs: ['postgresql-15'],
    take: [bin('oid2name|vacuumlo'), lib(`(?!(?:llvmjit|${servers})\\.so)[^/]+\\.so`), extension('(?!plpgsql)[^/]+'), license],
    requires: [`postgresql${major}`, `postgresql${major}-libs`],
    provides: [`postgresql-contrib = ${major}`],
  },
  language('plperl', 'Perl', 'postgresql-plperl-15', 'plperl|bool_plperl|hstore_plperl|jsonb_plperl'),
  language('plpython3', 'Python', 'postgresql-plpython3-15', 'plpython3|hstore_plpython3|jsonb_plpython3|ltree_plpython3'),
  module(`pg_cron_${major}`, 'Runs jobs at their times from inside the server', 'postgresql-15-cron'),
  module(`pg_repack_${major}`, 'Rewrites tables without locking them for long', 'postgresql-15-repack'),
  module(`wal2json_${major}`, 'Logical decoding to JSON', 'postgresql-15-wal2json'),
];

export const postgresAccount = accounts;

function language(name: string, title: string, deb: string, libraries: string): Recipe {
  return { name: `postgresql${major}-${name}`, origin: 'pgdg15', about: `The procedural language ${title} of PostgreSQL`, debs: [deb], take: [lib(`(?:${libraries})\\.so`), extension('[^/]+'), license], requires: [`postgresql${major}-server`] };
}

function module(name: string, about: string, deb: string): Recipe {
  return { name, origin: 'pgdg15', about, debs: [deb], take: [bin('[^/]+'), lib('[^/]+\\.so'), extension('[^/]+'), license], requires: [`postgresql${major}-server`] };
}

function serverUnit(): string {
  return `
[Unit]
Description=PostgreSQL ${major} database server
After=network-online.target

[Service]
Type=notify
User=postgres
Group=postgres
Environment=PGDATA=${data}/data/
ExecStart=${home}/bin/postgres -D \${PGDATA}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
KillSignal=SIGINT
TimeoutSec=0

[Install]
WantedBy=multi-user.target`;
}

function setup(): string {
  return `
#!/bin/sh
# postgresql-${major}-setup initdb: a first cluster, as the account that will run it.
set -eu
[ "\${1-}" = initdb ] || { echo "usage: $0 initdb" >&2; exit 2; }
[ ! -e ${data}/data/PG_VERSION ] || { echo 'Data directory is not empty!' >&2; exit 1; }
exec runuser -u postgres -- ${home}/bin/initdb --pgdata=${data}/data --auth=ident \${PGSETUP_INITDB_OPTIONS-} >${data}/initdb.log 2>&1`;
}
