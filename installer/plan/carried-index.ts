import { repositoryKeys, target } from '../../repo/bundle/paths.ts';
import type { PackagesResource } from '../resource/resource.ts';
import { shell, type Command, type Completed } from '../transport/command.ts';

/** Packs the signed index of the repository on this host, with the keys it is verified with and without any package: a megabyte or two, base64. */
export const packIndex = (manager: PackagesResource['manager']): Command => ({ argv: shell(packing, ...parts[manager]), timeout: 60 });

export function readIndex({ code, stdout }: Completed): string | undefined {
  return code === 0 && stdout !== '' ? stdout : undefined;
}

/** Each a folder, and what of it is taken. */
const parts: Record<PackagesResource['manager'], readonly [string, string, string, string]> = {
  apt: [target.repository, 'dists', target.keyring.slice(0, target.keyring.lastIndexOf('/')), target.keyring.slice(target.keyring.lastIndexOf('/') + 1)],
  dnf: [target.repository, 'repodata', target.repository, repositoryKeys.index.slice(0, repositoryKeys.index.indexOf('/'))],
};

const packing = `tar -C "$1/" -cz "$2" -C "$3/" "$4" | base64 -w 0`;

/** Shell text that unpacks it from standard input into `$work`, a folder of its own that goes away with the shell. */
export const unpackIndex = `work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 143' HUP INT TERM
chmod 755 "$work"
base64 -d | tar -C "$work" -xz`;
