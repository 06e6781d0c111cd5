import type { ConditionResource, Resource, ServiceResource } from '../resource/resource.ts';
import type { Program } from '../platform/program.ts';
import { shell } from '../transport/command.ts';
import { unit, type Sections } from './text.ts';

/** A program that runs on, and how. */
export interface Daemon {
  program: Program;
  about: string;
  flags: readonly string[];
  /** Further settings of its unit, beside those that all have. */
  unit?: Sections[string];
  service?: Sections[string];
  /** What it reads when it starts, and what it reads again when it is told to. */
  restartOn?: readonly string[];
  reloadOn?: readonly string[];
}

/**
 * A daemon under a unit of our own, so that it runs the same whoever packaged it: a unit in /etc takes the place of the package's of the same
 * name (systemd.unit(5)). Its account is made where no package has made it.
 */
export function daemon(wanted: Daemon): Resource[] {
  return [account(wanted.program.account), daemonUnit(wanted), daemonService(wanted)];
}

/** An account for services: no home, no shell, no password. */
export function account(name: string): ConditionResource {
  return { kind: 'condition', name: `there is an account ${name}`, check: { argv: ['id', '-u', name] }, act: [{ argv: shell('useradd -r -U -M -d /nonexistent -s /usr/sbin/nologin -- "$1"', name) }] };
}

export function daemonUnit({ program, about, flags, ...more }: Daemon): Resource {
  return unit(program.unit, {
    Unit: { Description: about, After: 'network-online.target', Wants: 'network-online.target', StartLimitIntervalSec: '0', ...more.unit },
    Service: { User: program.account, ExecStart: [program.path, ...flags.map(escaped)].join(' '), ExecReload: '/bin/kill -HUP $MAINPID', Restart: 'always', RestartSec: '5', NoNewPrivileges: 'yes', ...more.service },
    Install: { WantedBy: 'multi-user.target' },
  });
}

const daemonService = ({ program, restartOn, reloadOn }: Daemon): ServiceResource => ({ kind: 'service', unit: program.unit, enabled: true, running: true, ...(restartOn && { restartOn }), ...(reloadOn && { reloadOn }) });

/** systemd.unit(5) and systemd.service(5): specifiers begin with %, variables with $. */
const escaped = (flag: string): string => flag.replaceAll('%', '%%').replaceAll('$', '$$$$');
