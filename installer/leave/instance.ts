import type { Host } from '../inventory/inventory.ts';
import type { ConditionResource, Resource } from '../resource/resource.ts';
import { instanceOf } from '../role/instance.ts';
import { shell } from '../transport/command.ts';

/** Patroni takes its PostgreSQL with it when it stops, unless somebody has told it to pause. */
export function stopped({ vars }: Host): ConditionResource {
  const program = `${vars.pg_bin_dir}/pg_ctl`;
  return {
    kind: 'condition',
    name: 'postgresql: it does not run',
    check: { argv: shell('! "$1" status -s -D "$2" >/dev/null 2>&1', program, vars.pg_data), as: vars.pg_dbsu },
    act: [{ argv: [program, 'stop', '-s', '-D', vars.pg_data, '-m', 'fast', '-w', '-t', '300'], as: vars.pg_dbsu }],
  };
}

/** What becomes of the data and of backups on the same host: kept under another name, unless `pg_rm_data` and `pg_rm_backup` have them destroyed. */
export function put(host: Host, stamp: string): Resource[] {
  const { vars } = host;
  const { home, backups } = instanceOf(host);
  const data = vars.pg_data.startsWith('/pg/') ? [home] : [vars.pg_data, home];
  return [
    { kind: 'absent', path: '/pg/tmp/patroni.pgpass' },
    ...data.map((path) => (vars.pg_rm_data ? destroyed(path) : aside(path, stamp))),
    vars.pg_rm_backup ? destroyed(backups) : aside(backups, stamp),
  ];
}

/** Where it is afterwards. */
export const asideName = (path: string, stamp: string): string => `${path}.removed-${stamp}`;

const isAway = (path: string): ConditionResource['check'] => ({ argv: shell('[ ! -e "$1" ]', path) });

const aside = (path: string, stamp: string): ConditionResource => ({
  kind: 'condition',
  name: `${path} is kept as ${asideName(path, stamp)}`,
  check: isAway(path),
  act: [{ argv: ['mv', '-T', '--', path, asideName(path, stamp)] }],
});

/** A disk that is mounted there stays, empty. */
export const destroyed = (path: string): ConditionResource => ({
  kind: 'condition',
  name: `${path} is destroyed`,
  check: { argv: shell('[ ! -e "$1" ] || { mountpoint -q -- "$1" && [ -z "$(ls -A -- "$1")" ]; }', path) },
  act: [{ argv: shell('if mountpoint -q -- "$1"; then find "$1" -xdev -mindepth 1 -delete; else rm -rf --one-file-system -- "$1"; fi', path), timeout: 3600 }],
});
