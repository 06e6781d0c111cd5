import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package of Debian: one that is installed in a root, or one that lies unpacked. */
export interface DebianPackage {
  name: string;
  version: string;
  about: string;
  /** `all` where it has nothing for one architecture only. */
  architecture: string;
  /** The first alternative of each relation of Depends and Pre-Depends, by name. */
  needs: readonly string[];
}

/** What dpkg's database says is installed, by name. */
export async function installed(database: string): Promise<Map<string, DebianPackage>> {
  const text = await readFile(join(database, 'status'), 'utf8');
  const all = text.split('\n\n').filter((stanza) => stanza.trim() !== '').map(readStanza);
  return new Map(all.map((each) => [each.name, each]));
}

/** One stanza of a control file. */
export function readStanza(stanza: string): DebianPackage {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? '';
  const relations = `${field('Pre-Depends')},${field('Depends')}`.split(',').map((each) => /^\s*([^\s:|(]+)/.exec(each)?.[1]);
  return { name: field('Package'), version: field('Version'), about: field('Description'), architecture: field('Architecture'), needs: relations.filter((name) => name !== undefined) };
}

/** The paths that it brought, as it named them, folders too. */
export async function pathsOf(database: string, name: string): Promise<string[]> {
  const lists = await readdir(join(database, 'info'));
  const list = lists.find((file) => file === `${name}.list` || (file.startsWith(`${name}:`) && file.endsWith('.list')));
  return list === undefined ? [] : (await readFile(join(database, 'info', list), 'utf8')).split('\n').filter((path) => path !== '' && path !== '/.');
}

/** The paths of which dpkg keeps the administrator's changes. */
export async function settingsOf(database: string, name: string): Promise<Set<string>> {
  const text = await readFile(join(database, 'info', `${name}.conffiles`), 'utf8').catch(() => '');
  return new Set(text.split('\n').filter((path) => path.startsWith('/')));
}

/** `1:2.6.12+dfsg-1+deb12u3` → `2.6.12`: what upstream calls it. */
export const upstreamOf = (version: string): string => version.replace(/^\d+:/, '').replace(/-[^-]*$/, '').replace(/[+~](dfsg|ds|really|stable|git|deb).*$/, '').replaceAll('-', '.');
