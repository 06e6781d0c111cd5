import { runProgram } from '../repo/console/run.ts';
import { build } from './command/build.ts';
import { diff } from './command/diff.ts';
import { inspect } from './command/inspect.ts';
import { keygen } from './command/keygen.ts';
import { lock } from './command/lock.ts';
import { verify } from './command/verify.ts';
import { why } from './command/why.ts';
import { version } from './version.ts';

process.exitCode = await runProgram(
  {
    name: 'pgark',
    version,
    about: 'builds signed offline repository bundles of a PostgreSQL platform',
    commands: [keygen, lock, build, verify, inspect, why, diff],
    elsewhere: [
      { name: 'demo', about: 'shows all of it on this machine: a bundle, an air-gapped host, an installation' },
      { name: 'test', about: 'runs every test' },
    ],
  },
  process.argv.slice(2),
);
