import { target } from '../../repo/bundle/paths.ts';
import type { PackagesResource } from '../resource/resource.ts';
import type { Command, Completed } from '../transport/command.ts';
import { aptSimulator } from './apt-simulation.ts';
import { dnfSimulator } from './dnf-simulation.ts';
import type { Finding } from './finding.ts';

/** What the package transaction would do to a host. */
export interface Simulation {
  /** Whether the host has the repository of a bundle at all. */
  repository: boolean;
  /** What the package manager says cannot go together, a line each. */
  problems: readonly string[];
  /** Packages that are in no index. */
  missing: readonly string[];
  removes: readonly string[];
  /** KiB that the new packages fill. */
  installed: number;
}

/**
 * Asks what would be done with the repository of the bundle alone, whatever other sources the host has. The host stays as it is.
 */
export interface Simulator {
  /** With an index that was carried there (see packIndex), or with the repository that the host has. */
  probe(names: readonly string[], index?: string): Command;
  read(completed: Completed): Simulation;
}

export const simulators: Record<PackagesResource['manager'], Simulator> = { apt: aptSimulator, dnf: dnfSimulator };

export function packageFindings(host: string, simulation: Simulation, manager: PackagesResource['manager']): Finding[] {
  const { source, look } = places[manager];
  if (!simulation.repository) return [{ host, code: 'no-repository', message: `${source} is missing: the packages of the bundle are not on this host`, remedy: 'run bootstrap of the bundle on it first' }];
  const { problems, missing } = simulation;
  const lacking: Finding[] = missing.length > 0 ? [{ host, code: 'packages-missing', message: `the bundle holds no ${missing.join(', ')}`, remedy: 'take a bundle with these packages, or leave out what needs them' }] : [];
  const conflicts = problems.map((problem): Finding => ({ host, code: 'packages-conflict', message: problem, remedy: `the host holds packages of its own that the bundle cannot go with: ${look}` }));
  return [...lacking, ...conflicts];
}

/** Where the repository is named, and how to look for what a host holds or holds back. */
const places: Record<PackagesResource['manager'], { source: string; look: string }> = {
  apt: { source: target.sourceList, look: 'dpkg -l; apt-mark showhold' },
  dnf: { source: target.yumFile, look: 'rpm -qa; dnf versionlock list; grep exclude /etc/dnf/dnf.conf' },
};
