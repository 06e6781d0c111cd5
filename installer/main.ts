import { runProgram } from '../repo/console/run.ts';
import { commands } from './commands.ts';
import { version } from './version.ts';

process.exitCode = await runProgram(
  {
    name: 'pgark',
    version,
    about: 'turns an offline repository bundle into a running PostgreSQL',
    commands,
  },
  process.argv.slice(2),
);
