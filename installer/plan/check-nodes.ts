import { isIP } from 'node:net';
import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { Fault } from '../../repo/core/fault.ts';
import type { Progress } from '../../repo/core/progress.ts';
import type { Facts } from '../inventory/facts.ts';
import { canonical } from '../inventory/unique.ts';
import type { Completed, Transport } from '../transport/command.ts';
import { probeFacts, readFacts, type Place } from './facts.ts';
import type { Finding } from './finding.ts';
import { probeListeners, readListeners } from './listeners.ts';
import { takenPorts } from './ports.ts';
import { clockBehind, wrongHost } from './preflight.ts';
import { probeSpace, readSpace, spaceFindings } from './space.ts';
import type { Wanted } from './wanted.ts';

export interface Checking {
  /** By address. */
  transports: ReadonlyMap<string, Transport>;
  /** Those of which one must have the bundle, and serves it to all others; without any, every host must have it. */
  givers: readonly string[];
  bundle: Descriptor;
  place(address: string): Place;
  /** What each host must have, when the hosts are like this. */
  want(facts: ReadonlyMap<string, Facts>): Promise<readonly Wanted[]>;
  progress: Progress;
}

/**
 * Looks whether hosts can become one deployment, before there is an inventory: reached, root, the bundle's kind of host, clocks that agree, ports and
 * room. Answers with everything that stands in the way, on all of them.
 */
export async function checkNodes({ transports, givers, bundle, place, want, progress }: Checking): Promise<Finding[]> {
  const sights = await progress.each([...transports], 16, ([address, transport]) => see(address, transport, place(address)));
  const seen = sights.flatMap((each) => (each.ok ? [each] : []));
  const found = sights.flatMap((each) => (each.ok ? [] : [each.finding]));
  const kinds = seen.flatMap(({ address, facts }) => wrongHost({ name: address, facts }, bundle));
  const clocks = seen.flatMap((each) => [...clockApart(each), ...clockBehind({ name: each.address }, each.clock, bundle)]);
  const identities = identityFindings(seen, [...transports.keys()]);
  const carrying = withoutBundle(seen, givers).map(noRepository);
  const fitting = seen.filter(({ address }) => !kinds.some(({ host }) => host === address));
  const rooms = fitting.length === 0 ? [] : await roomFindings(fitting, { transports, givers, want, progress });
  return [...found, ...kinds, ...clocks, ...identities, ...carrying, ...rooms];
}

/** @throws Fault unreachable when there is a host that could not be looked at, else invalid, when anything was found */
export function refuseFound(found: readonly Finding[]): void {
  if (found.length === 0) return;
  throw new Fault(found.some(({ code }) => code === 'unreachable') ? 'unreachable' : 'invalid', found.length === 1 ? 'something stands in the way' : `${found.length} things stand in the way`, {
    details: found.map(({ host, code, message }) => `${host}  ${code}  ${message}`),
    hint: [...new Set(found.map(({ remedy }) => remedy))].join('; '),
  });
}

/** A host that was looked at. */
interface Sight {
  ok: true;
  address: string;
  facts: Facts;
  clock: Completed;
  /** When it was asked and when it had answered, by our clock; milliseconds. */
  asked: number;
  answered: number;
}

/** With the first command goes the connection, the host's key and sudo. */
async function see(address: string, transport: Transport, place: Place): Promise<Sight | { ok: false; finding: Finding }> {
  const asked = Date.now();
  try {
    const [clock, told] = await transport.probe([{ argv: ['date', '+%s'] }, probeFacts(place)]);
    return { ok: true, address, facts: readFacts(told!), clock: clock!, asked, answered: Date.now() };
  } catch (error) {
    if (!(error instanceof Fault && error.code === 'unreachable')) throw error;
    const [, what = error.message] = /^\S+: (.*)$/.exec(error.message) ?? [];
    return { ok: false, finding: { host: address, code: 'unreachable', message: `${what}: ${error.details.join('; ')}`, remedy: error.hint ?? `ssh ${address} sudo -n true` } };
  }
}

/** Seconds by which clocks may differ: certificates and the times of backups bear no more. */
const tolerance = 60;

function clockApart({ address, clock, asked, answered }: Sight): Finding[] {
  const now = Number(clock.stdout) * 1000;
  const apart = now < asked ? asked - now : Math.max(0, now - answered);
  if (apart <= tolerance * 1000) return [];
  return [{ host: address, code: 'clock-apart', message: `its clock is ${Math.round(apart / 1000)} s ${now < asked ? 'behind' : 'ahead of'} that of this host`, remedy: 'set the clock: date -u -s TIME' }];
}

/** Services listen on the address of a host; and two addresses of one host make no two hosts. */
function identityFindings(seen: readonly Sight[], addresses: readonly string[]): Finding[] {
  return seen.flatMap(({ address, facts }): Finding[] => {
    const has = new Set(facts.addresses.filter((each) => isIP(each) > 0).map(canonical));
    if (has.size === 0) return [];
    const others = addresses.slice(0, addresses.indexOf(address)).filter((each) => has.has(canonical(each)));
    if (others.length > 0) return [{ host: address, code: 'same-host', message: `is the same host as ${others.join(', ')}`, remedy: 'give each host once' }];
    return isIP(address) === 0 || has.has(canonical(address)) ? [] : [{ host: address, code: 'strange-address', message: `has ${facts.addresses.join(', ')}, and not this address`, remedy: 'give an address that the host itself has: services listen on it' }];
  });
}

/** Of hosts that were seen, those that have no bundle and get their packages from nobody; of several that could give them, the first. */
function withoutBundle(seen: readonly Sight[], givers: readonly string[]): Sight[] {
  if (givers.length === 0) return seen.filter(({ facts }) => !facts.carries);
  const able = seen.filter(({ address }) => givers.includes(address));
  return able.some(({ facts }) => facts.carries) ? [] : able.slice(0, 1);
}

const noRepository = ({ address }: Sight): Finding => ({ host: address, code: 'no-repository', message: 'has no bundle, and nobody gives it the packages of one', remedy: 'run bootstrap on this host first' });

/** What the packages of a deployment fill at the very least, KiB. The preflight of an installation knows it to the package. */
const packages = 400 * 1024;

/** Ports and room. Hosts that were not seen are thought of as like those that were. */
async function roomFindings(seen: readonly Sight[], { transports, givers, want, progress }: Pick<Checking, 'transports' | 'givers' | 'want' | 'progress'>): Promise<Finding[]> {
  const carries = (address: string): boolean => (givers.length === 0 ? true : givers[0] === address);
  const facts = new Map([...transports.keys()].map((address) => [address, { ...(seen.find((each) => each.address === address) ?? seen[0]!).facts, carries: carries(address) }]));
  const wanted = (await want(facts)).filter(({ host }) => seen.some(({ address }) => address === host.address));
  const found = await progress.each(wanted, 16, async ({ host, items }) => {
    const [space, ...listeners] = await transports.get(host.address)!.probe([probeSpace(host), ...probeListeners]);
    const named = { ...host, name: host.address };
    const units = new Set(items.flatMap(({ resource }) => (resource.kind === 'service' && resource.running ? [resource.unit] : [])));
    const isDeployed = readListeners(listeners).some(({ unit }) => units.has(unit ?? ''));
    return [...takenPorts(named, readListeners(listeners), units), ...(isDeployed ? [] : spaceFindings(named, readSpace(space!), packages))];
  });
  return found.flat();
}
