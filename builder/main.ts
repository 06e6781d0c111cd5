import { runProgram } from '../repo/console/run.ts';
import { version } from './version.ts';

process.exitCode = await runProgram(
  {
    name: 'pgark',
    version,
    about: 'builds signed offline repository bundles of a PostgreSQL platform',
    commands: [],
  },
  process.argv.slice(2),
);
