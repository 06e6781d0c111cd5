import { shell, type Command } from '../transport/command.ts';
import type { Kind, UserResource } from './resource.ts';

export type UserState =
  | { exists: false }
  | { exists: true; uid: number; home: string; shell: string; group: string; groups: readonly string[] };

export const user: Kind<UserResource, UserState> = {
  plain: true,
  identify: (wanted) => `user ${wanted.name}`,
  probe: (wanted) => ({ argv: shell('getent passwd "$1"; id -gn "$1"; id -Gn "$1"', wanted.name) }),
  parse: (completed) => {
    const [entry, group, groups] = completed.stdout.split('\n');
    if (completed.code !== 0 || !entry || !group || groups === undefined) return { exists: false };
    // passwd(5): name:password:uid:gid:gecos:home:shell
    const fields = entry.split(':');
    return { exists: true, uid: Number(fields[2]), home: fields[5]!, shell: fields[6]!, group, groups: groups.split(' ') };
  },
  diff: (wanted, actual) => {
    if (!actual.exists) return [add(wanted)];
    const flags = changes(wanted, actual);
    return flags.length > 0 ? [{ argv: ['usermod', ...flags, '--', wanted.name] }] : [];
  },
  describe: (wanted, actual) => {
    if (actual.exists) return `change ${changes(wanted, actual).join(' ')}`;
    return ['add', ...(wanted.uid === undefined ? [] : [`uid ${wanted.uid}`]), ...(wanted.groups?.length ? [`groups ${wanted.groups.join(' ')}`] : [])].join(', ');
  },
};

/** A person gets a home; a system account gets the path of one, which its package or its role makes. */
function add(wanted: UserResource): Command {
  const primary = wanted.group === undefined ? ['-U'] : ['-g', wanted.group];
  return { argv: ['useradd', ...(wanted.system ? ['-r', '-M'] : ['-m']), ...primary, ...numbers(wanted), ...places(wanted), ...memberships(wanted.groups ?? []), '--', wanted.name] };
}

function changes(wanted: UserResource, actual: UserState & { exists: true }): string[] {
  const missing = (wanted.groups ?? []).filter((name) => !actual.groups.includes(name));
  return [
    ...(wanted.uid === actual.uid ? [] : numbers(wanted)),
    ...(wanted.group === undefined || wanted.group === actual.group ? [] : ['-g', wanted.group]),
    ...(wanted.home === undefined || wanted.home === actual.home ? [] : ['-d', wanted.home]),
    ...(wanted.shell === undefined || wanted.shell === actual.shell ? [] : ['-s', wanted.shell]),
    // Groups that are not named here are somebody else's business and stay.
    ...(missing.length > 0 ? ['-a', ...memberships(missing)] : []),
  ];
}

const numbers = ({ uid }: UserResource): string[] => (uid === undefined ? [] : ['-u', String(uid)]);

const places = ({ home, shell }: UserResource): string[] => [...(home === undefined ? [] : ['-d', home]), ...(shell === undefined ? [] : ['-s', shell])];

const memberships = (groups: readonly string[]): string[] => (groups.length > 0 ? ['-G', groups.join(',')] : []);
