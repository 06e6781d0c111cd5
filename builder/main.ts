import { runProgram } from '../repo/console/run.ts';
import { keygen } from './command/keygen.ts';
import { verify } from './command/verify.ts';
import { version } from './version.ts';

process.exitCode = await runProgram(
  {
    name: 'pgark',
    version,
    about: 'builds signed offline repository bundles of a PostgreSQL platform',
    commands: [keygen, verify],
  },
  process.argv.slice(2),
);
