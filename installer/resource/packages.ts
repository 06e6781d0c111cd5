import { apt } from './apt.ts';
import { dnf } from './dnf.ts';
import type { PackageManager, PackagesState } from './package-manager.ts';
import type { Kind, PackagesResource } from './resource.ts';

/** All packages of a host come in one transaction, or in two where others wait for what some of them serve. */
const identities = { all: 'packages', ahead: 'packages that others wait for' } as const;

/** Whether packages were installed. */
export const isInstalled = (changed: ReadonlySet<string>): boolean => Object.values(identities).some((identity) => changed.has(identity));

export const packages: Kind<PackagesResource, PackagesState> = {
  identify: ({ ahead }) => (ahead ? identities.ahead : identities.all),
  probe: ({ manager, names }) => managers[manager].probe(names),
  parse: (completed, { manager }) => managers[manager].parse(completed),
  diff: (wanted, actual) => {
    const names = missing(wanted, actual);
    return names.length > 0 || actual.unfinished ? [managers[wanted.manager].install(names)] : [];
  },
  describe: (wanted, actual) => {
    const names = missing(wanted, actual);
    return names.length > 0 ? `install ${names.join(' ')}` : 'finish what was cut off';
  },
};

const managers: Record<PackagesResource['manager'], PackageManager> = { apt, dnf };

const missing = (wanted: PackagesResource, actual: PackagesState): string[] => [...new Set(wanted.names)].filter((name) => !actual.installed.has(name)).sort();
