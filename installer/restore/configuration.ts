import { isIP } from 'node:net';
import { sealed, type Secret } from '../../repo/core/secret.ts';
import type { Host, Inventory } from '../inventory/inventory.ts';
import { certificates, instanceOf } from '../role/instance.ts';
import { repositoriesOf, type Repository } from '../role/pgsql/repositories.ts';
import type { Place } from './place.ts';

/** Where a door to a member's own repository is opened for as long as a restore takes. */
export const doorPort = 8432;

/** A local repository of another member, and the number that it has for whoever restores. */
export interface Door {
  host: Host;
  number: number;
  repository: Repository;
}

/** Everything that whoever restores can read: its own repositories under their own numbers, then those of the others. A fork has none of its own. */
export function doorsFor(restoring: Host, members: readonly Host[], inventory: Inventory): Door[] {
  const others = members.filter(({ address }) => address !== restoring.address);
  const locals = others.flatMap((host) => repositoriesOf(host, inventory).filter(({ isLocal }) => isLocal).map((repository) => ({ host, repository })));
  const first = Math.max(0, ...members.slice(0, 1).flatMap((host) => repositoriesOf(host, inventory).map(({ number }) => number))) + 1;
  return locals.map((each, index) => ({ ...each, number: first + index }));
}

export interface Reading {
  /** Whose backups they are. */
  stanza: string;
  restoring: Host;
  members: readonly Host[];
  doors: readonly Door[];
  inventory: Inventory;
  place: Place;
  /** The data that is restored. */
  data: string;
}

/** pgbackrest.conf of whoever restores. */
export function readerText({ stanza, restoring, members, doors, inventory, place, data }: Reading): Secret {
  const isMember = members.some(({ address }) => address === restoring.address);
  const own = repositoriesOf(isMember ? restoring : members[0]!, inventory).filter(({ isLocal }) => isMember || !isLocal);
  return sealed((reveal) => text([
    '[global]',
    ...own.flatMap((repository) => optionsOf(repository, repository.number, reveal)),
    ...doors.flatMap((door) => throughDoor(door)),
    `log-path=${place.folder}`,
    'log-level-file=off',
    'log-level-console=warn',
    // Nothing is fetched ahead by pgBackRest: see wal.ts.
    `process-max=${Math.min(restoring.facts.cpus, 8)}`,
    `[${stanza}]`,
    `pg1-path=${data}`,
  ]));
}

/** pgbackrest.conf of a member whose repositories are read by another one: it answers to nobody else, and for this stanza only. */
export function doorText(doors: readonly Door[], stanza: string, restoring: Host, folder: string): Secret {
  const { vars } = doors[0]!.host;
  return sealed((reveal) => text([
    '[global]',
    ...doors.flatMap(({ repository, number }) => optionsOf(repository, number, reveal)),
    `log-path=${folder}`,
    'log-level-file=off',
    'tls-server-address=*',
    `tls-server-port=${doorPort}`,
    `tls-server-cert-file=${certificates.server}`,
    `tls-server-key-file=${certificates.serverKey}`,
    `tls-server-ca-file=${certificates.authority}`,
    `tls-server-auth=${instanceOf(restoring).name}=${stanza}`,
    `[${stanza}]`,
    `pg1-path=${vars.pg_data}`,
  ]));
}

/** pgBackRest takes a certificate by names alone, and members have one in it; a file of hosts that only the restore sees leads from there to the address. */
export const hostsLines = (doors: readonly Door[]): string => [...new Set(doors.filter(({ host }) => isIP(host.address)).map(({ host }) => `${host.address} ${instanceOf(host).name}`))].join('\n');

/** Where the configuration of a door lies on its host. */
export const doorFile = (folder: string): string => `${folder}/door.conf`;

function throughDoor({ host, number }: Door): string[] {
  const { name, home } = instanceOf(host);
  return [
    `repo${number}-host=${isIP(host.address) ? name : host.address}`,
    `repo${number}-host-type=tls`,
    `repo${number}-host-port=${doorPort}`,
    `repo${number}-host-user=${host.vars.pg_dbsu}`,
    `repo${number}-host-config=${doorFile(`${home}/restore`)}`,
    `repo${number}-host-cert-file=${certificates.server}`,
    `repo${number}-host-key-file=${certificates.serverKey}`,
    `repo${number}-host-ca-file=${certificates.authority}`,
  ];
}

function optionsOf({ options, secrets }: Repository, number: number, reveal: (secret: Secret) => string): string[] {
  const line = ([option, value]: [string, string]): string => `repo${number}-${option.replaceAll('_', '-')}=${value}`;
  const plain = Object.entries(options).map(([option, value]): [string, string] => [option, typeof value === 'boolean' ? (value ? 'y' : 'n') : String(value)]);
  return [...plain, ...Object.entries(secrets).map(([option, secret]): [string, string] => [option, reveal(secret)])].map(line);
}

const text = (lines: readonly string[]): string => `${lines.join('\n')}\n`;
