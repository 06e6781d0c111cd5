import { shell, type Command } from '../transport/command.ts';

/** etcdctl on the host of a member, at these members: as root of etcd. */
export const asRoot = (clients: readonly string[], words: string, ...parameters: string[]): Command => ctl(clients, `etcdctl --command-timeout=10s --dial-timeout=3s ${words}`, parameters);

/** The same with a certificate alone, which does without a quorum. */
export const asNobody = (clients: readonly string[], words: string, ...parameters: string[]): Command =>
  ctl(clients, `env -u ETCDCTL_USER -u ETCDCTL_PASSWORD etcdctl --command-timeout=3s --dial-timeout=2s ${words}`, parameters);

const ctl = (clients: readonly string[], text: string, parameters: readonly string[]): Command => ({ argv: shell(`clients=$1; shift; set -a; . /etc/etcd/etcdctl.env; ETCDCTL_ENDPOINTS=$clients; set +a; ${text}`, clients.join(','), ...parameters), timeout: 60 });
