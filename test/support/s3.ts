import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { raise, type Host } from '../../vagrant/host.ts';
import type { HostGround } from '../../vagrant/host.ts';

export interface StoreWanted {
  name: string;
  /** Of the hosts that are to reach it. */
  bridge: string;
  /** `10.10.10.50/24`, on that bridge. */
  address: string;
  /** Taken when left out. */
  bucket?: string;
}

/** An S3 service on a host of its own, spoken to through TLS alone. */
export interface Store {
  host: Host;
  /** A name: pgBackRest looks for no address in a certificate. */
  endpoint: string;
  /** The line of /etc/hosts that leads there; `node_etc_hosts` takes it. */
  record: string;
  port: number;
  bucket: string;
  region: string;
  key: string;
  secret: string;
  /** The certificate of the authority that the service's own is from; PEM. */
  ca: string;
  /** What pgbackrest_repo says of it; the authority's certificate at `caFile`, the secret as written there. */
  entry(caFile: string, secret: string): Record<string, string | number>;
  makeBucket(name: string): Promise<void>;
  /** Names of what lies in the bucket, with sizes. */
  list(bucket?: string): Promise<{ name: string; bytes: number }[]>;
  /** The first bytes of an object. */
  head(name: string, bytes: number): Promise<Buffer>;
  /** No more than so many bytes fit into the bucket; `undefined` lifts that. */
  limit(bytes: number | undefined, bucket?: string): Promise<void>;
}

/** OpenStack Swift with s3api, all of it on one host: the S3 service that Debian's archive carries. */
export const storeGround: HostGround = { suite: 'bookworm', packages: ['ca-certificates', 'curl', 'memcached', 'openssl', 'stunnel4', 'swift-account', 'swift-container', 'swift-object', 'swift-proxy'] };

const endpoint = 's3.test';

const port = 9000;

/** Ready some fifteen seconds after the call. */
export async function raiseStore({ name, bridge, address, bucket = 'pgsql' }: StoreWanted): Promise<Store> {
  const host = await raise({ name, ...storeGround, network: { bridge, address } });
  const at = address.replace(/\/.*/, '');
  const secret = randomBytes(18).toString('hex');
  await host.must(['sh', '-ec', setUp, 'sh', at, endpoint, String(port)], { stdin: secret });
  await answers(host);
  const store = storeOn(host, { record: `${at} ${endpoint}`, bucket, secret, ca: await host.must(['cat', '/etc/stunnel/ca.crt']) });
  await store.makeBucket(bucket);
  return store;
}

function storeOn(host: Host, { record, bucket, secret, ca }: Pick<Store, 'record' | 'bucket' | 'secret' | 'ca'>): Store {
  const key = 'backup:pgbackrest';
  const region = 'us-east-1';
  const ask = (path: string, ...options: string[]): Promise<string> => host.must(['sh', '-ec', speak, 'sh', path, ...options]);
  return {
    host, endpoint, record, port, bucket, region, key, secret, ca,
    entry: (caFile, written) => ({
      type: 's3',
      s3_endpoint: endpoint,
      storage_port: port,
      s3_bucket: bucket,
      s3_region: region,
      s3_uri_style: 'path',
      s3_key: key,
      s3_key_secret: written,
      storage_ca_file: caFile,
      path: '/pgbackrest',
    }),
    makeBucket: async (wanted) => void (await ask(`/${wanted}`, '-X', 'PUT')),
    list: async (from = bucket) => JSON.parse(await ask(`/${from}?format=json&limit=10000`)) as { name: string; bytes: number }[],
    head: async (object, bytes) => Buffer.from(await host.must(['sh', '-ec', `{\n${speak}} | base64 -w0`, 'sh', `/${bucket}/${object}`, '-r', `0-${bytes - 1}`]), 'base64'),
    limit: async (bytes, of = bucket) => void (await ask(`/${of}`, '-X', 'POST', '-H', bytes === undefined ? 'X-Remove-Container-Meta-Quota-Bytes: x' : `X-Container-Meta-Quota-Bytes: ${bytes}`)),
  };
}

