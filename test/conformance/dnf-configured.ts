import { join } from 'node:path';

/** What dnf is to know: one repository, checked in every way, and some more. */
export interface Known {
  /** For what dnf keeps and logs. */
  folder: string;
  /** `9` */
  release: string;
  /** The addresses of the repository and of the keys for its index and its packages. */
  baseurl: string;
  keys: readonly string[];
  /** More of the repository's options. */
  options?: object;
  others?: Readonly<Record<string, object>>;
}

/** A dnf.conf that knows these repositories and none of the machine's, nor its plugins: one of them installs what it kept, without a signature. */
export function configured({ folder, release, baseurl, keys, options = {}, others = {} }: Known): string {
  const main = { reposdir: '/none', cachedir: join(folder, 'cache'), logdir: folder, persistdir: folder, assumeyes: '1', plugins: '0', module_platform_id: `platform:el${release}` };
  const pgark = { name: 'pgark', baseurl, repo_gpgcheck: '1', gpgcheck: '1', gpgkey: keys.join(' '), ...options };
  return Object.entries({ main, pgark, ...others }).map(([name, values]) => `[${name}]\n${Object.entries(values).map(([key, value]) => `${key}=${value}\n`).join('')}`).join('');
}

/** That for the repository of an unpacked bundle, as bootstrap writes it. */
export const configuredForBundle = (repository: string, folder: string, release: string): string =>
  configured({ folder, release, baseurl: repository, keys: [`${repository}/keys/pgark.asc`, `${repository}/keys/packages.asc`], options: { module_hotfixes: '1', skip_if_unavailable: '0' } });
