import { dirname } from 'node:path/posix';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { shell } from '../../transport/command.ts';
import { instanceOf, isRunning, membersOf } from '../instance.ts';
import { textfiles } from '../node/node-exporter.ts';
import type { Role } from '../role.ts';
import { unit, type Sections } from '../text.ts';
import { proofProgram, proofState, type ProofPlace, type ProofRepository } from './proof-program.ts';
import { calendarOf, intervalOf } from './proof-schedule.ts';
import { passphrasesOf, repositoriesOf } from './repositories.ts';
import { isStandby } from './upstream.ts';

/** The proof of backups: on every member the program that restores one into a scratch instance, and where there is something to prove, its schedule. */
export const proof: Role = {
  name: 'proof of backups',
  rollout: 'together',
  plays: (host, inventory) => isRunning(host) && host.vars.pgbackrest_enabled && !isStandby(host, inventory),
  secrets: passphrasesOf,
  resources: (host, inventory) => {
    const place = placeOf(host, inventory);
    const owned = (path: string, mode: string): Resource => ({ kind: 'directory', path, owner: host.vars.pg_dbsu, group: host.vars.pg_dbsu, mode });
    return [
      { kind: 'directory', path: '/usr/local/lib/pgark', mode: '0755' },
      { kind: 'file', path: program, content: proofProgram(place), mode: '0755' },
      { kind: 'directory', path: dirname(proofState), mode: '0755' },
      owned(proofState, '0755'),
      owned(place.folder, '0700'),
      unit('pgark-backup-check@.service', service(host, place, '%i')),
      ...schedule(host, place),
      gone,
    ];
  },
};

const program = '/usr/local/lib/pgark/backup-check';

function placeOf(host: Host, inventory: Inventory): ProofPlace {
  const { vars } = host;
  const { cluster, name } = instanceOf(host);
  const repositories = repositoriesOf(host, inventory).map(({ number, name: repository, isLocal }): ProofRepository => ({ number, name: repository, isLocal, isDue: isLocal || provesShared(host, inventory) }));
  return { stanza: cluster, instance: name, binaries: vars.pg_bin_dir, folder: `${dirname(vars.pg_data)}/proof`.replace('//', '/'), socket: vars.pg_localhost, port: vars.pg_port, interval: intervalOf(vars.pgbackrest_check), repositories };
}

/** What all members see, one of them proves: one that serves reports, else the last replica. That it leads one day does no harm. */
function provesShared(host: Host, inventory: Inventory): boolean {
  const rank = ({ vars }: Host): number => ['primary', 'replica', 'offline'].indexOf(vars.pg_role ?? 'replica');
  const members = membersOf(host, inventory).filter(isRunning).toSorted((a, b) => rank(a) - rank(b) || a.vars.pg_seq! - b.vars.pg_seq!);
  return members.at(-1)?.address === host.address;
}

function schedule(host: Host, place: ProofPlace): Resource[] {
  const calendar = calendarOf(host.vars.pgbackrest_check);
  const metrics = `${textfiles}/backup-proof.prom`;
  if (calendar === undefined || !place.repositories.some(({ isDue }) => isDue)) {
    return [{ kind: 'service', unit: timerName, enabled: false, running: false }, { kind: 'absent', path: metrics }];
  }
  return [
    unit('pgark-backup-check.service', service(host, place)),
    unit(timerName, timer(calendar)),
    { kind: 'service', unit: timerName, enabled: true, running: true, restartOn: [`/etc/systemd/system/${timerName}`] },
    // How long nothing was proven is known before the first proof.
    { kind: 'condition', name: 'the age of the last proof of a backup is known', check: { argv: shell('[ -s "$1" ] && [ "$1" -nt "$2" ]', `${proofState}/metrics.prom`, program) }, act: [{ argv: [program, 'metrics'], as: host.vars.pg_dbsu, timeout: 120 }] },
    ...(host.vars.node_exporter_enabled ? [{ kind: 'link', path: metrics, to: `${proofState}/metrics.prom` } satisfies Resource] : []),
  ];
}

const timerName = 'pgark-backup-check.timer';

/** It yields to everything else on the host, and whatever ends it takes the scratch instance with it. */
const service = (host: Host, { folder }: ProofPlace, ...asked: string[]): Sections => ({
  Unit: { Description: 'Proves a backup by restoring it' },
  Service: {
    Type: 'oneshot',
    User: host.vars.pg_dbsu,
    ExecStart: [program, ...asked].join(' '),
    // It ends by itself, when it has taken as long as it may.
    TimeoutStartSec: 'infinity',
    KillMode: 'mixed',
    TimeoutStopSec: '60',
    Nice: '19',
    IOSchedulingClass: 'idle',
    CPUWeight: '10',
    OOMScoreAdjust: '500',
    NoNewPrivileges: 'yes',
    // WAL that tells of a new tablespace names the folder of the one that is in use.
    ProtectSystem: 'strict',
    ReadWritePaths: `${folder} ${proofState}`,
    PrivateTmp: 'yes',
  },
});

const timer = (calendar: string): Sections => ({
  Unit: { Description: 'Proves the newest backup by restoring it' },
  Timer: { OnCalendar: calendar, RandomizedDelaySec: '30min', Persistent: 'true' },
  Install: { WantedBy: 'timers.target' },
});

/** A member that goes takes a proof with it that is under way, and what was found. */
const gone: Resource = {
  kind: 'condition',
  name: 'there is a place for results of proofs',
  check: { argv: ['test', '-d', proofState] },
  act: [{ argv: ['mkdir', '-p', proofState] }],
  undo: { check: { argv: ['test', '!', '-e', proofState] }, act: [{ argv: shell("systemctl stop 'pgark-backup-check*' || :; rm -rf -- \"$1\"", proofState) }] },
};
