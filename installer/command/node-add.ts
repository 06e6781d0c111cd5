import { isIP } from 'node:net';
import type { CommandSpec } from '../../repo/console/command.ts';
import { Fault } from '../../repo/core/fault.ts';
import { addHost } from '../inventory/edit.ts';
import { editOptions, grow, openWritten } from './grow.ts';
import { wordsOf, yes } from './pg-open.ts';

export const add: CommandSpec = {
  name: 'node add',
  arguments: 'ADDRESS',
  about: 'adds a host that becomes nothing further yet: writes it into the inventory, then applies that',
  options: { ...editOptions, ...yes, name: { value: 'NAME', about: 'what it is called from then on; its own name when left out' } },
  notes: 'It goes into the group "nodes". Comments and order of the inventory stay, and a copy of it is kept.',
  run: async (invocation) => {
    const [address] = wordsOf(invocation, ['ADDRESS']) as [string];
    if (isIP(address) === 0 && /^[\d.]+$/.test(address)) throw new Fault('usage', `"${address}" is no address`);
    const opened = await openWritten(invocation);
    return grow(addHost(opened.ground, address, invocation.value('name')), opened, invocation);
  },
};
