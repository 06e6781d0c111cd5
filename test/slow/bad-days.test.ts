import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../vagrant/host.ts';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor, until } from '../support/deploy.ts';

interface Fault {
  error: string;
  message: string;
  details: string[];
  hint?: string;
}

interface Plan {
  changes: number;
  hosts: { name: string; changes: { role: string; identity: string; held?: string }[] }[];
  lost: { name: string; because: string }[];
}

describe('three bookworm hosts on bad days', () => {
  let cluster: Cluster;
  let users = 0;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'badday', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 26 }, await bundleFor('bookworm'));
    await write(trioInventory(cluster.addresses));
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 2400 });
  }, 3_000_000);
  afterAll(() => cluster?.discard());

  const write = (text: string) => cluster.admin.must('mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: text });
  /** Something to do: a role on the leader, and then a line for PgBouncer on every member. */
  const wantOneMore = async (): Promise<string> => {
    const name = `extra${++users}`;
    await write(trioInventory(cluster.addresses).replace('          - { name: app, password', (line) => `          - { name: ${name}, password: '\${secret.${name}}', pgbouncer: true }\n${line}`));
    return name;
  };
  const pgark = (...words: string[]) => cluster.admin.run(['pgark', ...words], { timeout: 900 });
  const plan = async (): Promise<{ code: number; plan: Plan }> => {
    const { code, stdout, stderr } = await pgark('plan', '--json');
    expect(stdout, stderr).toMatch(/^\{/);
    return { code, plan: JSON.parse(stdout) as Plan };
  };
  const faultIn = (stdout: string): Fault => JSON.parse(stdout.trim().split('\n').at(-1)!) as Fault;
  /** Makes whoever creates a role wait, at most a minute, or until this is let go. Answers with what lets go. */
  const holdRoles = async (): Promise<() => Promise<void>> => {
    const psql = (host: Host, sql: string) => host.must(['psql', '-XAtq', '-d', 'postgres', '-c', sql], { as: 'postgres' });
    const standby = await Promise.all(cluster.hosts.map((host) => psql(host, 'SELECT pg_is_in_recovery()')));
    const leader = cluster.hosts[standby.findIndex((each) => each.trim() === 'f')]!;
    const held = `FROM pg_locks WHERE relation = 'pg_authid'::regclass AND mode = 'ShareLock' AND granted`;
    await leader.must(['systemd-run', '-q', '--uid=postgres', 'psql', '-Xq', '-d', 'postgres', '-c', 'BEGIN; LOCK TABLE pg_authid IN SHARE MODE; SELECT pg_sleep(60)']);
    await until(30, 'roles are held', async () => ((await psql(leader, `SELECT count(*) ${held}`)).trim() === '1' ? true : undefined));
    return async () => void (await psql(leader, `SELECT pg_terminate_backend(pid) ${held}`));
  };
  /** Starts a run, does something while it is in the middle of creating roles, and answers with how it ended. */
  const meanwhile = async (act: () => Promise<void>) => {
    const log = '/root/apply.log';
    const letGo = await holdRoles();
    await cluster.admin.must(['rm', '-f', log]);
    const run = cluster.admin.run(`exec pgark apply --yes --json 2>${log}`, { timeout: 900 });
    await until(300, 'roles are under way', async () => ((await cluster.admin.run(['grep', '-q', '"step":"access"', log])).code === 0 ? true : undefined));
    await act();
    // A leader that has lost its power holds nothing.
    await letGo().catch(() => undefined);
    return run;
  };
  const settled = () => until(300, 'all is as the inventory says', async () => ((await pgark('apply', '--yes')).code === 0 && (await plan()).plan.changes === 0 ? true : undefined));
  const files = (host: Cluster['admin']) => host.must(`find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log -o -path /pg -o -path /data -o -path /var/lib/etcd -o -path /data/etcd -o -path /data/metrics -o -path /var/lib/chrony -o -path /var/lib/prometheus -o -path /var/lib/victoria-metrics \\) -prune -o -type f -printf '%p %s %T@ %C@\\n' | sort`);

  test('a plan touches nothing on any host, takes no lock, and comes to the same again', async () => {
    await settled();
    const before = await Promise.all(cluster.hosts.map(files));
    const receipts = await Promise.all(cluster.hosts.map((host) => host.must('ls /var/lib/pgark/receipts')));

    const first = await pgark('plan');
    const again = await pgark('apply', '--yes');

    expect([first.code, again.code]).toEqual([0, 0]);
    expect(again.stdout).toBe(first.stdout);
    expect(await Promise.all(cluster.hosts.map(files))).toEqual(before);
    expect(await Promise.all(cluster.hosts.map((host) => host.must('ls /var/lib/pgark/receipts')))).toEqual(receipts);
    for (const host of cluster.hosts) expect((await host.run('ls /run/pgark.lock')).code).not.toBe(0);
  });

  test('a host whose power goes in the middle of a run is told as lost, the others are done, and a rerun finishes', async () => {
    const name = await wantOneMore();

    const { code, stdout } = await meanwhile(() => cluster.hosts[2]!.powerOff());
    const fault = faultIn(stdout);
    await cluster.hosts[2]!.start();
    const rerun = await until(120, 'it can be reached again', async () => {
      const tried = await pgark('apply', '--yes');
      return tried.code === 7 ? undefined : tried;
    });

    expect(code, stdout).toBe(7);
    expect(fault.error).toBe('unreachable');
    expect(fault.message).toContain('pg-test-3');
    expect(fault.details.some((line) => line.startsWith('pg-test-2: 2 done, 0 not tried')), fault.details.join('\n')).toBe(true);
    expect(fault.details.some((line) => line.startsWith('pg-test-3: 0 done, 1 not tried; lost'))).toBe(true);
    expect(rerun.code, rerun.stdout + rerun.stderr).toBe(0);
    expect(await cluster.hosts[2]!.must(['cat', '/etc/pgbouncer/userlist.txt'])).toContain(name);
    expect((await plan()).plan.changes).toBe(0);
  });

  test('a host that is lost is left out: the plan names it and what it holds back, and the rest is done', async () => {
    await cluster.hosts[2]!.powerOff();
    await wantOneMore();

    const planned = await plan();
    const { code, stdout } = await pgark('apply', '--yes', '--json');

    expect(planned.code).toBe(7);
    expect(planned.plan.lost.map(({ name }) => name)).toEqual(['pg-test-3']);
    expect(planned.plan.hosts.flatMap(({ changes }) => changes.filter(({ held }) => held !== undefined))).toEqual([]);
    expect(code, stdout).toBe(7);
    expect((await plan()).plan.changes).toBe(0);
  });

  test('without a majority of etcd that is said at once, and what stands on it is left as it is', async () => {
    await cluster.hosts[1]!.powerOff();
    // A file that stands on nothing elsewhere, and the configuration of Patroni, which does.
    await write(trioInventory(cluster.addresses, 'pg_max_conn: 321', 'node_etc_hosts: [ 10.99.99.99 elsewhere ]'));

    const { code, stderr, stdout } = await pgark('apply', '--yes');
    const [hosts, patroni] = await Promise.all([cluster.admin.must(['cat', '/etc/hosts']), cluster.admin.must(['cat', '/etc/patroni/patroni.yml'])]);
    await Promise.all(cluster.hosts.slice(1).map((host) => host.start()));

    expect(code, stdout + stderr).toBe(7);
    expect(stderr).toContain('2 of 3 members of etcd cannot be reached');
    expect(stderr).toContain('2 of 3 hosts cannot be reached: more than half');
    expect(stdout).toContain('held back: not without more than half of the members of etcd: pg-test-2 cannot be reached, pg-test-3 cannot be reached');
    expect(hosts).toContain('10.99.99.99');
    expect(patroni).not.toContain('max_connections: 321');
    await write(trioInventory(cluster.addresses));
    await until(300, 'everybody is back', async () => ((await pgark('plan')).code === 0 ? true : undefined));
    await settled();
  });

  test('of two runs at once one goes on, and the other hears who it is and since when', async () => {
    await wantOneMore();
    let second = { code: 0, stderr: '' };

    const first = await meanwhile(async () => {
      await write(trioInventory(cluster.addresses, 'node_etc_hosts: [ 10.99.99.98 second ]'));
      second = await pgark('apply', '--yes');
    });

    expect(first.code, first.stdout).toBe(0);
    expect(second.code).toBe(8);
    expect(second.stderr).toMatch(/root@pg-test-1 is changing this host since 20\d\d-\d\d-\d\dT.* \(process \d+\)/);
    await settled();
  });

  test('a run that is killed leaves a lock that the next one judges, and is finished by it', async () => {
    const name = await wantOneMore();

    const killed = await meanwhile(async () => void (await cluster.admin.must('kill -9 $(sed -n \'s/.*"pid":\\([0-9]*\\).*/\\1/p\' /run/pgark.lock)')));
    const left = await cluster.hosts[1]!.must(['cat', '/run/pgark.lock']);
    const { code, stdout, stderr } = await pgark('apply', '--yes');

    expect(killed.code).not.toBe(0);
    expect(left).toContain('root@pg-test-1');
    expect(code, stdout + stderr).toBe(0);
    expect(await cluster.hosts[2]!.must(['cat', '/etc/pgbouncer/userlist.txt'])).toContain(name);
  });

  test('a run whose own host loses its power is finished after the boot, over the locks that it left', async () => {
    const name = await wantOneMore();

    await meanwhile(() => cluster.admin.powerOff());
    const left = await cluster.hosts[1]!.must(['cat', '/run/pgark.lock']);
    await cluster.admin.start();
    const { code, stdout, stderr } = await until(120, 'the others answer', async () => {
      const tried = await pgark('apply', '--yes');
      return tried.code === 7 ? undefined : tried;
    });

    expect(left).toContain('root@pg-test-1');
    expect(code, stdout + stderr).toBe(0);
    expect(await cluster.hosts[2]!.must(['cat', '/etc/pgbouncer/userlist.txt'])).toContain(name);
    for (const host of cluster.hosts) expect((await host.run('ls /run/pgark.lock')).code).not.toBe(0);
  });

  describe('is refused, by its name and with what to do,', () => {
    const refused = async (...words: string[]) => {
      const { code, stderr } = await pgark('apply', '--yes', ...words);
      return { code, stderr };
    };

    test('a clock that is apart', async () => {
      await cluster.hosts[1]!.must('cat > /usr/local/bin/date; chmod +x /usr/local/bin/date', { stdin: '#!/bin/sh\nif [ "$1" = +%s.%N ]; then echo "$(($(/usr/bin/date +%s) + 8)).0"; else exec /usr/bin/date "$@"; fi\n' });

      const { code, stderr } = await refused();
      await cluster.hosts[1]!.must(['rm', '/usr/local/bin/date']);

      expect(code).toBe(3);
      expect(stderr).toMatch(/pg-test-2 {2}clock-apart {2}its clock is [78]\.\d s ahead of that of pg-test-/);
    });

    test('an address that is used twice', async () => {
      await cluster.hosts[2]!.must(['ip', 'address', 'add', '10.10.26.99/24', 'dev', 'host0']);
      await write(trioInventory([cluster.addresses[0]!, '10.10.26.99', cluster.addresses[2]!]).replace('{ pg_seq: 2,', '{ pg_seq: 4,'));

      const { code, stderr } = await refused();
      await cluster.hosts[2]!.must(['ip', 'address', 'del', '10.10.26.99/24', 'dev', 'host0']);
      await write(trioInventory(cluster.addresses));

      expect(code).toBe(3);
      expect(stderr).toMatch(/same-host {2}10\.10\.26\.\d+ is the same host as 10\.10\.26\.\d+/);
    });

    test('a host with another key than at the first contact', async () => {
      const keep = 'cp -a /etc/ssh /root/ssh-kept';
      await cluster.hosts[2]!.must(`${keep}; rm /etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key; systemctl restart ssh`);

      const { code, stderr } = await refused();
      await cluster.hosts[2]!.must('rm -r /etc/ssh; mv /root/ssh-kept /etc/ssh; systemctl restart ssh');

      expect(code).toBe(7);
      expect(stderr).toContain('this host has another key than at the first contact');
    });

    test('a host where nothing listens for ssh', async () => {
      await cluster.hosts[2]!.must('systemctl stop ssh.socket 2>/dev/null; systemctl stop ssh');

      const { code, stderr } = await refused();
      await cluster.hosts[2]!.must(['systemctl', 'start', 'ssh']);

      expect(code).toBe(7);
      expect(stderr).toContain('is sshd running, and is ansible_port right?');
    });

    test('a password that sudo does not take', async () => {
      await cluster.hosts[2]!.must('useradd -m -s /bin/sh someone; echo "someone:right" | chpasswd; mkdir -p /home/someone/.ssh; cp /root/.ssh/authorized_keys /home/someone/.ssh/; chown -R someone: /home/someone/.ssh; echo "someone ALL=(ALL) ALL" > /etc/sudoers.d/someone');
      await cluster.admin.must('umask 077; echo wrong > /root/password');
      await write(trioInventory(cluster.addresses).replace('{ etcd_seq: 3 }', '{ etcd_seq: 3, ansible_user: someone }'));

      const { code, stderr } = await refused('--sudo-password-file', '/root/password');
      await write(trioInventory(cluster.addresses));

      expect(code).toBe(7);
      expect(stderr).toContain('sudo does not take this password of this user');
    });

    test('a host of another release than the bundle', async () => {
      await cluster.hosts[2]!.must(`cp -a --remove-destination /usr/lib/os-release /etc/os-release; sed -i 's/^VERSION_ID=.*/VERSION_ID="13"/; s/^VERSION_CODENAME=.*/VERSION_CODENAME=trixie/' /etc/os-release`);

      const { code, stderr } = await refused();
      await cluster.hosts[2]!.must('ln -sf ../usr/lib/os-release /etc/os-release');

      expect(code).toBe(3);
      expect(stderr).toMatch(/pg-test-3 {2}wrong-host {2}is debian 13 x86_64/);
    });
  });
});
