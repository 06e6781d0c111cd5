import { X509Certificate } from 'node:crypto';
import type { Inventory } from './inventory/inventory.ts';
import { want } from './plan/wanted.ts';
import type { Role } from './role/role.ts';
import { renewedWithin } from './vault/authority.ts';

/** A certificate of a deployment, as it lies in the vault. */
export interface CertificateRow {
  name: string;
  /** The roles that asked for it; none where nobody does any more. */
  roles: readonly string[];
  /** Its common name and its names. */
  names: readonly string[];
  issuer: string;
  /** RFC 3339; absent where it was never issued. */
  ends?: string;
  /** Whole days from now. */
  left?: number;
  /** `pg-test-1:/pg/cert/server.crt` */
  places: readonly string[];
}

/** Less than this is left of an authority, and it is time to speak of it: nobody makes it anew in silence. */
export const authorityNotice = 180;

/** The names of the certificates that the roles of an inventory ask for, and which roles do. */
export function certificatesIn(inventory: Inventory, roles: readonly Role[]): Map<string, string[]> {
  const asked = inventory.hosts.flatMap((host) => roles.filter((role) => role.plays(host, inventory)).flatMap((role) => (role.certificates?.(host, inventory) ?? []).map(({ name }) => ({ name, role: role.name }))));
  return new Map([...Map.groupBy(asked, ({ name }) => name)].map(([name, rows]) => [name, [...new Set(rows.map(({ role }) => role))]]));
}

/** What is known of each certificate; `issued` are those that lie in the vault, by name. Soonest end first, the authority among them. */
export function certificateRows(inventory: Inventory, roles: readonly Role[], issued: ReadonlyMap<string, string>, now: Date): CertificateRow[] {
  const asked = certificatesIn(inventory, roles);
  const places = placesIn(inventory, roles);
  const names = [...new Set([...asked.keys(), ...issued.keys()])];
  const rows = names.map((name): CertificateRow => ({ name, roles: asked.get(name) ?? [], places: asked.has(name) ? (places.get(inventory.certificate(name).certificate) ?? []) : [], ...read(issued.get(name), now) }));
  const authority: CertificateRow = { name: 'authority', roles: [], places: places.get(inventory.authority) ?? [], ...read(inventory.authority, now) };
  return [...rows, authority].sort((a, b) => ((a.ends ?? '') < (b.ends ?? '') ? -1 : 1));
}

/** When each certificate that somebody asks for ends, soonest first; those that were never issued are left out. */
export function certificateEnds(inventory: Inventory, roles: readonly Role[], issued: ReadonlyMap<string, string>, now: Date): { name: string; ends: string; left: number }[] {
  const rows = [...[...certificatesIn(inventory, roles).keys()].map((name) => ({ name, pem: issued.get(name) })), { name: 'authority', pem: inventory.authority }];
  return rows.flatMap(({ name, pem }) => (pem === undefined ? [] : [{ name, ...endOf(pem, now) }])).sort((a, b) => (a.ends < b.ends ? -1 : 1));
}

/** What a reader must be told of certificates that end soon. */
export function printEnding(rows: readonly { name: string; left?: number }[]): string[] {
  const ending = rows.filter(({ name, left }) => left !== undefined && left < (name === 'authority' ? authorityNotice : renewedWithin));
  return ending.map(({ name, left }) => `${name} ${left! < 0 ? 'has ended' : `ends in ${left} days`}${name === 'authority' ? ': nobody replaces it in silence' : '; pgark apply makes it anew'}`);
}

/** Where each content lies: files of the same content are the same certificate. */
function placesIn(inventory: Inventory, roles: readonly Role[]): Map<string, string[]> {
  const files = want(inventory, roles).flatMap(({ host, items }) => items.flatMap(({ resource }) => (resource.kind === 'file' && typeof resource.content === 'string' && resource.content.startsWith('-----BEGIN CERTIFICATE') ? [{ content: resource.content, place: `${host.name}:${resource.path}` }] : [])));
  return new Map([...Map.groupBy(files, ({ content }) => content)].map(([content, found]) => [content, found.map(({ place }) => place)]));
}

function read(pem: string | undefined, now: Date): Pick<CertificateRow, 'names' | 'issuer' | 'ends' | 'left'> {
  if (pem === undefined) return { names: [], issuer: '' };
  const { subject, subjectAltName, issuer } = new X509Certificate(pem);
  const alternatives = (subjectAltName ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
  return { names: [...new Set([...commonName(subject), ...alternatives].filter(Boolean))], issuer: commonName(issuer)[0] ?? issuer, ...endOf(pem, now) };
}

function endOf(pem: string, now: Date): { ends: string; left: number } {
  const { validToDate } = new X509Certificate(pem);
  return { ends: validToDate.toISOString(), left: Math.floor((validToDate.getTime() - now.getTime()) / 86_400_000) };
}

const commonName = (name: string | undefined): string[] => /(?:^|\n)CN=([^\n]*)/.exec(name ?? '')?.slice(1, 2) ?? [];
