import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../vagrant/host.ts';
import { raiseCluster, trioInventory, type Cluster } from '../support/cluster.ts';
import { bundleFor } from '../support/deploy.ts';
import { knock } from '../support/knock.ts';

describe('what three bookworm hosts let others see', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await raiseCluster({ name: 'secure', ground: { suite: 'bookworm', packages: ['openssh-client', 'openssh-server'] }, count: 3, network: 29 }, await bundleFor('bookworm'));
    await cluster.admin.must('umask 077; mkdir -p /etc/pgark; cat > /etc/pgark/pgark.yml', { stdin: trioInventory(cluster.addresses) });
    await cluster.admin.must(['pgark', 'install', '--yes'], { timeout: 2400 });
  });
  afterAll(() => cluster?.discard());

  const linesOf = (text: string): string[] => text.split('\n').filter(Boolean);
  const onEach = <T>(act: (host: Host) => Promise<T>): Promise<T[]> => Promise.all(cluster.hosts.map(act));
  /** Every value of the vault, former ones and the private keys of certificates among them. */
  const values = async (): Promise<string[]> => linesOf(await cluster.admin.must(`cat /etc/pgark/vault/secrets.json /etc/pgark/vault/rotation.json 2>/dev/null | sed -n 's/^ *"[^"]*": "\\([^" ]\\{16,\\}\\)",*$/\\1/p'; for key in /etc/pgark/vault/authority.key /etc/pgark/vault/issued/*.key; do sed -n 2p "$key"; done`));

  test('is on ports that are accounted for, and on no other', async () => {
    const found = await onEach((host) => host.must(`ss -Hltn | awk '{ print $4 }' | grep -vE '^(127\\.|\\[::1\\])' | sed 's/.*://' | sort -un`));

    const known: Readonly<Record<string, string>> = { 22: 'sshd', 53: 'names', 80: 'the repository, signed by itself', 443: 'portal', 2379: 'etcd', 2380: 'etcd', 5432: 'PostgreSQL', 5433: 'service', 5434: 'service', 5436: 'service', 5438: 'service', 6432: 'PgBouncer', 8008: 'Patroni', 9100: 'metrics', 9101: 'metrics', 9630: 'metrics', 9631: 'metrics' };
    expect(found.flatMap((each, index) => linesOf(each).filter((port) => !(port in known)).map((port) => `${index + 1}: ${port}`))).toEqual([]);
    expect(found.map((each) => linesOf(each).includes('443'))).toEqual([true, false, false]);
  });

  test('speaks TLS 1.2 or later where it speaks TLS', async () => {
    const [first, ...others] = await onEach((host) => host.must(handshakes));

    // The client itself can do 1.1: it does so with a server that lets it.
    for (const each of [first!, ...others]) {
      expect(linesOf(each)[0]).toBe('control: 1.1 1.2 1.3');
      expect(linesOf(each).slice(1).filter((line) => !/^\d+: 1\.2 1\.3$/.test(line))).toEqual([]);
    }
    expect(linesOf(first!)).toHaveLength(11);
  });

  test('speaks no clear text where TLS is asked for, and neither replicates nor serves an administrator without it', async () => {
    const answers = await onEach((host) => host.must(`${knock} host=$(hostname -I | cut -d' ' -f1)
      for port in 2379 2380 8008; do echo "$port $(knock GET "http://$host:$port/")"; done
      PGPASSWORD=x psql -XAtqw "host=$host port=5432 user=replicator dbname=postgres replication=true sslmode=disable" -c 'IDENTIFY_SYSTEM' 2>&1 | grep -o 'no encryption' | head -1
      for other in ${cluster.addresses.join(' ')}; do PGPASSWORD=x psql -XAtqw "host=$other port=5432 user=dbuser_dba dbname=postgres sslmode=disable" -c 'SELECT 1' 2>&1 | grep -o 'rejects .*no encryption' | sed 's/".*"/…/;s/.*, //' | head -1; done`));

    for (const each of answers) {
      expect(linesOf(each).map((line) => line.replace(/ (400|RemoteDisconnected|ConnectionResetError)$/, ' refused'))).toEqual(['2379 refused', '2380 refused', '8008 refused', 'no encryption', ...cluster.addresses.map(() => 'no encryption')]);
    }
  });

  test('lets nobody near etcd without a certificate, and nobody in without a user', async () => {
    const answers = await onEach((host) => host.must(`${knock} host=$(hostname -I | cut -d' ' -f1)
      for url in "https://$host:2379/health" "https://$host:2380/members"; do
        code=$(knock GET "$url")
        case $code in SSLError | RemoteDisconnected | ConnectionResetError) ;; *) echo "$url without a certificate: $code" ;; esac
      done
      set -a; . /etc/etcd/etcdctl.env; set +a; unset ETCDCTL_USER ETCDCTL_PASSWORD
      if etcdctl get / --prefix --limit=1 >/dev/null 2>&1; then echo keys without a user; fi
      if etcdctl --user pg-test:pg-test get /pg/pg-test/ --prefix --limit=1 >/dev/null 2>&1; then echo the name of the cluster for a password; fi
      for word in root Etcd.Root etcd; do if etcdctl --user "root:$word" user list >/dev/null 2>&1; then echo "root with $word"; fi; done`));

    expect(answers.flatMap(linesOf)).toEqual([]);
  });

  test('changes nothing by the REST API of Patroni for who has no password, or a known one', async () => {
    const answers = await onEach((host) => host.must(`${knock} host=$(hostname -I | cut -d' ' -f1)
      [ "$(knock GET "https://$host:8008/patroni")" = 200 ] || echo 'nobody answers at all'
      for ask in 'POST switchover' 'POST failover' 'POST restart' 'POST reinitialize' 'POST reload' 'PATCH config' 'PUT config' 'DELETE switchover' 'DELETE restart' 'POST failsafe'; do
        for login in '' postgres:Patroni.API postgres:postgres patroni:patroni; do
          code=$(knock "\${ask% *}" "https://$host:8008/\${ask#* }" "$login")
          [ "$code" = 401 ] || [ "$code" = 403 ] || echo "$ask as '$login': $code"
        done
      done`));

    expect(answers.flatMap(linesOf)).toEqual([]);
  });

  test('knows none of the logins that are published', async () => {
    const answers = await onEach((host) => host.must(`${knock} host=$(hostname -I | cut -d' ' -f1)
      for port in 5432 6432 5433; do
        for login in postgres:postgres postgres:DBUser.Postgres pgbouncer:pgbouncer dbuser_dba:DBUser.DBA dbuser_monitor:DBUser.Monitor replicator:DBUser.Replicator dbuser_meta:DBUser.Meta dbuser_view:DBUser.Viewer app:app; do
          for database in postgres pgbouncer app; do
            if PGPASSWORD=\${login#*:} PGCONNECT_TIMEOUT=5 psql -XAtqw "host=$host port=$port user=\${login%%:*} dbname=$database" -c 'SELECT 1' >/dev/null 2>&1; then echo "$port $login $database"; fi
          done
        done
      done
      for login in haproxy:haproxy admin:pigsty admin:admin pigsty:pigsty; do
        for url in "https://${cluster.addresses[0]}/vmetrics/" "https://${cluster.addresses[0]}/alertmgr/" "https://${cluster.addresses[0]}/haproxy/$(hostname)/"; do
          code=$(knock GET "$url" "$login")
          [ "$code" = 401 ] || echo "$url $login: $code"
        done
      done`));

    expect(answers.flatMap(linesOf)).toEqual([]);
  });

  test('trusts nobody for where he comes from', async () => {
    const answers = await onEach((host) => host.must(['psql', '-XAtq', '-d', 'postgres', '-c', "SELECT type || ' ' || auth_method || ' ' || user_name::text FROM pg_hba_file_rules WHERE auth_method IN ('trust', 'password', 'md5')"], { as: 'postgres' }));

    expect(answers.flatMap(linesOf)).toEqual([]);
  });

  test('keeps a secret only where it is needed, and for its reader alone', async () => {
    const secrets = `${(await values()).join('\n')}\n`;

    const found = await onEach((host) => host.must(searching, { stdin: secrets, timeout: 900 }));

    const places = found.map((each) => linesOf(each).map((line) => line.split(' ') as [string, string, string]));
    expect(places.flat().filter(([mode]) => !/^[46]00$/.test(mode)).map((each) => each.join(' '))).toEqual([]);
    // What etcd 3.4 is told of a password stands in its log as it is, until that is cut off.
    const inLogOfEtcd = /^\/data\/etcd\/member\/wal\//;
    const allowed = [/^\/etc\/patroni\/patroni\.yml$/, /^\/var\/lib\/pgsql\/\.pgpass$/, /\/tmp\/patroni\.pgpass$/, /^\/etc\/pgbackrest\/pgbackrest\.conf$/, /^\/etc\/pgbouncer\/userlist\.txt$/, /^\/etc\/etcd\/(etcdctl\.env|server\.key|admin\.key)$/, /\/cert\/(server|etcd)\.key$/, /^\/etc\/default\/prometheus-(postgres|pgbouncer)-exporter$/, inLogOfEtcd];
    const ofAdmin = [...allowed, /^\/etc\/pgark\/vault\//, /^\/etc\/nginx\/pgark\.key$/, /^\/etc\/pki\/scrape\.key$/];
    expect(places.flatMap((rows, index) => rows.filter(([, , path]) => !(index === 0 ? ofAdmin : allowed).some((pattern) => pattern.test(path))).map(([, , path]) => `${index + 1}: ${path}`))).toEqual([]);
    expect(places.every((rows) => rows.length >= 6)).toBe(true);
  });

  test('writes no secret into a journal', async () => {
    const secrets = `${(await values()).join('\n')}\n`;

    const found = await onEach((host) => host.must('umask 077; cat > /run/wanted; journalctl -o cat --no-pager | grep -cFf /run/wanted || :; rm -f /run/wanted', { stdin: secrets, timeout: 300 }));

    expect(found.map(Number)).toEqual([0, 0, 0]);
  });

  test('has no private key, vault or receipt that others can read, and nothing that everybody can write', async () => {
    const found = await onEach((host) => host.must(`find / -xdev \\( -path /proc -o -path /sys -o -path /usr/share -o -path /www -o -path /etc/ssl/private \\) -prune -o -type f \\( -name '*.key' -o -path '/etc/pgark/vault/*' -o -name 'pgark.yml*' -o -name roster.json -o -path '/var/lib/pgark/receipts/*' \\) -perm /077 -print
      find /etc /pg/ /data /var/lib/pgark /usr/local /opt -xdev \\( -type f -o -type d \\) -perm -002 -print 2>/dev/null || :`));

    expect(found.flatMap(linesOf)).toEqual([]);
  });

  test('shows no secret in the arguments of a process, also while secrets are rotated', async () => {
    const before = await values();
    await onEach((host) => host.must(watching));

    const { code, stdout, stderr } = await cluster.admin.run(['pgark', 'secret', 'rotate', '--all', '--yes'], { timeout: 1500 });

    expect(code, stdout + stderr).toBe(0);
    const secrets = `${[...before, ...(await values())].join('\n')}\n`;
    const found = await onEach((host) => host.must('touch /run/watching.stop; while systemctl is-active -q watching; do sleep 0.2; done; umask 077; cat > /run/wanted; wc -l < /run/watching.seen; grep -cFf /run/wanted /run/watching.seen || :; rm -f /run/wanted', { stdin: secrets }));
    for (const each of found) {
      const [seen, hits] = linesOf(each).map(Number);
      expect(seen).toBeGreaterThan(50);
      expect(hits).toBe(0);
    }
    expect(secrets.split('\n').filter((value) => value !== '' && (stdout + stderr).includes(value))).toEqual([]);
  });
});

