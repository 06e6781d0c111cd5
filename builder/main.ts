import { runProgram } from '../repo/console/run.ts';
import { commands } from './commands.ts';
import { version } from './version.ts';

process.exitCode = await runProgram(
  {
    name: 'pgark',
    version,
    about: 'builds signed offline repository bundles of a PostgreSQL platform',
    commands,
    elsewhere: [
      { name: 'demo', about: 'shows all of it on this machine: a bundle, an air-gapped host, an installation' },
      { name: 'sandbox', about: 'raises one to twenty nodes under Vagrant, without a way out, and installs on them' },
      { name: 'test', about: 'runs every test' },
    ],
  },
  process.argv.slice(2),
);
