import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Host } from '../inventory/inventory.ts';
import { packages } from '../resource/packages.ts';
import type { PackagesResource } from '../resource/resource.ts';
import type { Command, Completed, Transport } from '../transport/command.ts';
import { packIndex, readIndex } from './carried-index.ts';
import type { Finding } from './finding.ts';
import { foreignPostgres, probeForeign } from './foreign.ts';
import { probeListeners, readListeners } from './listeners.ts';
import { takenPorts } from './ports.ts';
import { probeIdentity, sameHosts } from './same-host.ts';
import { packageFindings, simulators, type Simulation } from './simulation.ts';
import { millisecondsOf, readClock, skewFindings, type Offset } from './skew.ts';
import { probeSpace, readSpace, spaceFindings } from './space.ts';
import { probeStores, storeFindings } from './stores.ts';
import type { Wanted } from './wanted.ts';

/** What is asked of a host before anything is decided, beside what it must have. */
export const preflightProbes = (wanted: Wanted): Command[] => [readClock, probeIdentity, probeForeign(wanted.host), probeSpace(wanted.host), probeStores(wanted.host), ...probeListeners];

/** The answers of a host. */
export interface Sight {
  wanted: Wanted;
  answers: readonly Completed[];
  /** Of the packages that it must have, where it must have any. */
  installed?: Completed;
  offset: Offset;
}

/**
 * Judges whether anything would stop an installation in the middle, on any host. Nothing is changed.
 * @throws Fault invalid (unsatisfiable when only packages are in the way) with all that was found
 */
export async function preflight(sights: readonly Sight[], { transports, bundle, progress }: { transports: ReadonlyMap<string, Transport>; bundle: Descriptor; progress: Progress }): Promise<void> {
  const index = once(() => carryIndex(sights.map(({ wanted }) => wanted), transports));
  const skew = skewFindings(sights.map(({ offset }) => offset));
  for (const warning of skew.warnings) progress.warn(warning);
  const same = sameHosts(sights.map(({ wanted: { host }, answers }) => ({ host: host.name, address: host.address, answer: answers[1]! })));
  const found = [...skew.findings, ...same, ...(await progress.each(sights, 16, (each) => inspect(each, { bundle, index, transport: transports.get(each.wanted.host.address)!, progress }))).flat()];
  if (found.length === 0) return;
  throw new Fault(found.every(({ code }) => code.startsWith('packages-')) ? 'unsatisfiable' : 'invalid', found.length === 1 ? 'something stands in the way' : `${found.length} things stand in the way`, {
    details: found.map(({ host, code, message }) => `${host}  ${code}  ${message}`),
    hint: [...new Set(found.map(({ remedy }) => remedy))].join('; '),
  });
}

interface Looking {
  bundle: Descriptor;
  /** The index of the repository, for hosts that have none yet. */
  index: () => Promise<string | undefined>;
  transport: Transport;
  progress: Progress;
}

/** From a host that will serve it. */
async function carryIndex(wanted: readonly Wanted[], transports: ReadonlyMap<string, Transport>): Promise<string | undefined> {
  const server = wanted.find(({ host }) => host.facts.carries && host.groups.includes('infra'))?.host;
  return server && readIndex((await transports.get(server.address)!.probe([packIndex(server.platform.packageManager)]))[0]!);
}

function once<T>(act: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= act());
}

async function inspect({ wanted, answers, installed }: Sight, { bundle, index, transport, progress }: Looking): Promise<Finding[]> {
  const { host, items } = wanted;
  const asked = items.flatMap(({ resource }) => (resource.kind === 'packages' ? [resource] : [])).at(-1);
  const [clock, , foreign, space, stores, ...listeners] = answers;
  const units = new Set(items.flatMap(({ resource }) => (resource.kind === 'service' && resource.running ? [resource.unit] : [])));
  const simulation = asked && installed ? await simulate(asked, installed, transport, host.facts.carries ? undefined : index) : nothingNew;
  if (simulation.removes.length > 0) progress.warn(`${host.name}: installing the packages removes ${simulation.removes.join(', ')}`);
  return [
    ...wrongHost(host, bundle),
    ...clockBehind(host, clock!, bundle),
    ...foreignPostgres(host, foreign!),
    ...takenPorts(host, readListeners(listeners), units),
    ...packageFindings(host.name, simulation, host.platform.packageManager),
    ...spaceFindings(host, readSpace(space!), simulation.installed),
    ...storeFindings(host, stores!),
  ];
}

const nothingNew: Simulation = { repository: true, problems: [], missing: [], removes: [], installed: 0 };

/** Where everything is installed already, there is nothing to simulate. */
async function simulate(asked: PackagesResource, answer: Completed, transport: Transport, index?: Looking['index']): Promise<Simulation> {
  const { installed } = packages.parse(answer, asked);
  const names = asked.names.filter((name) => !installed.has(name));
  if (names.length === 0) return nothingNew;
  const { probe, read } = simulators[asked.manager];
  return read((await transport.probe([probe(names, await index?.())]))[0]!);
}

/** The bundle's packages are those of one release and one architecture. */
export function wrongHost({ name, facts }: Pick<Host, 'name' | 'facts'>, { id, target }: Descriptor): Finding[] {
  const is = `${facts.distro} ${facts.release} ${facts.arch}`;
  const isFor = `${target.format === 'rpm' ? 'Enterprise Linux' : target.distro} ${target.release} ${target.arch}`;
  const ofTheFamily = target.format === 'rpm' ? rebuilds.includes(facts.distro) : facts.distro === target.distro;
  const fits = ofTheFamily && facts.release.split('.')[0] === target.release.split('.')[0] && facts.arch === target.arch;
  return fits ? [] : [{ host: name, code: 'wrong-host', message: `is ${is}, and ${id} is for ${isFor}`, remedy: 'take the bundle that was built for this host' }];
}

/** Releases of EL take each other's packages, whoever built them and whatever their point release. */
const rebuilds = ['rhel', 'rocky', 'almalinux', 'centos', 'ol'];

/** Certificates and the repository's index would both be from the future. */
export function clockBehind({ name }: Pick<Host, 'name'>, completed: Completed, { created }: Descriptor): Finding[] {
  const now = millisecondsOf(completed);
  return now >= Date.parse(created) ? [] : [{ host: name, code: 'clock-behind', message: `its clock says ${new Date(now).toISOString()}, before the bundle was made (${created})`, remedy: 'set the clock: date -u -s TIME' }];
}
