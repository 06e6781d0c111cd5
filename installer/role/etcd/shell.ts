/** Text for shells on a host of etcd. */

/** With a certificate alone: to let a user in, etcd needs its quorum. */
export const asNobody = 'env -u ETCDCTL_USER -u ETCDCTL_PASSWORD';

/** Whether the member of this host knows a leader, which it does only among a quorum. */
export const hasLeader = `${asNobody} etcdctl --command-timeout=5s --dial-timeout=4s endpoint status -w json 2>/dev/null | grep -q '"leader":[1-9]'`;

/** While it is there, a first start is under way, from settings of its own. */
export const firstUnit = 'etcd.service.d/first.conf';
export const firstConfiguration = '/etc/etcd/first.yml';

/** Reads `etcdctl member list` line by line into `id`, `state`, `member`, `peer`, `client` and `learner`. */
export const eachMember = (body: string): string => `while IFS=, read -r id state member peer client learner; do
  state=\${state# } member=\${member# } peer=\${peer# } client=\${client# } learner=\${learner# }
  ${body}
done`;
