import type { Host } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import type { Role } from '../role.ts';
import { block } from '../block.ts';
import { ours } from '../text.ts';

/** The account that operators use: fixed ids, keys only, and as much of sudo as `node_admin_sudo` says. */
export const admin: Role = {
  name: 'admin',
  lasting: true,
  ground: true,
  rollout: 'together',
  plays: ({ vars }) => vars.node_admin_enabled,
  prepare: ({ vars }) => [
    { kind: 'group', name: 'admin', gid: vars.node_admin_uid },
    { kind: 'user', name: vars.node_admin_username, uid: vars.node_admin_uid, group: 'admin', home: homeOf(vars.node_admin_username), shell: '/bin/bash' },
  ],
  components: () => ['sudo'],
  resources: (host) => [...sudoers(host), ...keys(host)],
};

const homeOf = (name: string): string => `/home/${name}`;

function sudoers({ vars }: Host): Resource[] {
  const rule = rules[vars.node_admin_sudo];
  const path = `/etc/sudoers.d/${vars.node_admin_username}`;
  if (rule === undefined) return [{ kind: 'absent', path }];
  return [{ kind: 'file', path, content: `${ours}\n%admin ALL=(ALL:ALL) ${rule}\n`, mode: '0440', validate: ['visudo', '-cf', '{}'] }];
}

/** NOEXEC in `limit`: a pager must not become a root shell (sudoers(5)). */
const rules: Record<Host['vars']['node_admin_sudo'], string | undefined> = {
  nopass: 'NOPASSWD: ALL',
  all: 'ALL',
  limit: `NOPASSWD: NOEXEC: ${['systemctl', 'journalctl', 'cat', 'less', 'tail', 'head'].map((name) => `/usr/bin/${name}`).join(', ')}`,
  none: undefined,
};

function keys({ vars }: Host): Resource[] {
  const name = vars.node_admin_username;
  const folder = `${homeOf(name)}/.ssh`;
  return [
    { kind: 'directory', path: homeOf(name), owner: name, group: 'admin', mode: '0750' },
    { kind: 'directory', path: folder, owner: name, group: 'admin', mode: '0700' },
    ...(vars.node_admin_pk_list.length === 0 ? [] : [block(`${folder}/authorized_keys`, 'last', vars.node_admin_pk_list, name)]),
  ];
}