async function answers(host: Host): Promise<void> {
  for (let left = 120; left > 0; left--) {
    const { stdout } = await host.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'http://127.0.0.1:8080/info']);
    if (/^[2-4]/.test(stdout)) return;
    await sleep(500);
  }
  throw new Error(`the S3 service on ${host.name} does not answer: ${await host.must('journalctl --no-pager -n 50')}`);
}

/** Swift's own tongue, from the host itself: a token first, then the request. */
const speak = `
  path=$1; shift
  head=$(mktemp)
  curl -sf -D "$head" -o /dev/null -H 'X-Auth-User: backup:pgbackrest' -H "X-Auth-Key: $(cat /etc/swift/secret)" http://127.0.0.1:8080/auth/v1.0
  token=$(sed -n 's/^X-Auth-Token: \\([^\\r]*\\)\\r*$/\\1/p' "$head")
  rm -f "$head"
  curl -sSf -H "X-Auth-Token: $token" "$@" "http://127.0.0.1:8080/v1/AUTH_backup$path"
`;

const setUp = `
  address=$1 endpoint=$2 port=$3
  secret=$(cat)
  cd /etc/swift
  (umask 077; printf %s "$secret" > secret)
  printf '[swift-hash]\\nswift_hash_path_suffix = %s\\n[storage-policy:0]\\nname = all\\ndefault = yes\\n' "$(openssl rand -hex 8)" > swift.conf
  for each in account:6202 container:6201 object:6200; do
    name=\${each%:*} at=\${each#*:}
    swift-ring-builder $name.builder create 4 1 0
    swift-ring-builder $name.builder add r1z1-127.0.0.1:$at/disk 1
    swift-ring-builder $name.builder rebalance
    cat > $name-server.conf <<-END
	[DEFAULT]
	bind_ip = 127.0.0.1
	bind_port = $at
	user = swift
	devices = /srv/node
	mount_check = false
	workers = 0
	fallocate_reserve = 0
	[pipeline:main]
	pipeline = $name-server
	[app:$name-server]
	use = egg:swift#$name
	END
  done
  cat > proxy-server.conf <<-END
	[DEFAULT]
	bind_ip = 127.0.0.1
	bind_port = 8080
	user = swift
	workers = 0
	[pipeline:main]
	pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth copy container-quotas slo dlo versioned_writes proxy-server
	[app:proxy-server]
	use = egg:swift#proxy
	account_autocreate = true
	[filter:catch_errors]
	use = egg:swift#catch_errors
	[filter:gatekeeper]
	use = egg:swift#gatekeeper
	[filter:cache]
	use = egg:swift#memcache
	memcache_servers = 127.0.0.1:11211
	[filter:listing_formats]
	use = egg:swift#listing_formats
	[filter:s3api]
	use = egg:swift#s3api
	location = us-east-1
	[filter:tempauth]
	use = egg:swift#tempauth
	user_backup_pgbackrest = $secret .admin
	[filter:copy]
	use = egg:swift#copy
	[filter:container-quotas]
	use = egg:swift#container_quotas
	[filter:slo]
	use = egg:swift#slo
	[filter:dlo]
	use = egg:swift#dlo
	[filter:versioned_writes]
	use = egg:swift#versioned_writes
	END
  mkdir -p /srv/node/disk
  chown -R swift:swift /srv/node /etc/swift

  cd /etc/stunnel
  umask 077
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=authority of a test' -addext basicConstraints=critical,CA:TRUE -keyout ca.key -out ca.crt
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$endpoint" -CA ca.crt -CAkey ca.key -addext "subjectAltName=DNS:$endpoint,IP:$address" -addext basicConstraints=critical,CA:FALSE -keyout s3.key -out s3.crt
  cat > s3.conf <<-END
	foreground = yes
	pid =
	[s3]
	accept = 0.0.0.0:$port
	connect = 127.0.0.1:8080
	cert = /etc/stunnel/s3.crt
	key = /etc/stunnel/s3.key
	END
  cat > /etc/systemd/system/s3-tls.service <<-END
	[Service]
	ExecStart=/usr/bin/stunnel4 /etc/stunnel/s3.conf
	Restart=on-failure
	[Install]
	WantedBy=multi-user.target
	END
  systemctl daemon-reload
  systemctl enable -q s3-tls memcached swift-account swift-container swift-object swift-proxy
  systemctl start s3-tls memcached swift-account swift-container swift-object swift-proxy
`;
