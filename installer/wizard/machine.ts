import { accessSync, constants, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, hostname, networkInterfaces, totalmem, userInfo, type NetworkInterfaceInfo } from 'node:os';
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
  /** Whom ssh logs in as when nobody says otherwise. */
  user: string;
  /** Whether a file is there that can be read. */
  hasFile(path: string): boolean;
}

export function lookAtMachine(): Machine {
  const interfaces = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return {
    hostname: hostname(),
    addresses: interfaces.map((each) => each.address),
    candidates: candidatesAmong(interfaces),
    cpus: availableParallelism(),
    memory: Math.round(totalmem() / 2 ** 20),
    user: userInfo().username,
    hasFile,
  };
}

function hasFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
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