/** For every port with TLS, the versions that it takes. The client offers what OpenSSL has, be it weak; whoever takes it shows a certificate. */
const handshakes = `export OPENSSL_CONF=/dev/null
host=$(hostname -I | cut -d' ' -f1)
folder=$(mktemp -d)
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$folder/key" -out "$folder/crt" -subj /CN=control -days 1 -config /etc/ssl/openssl.cnf 2>/dev/null
openssl s_server -accept 127.0.0.1:4999 -key "$folder/key" -cert "$folder/crt" -cipher ALL:@SECLEVEL=0 -www >/dev/null 2>&1 &
server=$!
trap 'kill $server; rm -rf "$folder"' EXIT
sleep 2
try() {
  printf '%s:' "$1"
  shift
  for version in 1_1 1_2 1_3; do
    if timeout 15 openssl s_client -tls$version -cipher ALL:@SECLEVEL=0 "$@" </dev/null 2>/dev/null | grep -q 'BEGIN CERTIFICATE'; then printf ' %s' "$(echo $version | tr _ .)"; fi
  done
  echo
}
mutual='-cert /etc/etcd/admin.crt -key /etc/etcd/admin.key'
try control -connect 127.0.0.1:4999
try 2379 -connect "$host:2379" $mutual
try 2380 -connect "$host:2380" $mutual
try 8008 -connect "$host:8008"
for port in 5432 6432 5433 5434 5436 5438; do try $port -connect "$host:$port" -starttls postgres; done
if [ -e /etc/nginx/pgark.crt ]; then try 443 -connect "$host:443"; fi
`;

/** Mode, owner and path of every file with one of the lines of standard input in it. */
const searching = `umask 077
cat > /run/wanted
find / -xdev \\( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path '/www/.pgark' -o -path '/var/log/journal' \\) -prune -o -type f -size -64M -print0 |
  xargs -0 -r grep -lFf /run/wanted -- 2>/dev/null | while IFS= read -r path; do stat -c '%a %U %n' -- "$path"; done
rm -f /run/wanted
`;

/** Writes down the arguments of everything that runs, again and again, until it is told to stop. */
const watching = `rm -f /run/watching.*
cat > /root/watching <<'END'
while [ ! -e /run/watching.stop ]; do for each in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < "$each"; echo; done >> /run/watching.new 2>/dev/null; sort -u /run/watching.new -o /run/watching.new; done
mv /run/watching.new /run/watching.seen
END
systemd-run -q --unit=watching sh /root/watching`;
