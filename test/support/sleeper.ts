import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../../repo/console/run.ts';

/** A program of one command that works until it is asked to stop, and then leaves things whole. */
process.exitCode = await runProgram(
  {
    name: 'sleeper',
    version: '1',
    about: 'sleeps',
    commands: [
      {
        name: 'sleep',
        about: 'sleeps until it is interrupted',
        run: async (invocation) => {
          process.stderr.write('asleep\n');
          await sleep(20_000, undefined, { signal: invocation.signal }).catch(async (error: unknown) => {
            await sleep(50);
            process.stderr.write('bed made\n');
            throw error;
          });
        },
      },
    ],
  },
  process.argv.slice(2),
);
