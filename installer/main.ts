import { runProgram } from '../repo/console/run.ts';
import { apply } from './command/apply.ts';
import { configure } from './command/configure.ts';
import { install } from './command/install.ts';
import { plan } from './command/plan.ts';
import { repo } from './command/repo.ts';
import { status } from './command/status.ts';
import { version } from './version.ts';

process.exitCode = await runProgram(
  {
    name: 'pgark',
    version,
    about: 'turns an offline repository bundle into a running PostgreSQL',
    commands: [configure, install, plan, apply, status, repo],
  },
  process.argv.slice(2),
);
