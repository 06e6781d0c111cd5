import type { GroupResource, Kind } from './resource.ts';

export interface GroupState {
  gid?: number;
}

export const group: Kind<GroupResource, GroupState> = {
  plain: true,
  identify: (wanted) => `group ${wanted.name}`,
  probe: (wanted) => ({ argv: ['getent', 'group', wanted.name] }),
  parse: (completed) => (completed.code === 0 ? { gid: Number(completed.stdout.split(':')[2]) } : {}),
  diff: (wanted, actual) => {
    const gid = wanted.gid === undefined ? [] : ['-g', String(wanted.gid)];
    if (actual.gid === undefined) return [{ argv: ['groupadd', ...gid, '--', wanted.name] }];
    return wanted.gid === undefined || wanted.gid === actual.gid ? [] : [{ argv: ['groupmod', ...gid, '--', wanted.name] }];
  },
  describe: (wanted, actual) => `${actual.gid === undefined ? 'add' : `change, had gid ${actual.gid}`}${wanted.gid === undefined ? '' : `, gid ${wanted.gid}`}`,
};
