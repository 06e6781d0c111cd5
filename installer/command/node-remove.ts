import type { CommandSpec } from '../../repo/console/command.ts';
import { hostTarget } from '../leave/target.ts';
import { openWritten } from './grow.ts';
import { wordsOf } from './pg-open.ts';
import { draftOf, shrink, shrinkOptions } from './shrink.ts';

export const remove: CommandSpec = {
  name: 'node remove',
  arguments: 'ADDRESS',
  about: 'takes a host out of the deployment, with all that runs on it',
  options: { ...shrinkOptions, lost: { about: 'it is gone for good: everybody else forgets it' } },
  notes: 'Data and backups are kept under another name, unless pg_rm_data and pg_rm_backup say otherwise. Packages, accounts, settings of the kernel and rules of the firewall stay.',
  run: async (invocation) => {
    const [address] = wordsOf(invocation, ['ADDRESS']) as [string];
    const opened = await openWritten(invocation);
    return shrink(hostTarget(address, draftOf(opened)), opened, invocation);
  },
};
