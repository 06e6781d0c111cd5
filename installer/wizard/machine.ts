import { statfs } from 'node:fs/promises';
import { availableParallelism, hostname, networkInterfaces, totalmem, type NetworkInterfaceInfo } from 'node:os';
import { dirname } from 'node:path';

/** The machine that the wizard runs on. */
export interface Machine {
  hostname: string;
  /** Every address that it has. */
  addresses: readonly string[];
  /** Those under which others may reach it; loopback when there is no other. */
  candidates: readonly string[];
  cpus: number;
  /** MiB. */
  memory: number;
}

export function lookAtMachine(): Machine {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return { hostname: hostname(), addresses: interfaces.map((each) => each.address), candidates: candidatesAmong(interfaces), cpus: availableParallelism(), memory: Math.round(totalmem() / 2 ** 20) };
}

/** IPv4 goes before IPv6; addresses that hold only on one link (RFC 4291 2.5.6, RFC 3927) name no host. */
export function candidatesAmong(interfaces: readonly Pick<NetworkInterfaceInfo, 'address' | 'family' | 'internal'>[]): string[] {
  const reachable = interfaces.filter(({ address, internal }) => !internal && !/^(fe[89ab].:|169\.254\.)/i.test(address));
  const four = reachable.filter((each) => each.family === 'IPv4').map((each) => each.address).sort();
  const six = reachable.filter((each) => each.family === 'IPv6').map((each) => each.address).sort();
  return [four, six, ['127.0.0.1']].find((each) => each.length > 0)!;
}

/** Free bytes where a folder is, or will be. */
export async function freeAt(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return freeAt(dirname(folder));
  }
}
