import type { Seat } from '../cluster/cluster.ts';
import { shell } from '../transport/command.ts';
import { must } from './on.ts';

/** Room for what is laid beside the data of a member, and what is there; bytes. */
export interface Room {
  member: string;
  needed: number;
  free: number;
}

/** Besides the data, some WAL. */
const spare = 1024 ** 3;

export async function roomOn(seat: Seat, path: string, size: number): Promise<Room> {
  const told = await must(seat.transport, 'the room that is left', { argv: shell('path=$1; while [ ! -d "$path" ]; do path=$(dirname -- "$path"); done; df -B1 --output=avail -- "$path" | tail -n 1', path) });
  return { member: seat.member, needed: size + spare, free: Number(told.trim()) };
}

export const isTight = ({ needed, free }: Room): boolean => free < needed;

export const printRoom = ({ member, needed, free }: Room): string => `${member}: ${gigabytes(needed)} needed, ${gigabytes(free)} free`;

const gigabytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GB`;

/** Whether the data is a file system of its own, which cannot be renamed. */
export const isMount = async ({ transport }: Seat, path: string): Promise<boolean> => (await transport.probe([{ argv: shell('mountpoint -q -- "$1"', path), timeout: 20 }]))[0]!.code === 0;
