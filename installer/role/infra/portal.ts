import { isIPv6 } from 'node:net';
import { sealed, type Secret } from '../../../repo/core/secret.ts';
import { target } from '../../../repo/bundle/paths.ts';
import type { PortalEntry } from '../../inventory/infra.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import { days } from '../../inventory/scalar.ts';
import { virtualAddresses } from '../../inventory/virtual.ts';
import type { Resource } from '../../resource/resource.ts';
import type { CertificateRequest } from '../../vault/certificate.ts';
import { programOf } from '../../platform/program.ts';
import { cryptSha512, saltOf } from '../crypt.ts';
import { haproxyPage } from '../node/haproxy.ts';
import { daemon } from '../daemon.ts';
import { endpoint, exporterAddress } from '../listen.ts';
import { homePage } from './portal-page.ts';
import type { Role } from '../role.ts';
import { ours } from '../text.ts';
import { authorityPath } from '../node/trust.ts';

/**
 * nginx on an infra host: the home page, the package repository, the certificate of the authority; and behind a password,
 * over TLS only, the pages of what listens on loopback.
 */
export const portal: Role = {
  name: 'portal',
  ground: true,
  rollout: 'one by one',
  plays: (host) => host.groups.includes('infra') && host.vars.nginx_enabled,
  components: ({ vars }, { bundle }) => ['nginx', ...(vars.nginx_exporter_enabled ? [programOf('nginxExporter', bundle).component] : [])],
  certificates: (host) => [certificateOf(host)],
  secrets: (host) => ['password_salt', ...usersOf(host).filter((name) => host.vars.nginx_users[name] === undefined).map(passwordName)],
  resources: (host, inventory) => [
    ...files(host, inventory),
    {
      kind: 'service',
      unit: 'nginx.service',
      enabled: true,
      running: true,
      reloadOn: ['/etc/nginx/nginx.conf', certPath, keyPath, usersPath],
    },
    ...(host.vars.nginx_exporter_enabled ? exporter(host, inventory) : []),
  ],
};

/** `https://pgark.internal`: where the portal says it is. */
export function portalAddress({ vars }: Host): string {
  const name = vars.infra_portal['home']?.domain ?? vars.admin_ip;
  if (vars.nginx_sslmode === 'disable') return `http://${name}${vars.nginx_port === 80 ? '' : `:${vars.nginx_port}`}`;
  return `https://${name}${vars.nginx_ssl_port === 443 ? '' : `:${vars.nginx_ssl_port}`}`;
}

/** Who may see the guarded pages: `nginx_users`, or `admin` where nobody is named. */
export function usersOf({ vars }: Host): string[] {
  const names = Object.keys(vars.nginx_users).sort();
  return names.length > 0 ? names : ['admin'];
}

/** The name in the vault of a password that the inventory does not give: `nginx_users.admin`. */
export const passwordName = (user: string): string => `nginx_users.${user}`;

const certPath = '/etc/nginx/pgark.crt';
const keyPath = '/etc/nginx/pgark.key';
const usersPath = '/etc/nginx/pgark.users';

const domainsOf = ({ vars }: Host): string[] => Object.values(vars.infra_portal).flatMap((entry) => [entry.domain, ...entry.domains]);

function certificateOf(host: Host): CertificateRequest {
  const names = [...new Set([...domainsOf(host), host.name, 'localhost'])];
  return { name: `portal-${host.name}`, commonName: names[0]!, dns: names, addresses: [host.address, '127.0.0.1', ...virtualAddresses(host.vars)], days: days(host.vars.nginx_cert_validity) };
}

function files(host: Host, inventory: Inventory): Resource[] {
  const { certificate, key } = inventory.certificate(certificateOf(host).name);
  const page = `${host.vars.infra_data}/portal`;
  return [
    { kind: 'directory', path: host.vars.infra_data, mode: '0755' },
    { kind: 'directory', path: page, mode: '0755' },
    { kind: 'file', path: `${page}/index.html`, content: homePage(host, inventory) },
    { kind: 'file', path: certPath, content: certificate },
    { kind: 'file', path: keyPath, content: key },
    { kind: 'file', path: usersPath, content: passwords(host, inventory), group: host.platform.webAccount, mode: '0640' },
    { kind: 'file', path: '/etc/nginx/nginx.conf', content: configuration(host, inventory), validate: ['nginx', '-t', '-q', '-c', '{}'] },
  ];
}

function passwords(host: Host, inventory: Inventory): Secret {
  const salt = inventory.secret('password_salt');
  return sealed((reveal) =>
    usersOf(host)
      .map((name) => `${name}:${reveal(cryptSha512(host.vars.nginx_users[name] ?? inventory.secret(passwordName(name)), saltOf(salt, `portal ${name}`)))}\n`)
      .join(''),
  );
}

function exporter({ vars }: Host, { bundle }: Inventory): Resource[] {
  const flags = [`--web.listen-address=127.0.0.1:${vars.nginx_exporter_port}`, `--nginx.scrape-uri=http://127.0.0.1:${vars.nginx_port}/stub_status`];
  return daemon({ program: programOf('nginxExporter', bundle), about: 'Metrics of nginx', flags });
}

function configuration(host: Host, inventory: Inventory): string {
  const { vars } = host;
  const servers = [openServer(host), ...(vars.nginx_sslmode === 'disable' ? [] : [guardedServer(host, inventory)]), ...Object.entries(vars.infra_portal).flatMap(([name, entry]) => (name === 'home' ? [] : [entryServer(host, entry)]))];
  return `${ours}
user ${host.platform.webAccount};
worker_processes auto;
worker_rlimit_nofile 65536;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;

events {
    worker_connections 4096;
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    charset utf-8;
    access_log /var/log/nginx/access.log;
    sendfile on;
    server_tokens off;
    server_names_hash_bucket_size 128;
    client_max_body_size 100m;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:tls:4m;
    ssl_session_tickets off;
    ssl_certificate ${certPath};
    ssl_certificate_key ${keyPath};
    add_header X-Content-Type-Options nosniff always;
    add_header X-Frame-Options SAMEORIGIN always;
    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    map $http_upgrade $connection_upgrade { default upgrade; '' close; }

${servers.join('\n')}    include /etc/nginx/conf.d/*.conf;
}
`;
}

function listens({ vars, address }: Host, options: '' | ' ssl', more = ''): string {
  const port = options === '' ? vars.nginx_port : vars.nginx_ssl_port;
  const all = [`${port}`, ...(isIPv6(address) ? [endpoint(address, port)] : [])];
  return all.map((each) => `        listen ${each}${options}${more};\n`).join('');
}

/** In clear text: what everybody may read anyway, and what is signed by itself. */
function openServer(host: Host): string {
  const { vars } = host;
  const elsewhere = vars.nginx_sslmode === 'disable' ? 'return 404' : `return 301 https://$host${vars.nginx_ssl_port === 443 ? '' : `:${vars.nginx_ssl_port}`}$request_uri`;
  return `    server {
${listens(host, '', ' default_server')}        server_name ${domainsOf({ ...host, vars: { ...vars, infra_portal: homeOf(vars.infra_portal) } }).join(' ')} _;
${publicPlaces(host)}${vars.nginx_sslmode === 'enforce' ? '' : page(host)}        location = /stub_status {
            stub_status;
            access_log off;
            allow 127.0.0.1;
            deny all;
        }
        location / { ${elsewhere}; }
    }
`;
}

const homeOf = (entries: Readonly<Record<string, PortalEntry>>): Record<string, PortalEntry> => (entries['home'] ? { home: entries['home'] } : {});

const publicPlaces = ({ vars }: Host): string => `        location /${repositoryName}/ {
            root ${vars.nginx_home};
            autoindex on;
        }
        location = /ca.crt {
            alias ${authorityPath};
            default_type application/x-x509-ca-cert;
        }
`;

/** The last part of the repository's path: \`http://host/pgark/\` */
const repositoryName = target.repository.split('/').at(-1)!;

const page = ({ vars }: Host): string => `        location = / {
            root ${vars.infra_data}/portal;
            try_files /index.html =404;
        }
`;

function guardedServer(host: Host, inventory: Inventory): string {
  const { vars } = host;
  const places = [
    ...(vars.vmetrics_enabled ? [place('/vmetrics/', `127.0.0.1:${vars.vmetrics_port}`, '/')] : []),
    ...(vars.vmetrics_enabled && vars.vmalert_enabled ? [place('/vmalert/', `127.0.0.1:${vars.vmalert_port}`, '/vmalert/')] : []),
    ...(vars.vmetrics_enabled && vars.alertmanager_enabled ? [place('/alertmgr/', `127.0.0.1:${vars.alertmanager_port}`, '/')] : []),
    ...inventory.hosts.filter((each) => each.vars.haproxy_enabled).map((each) => place(haproxyPage(each), endpoint(exporterAddress(each, inventory), each.vars.haproxy_exporter_port), haproxyPage(each), false)),
  ];
  return `    server {
${listens(host, ' ssl', ' default_server')}        server_name ${domainsOf({ ...host, vars: { ...vars, infra_portal: homeOf(vars.infra_portal) } }).join(' ')} _;
${publicPlaces(host)}${page(host)}${places.join('')}        location / { return 404; }
    }
`;
}

/** HAProxy asks for its own password: two basic authentications cannot stand behind each other. */
function place(path: string, to: string, toPath: string, guarded = true): string {
  return `        location ${path} {
${guarded ? guard : ''}            proxy_pass http://${to}${toPath};
        }
`;
}

const guard = `            auth_basic pgark;
            auth_basic_user_file ${usersPath};
`;

/** A further virtual server of the inventory. */
function entryServer(host: Host, entry: PortalEntry): string {
  const isOpen = host.vars.nginx_sslmode === 'disable' || (host.vars.nginx_sslmode === 'enable' && !entry.auth);
  return `    server {
${isOpen ? listens(host, '') : ''}${host.vars.nginx_sslmode === 'disable' ? '' : listens(host, ' ssl')}        server_name ${[entry.domain, ...entry.domains].join(' ')};
        location / {
${entry.auth ? guard : ''}${entry.endpoint ? proxied(entry) : served(entry)}        }
    }
`;
}

const proxied = (entry: PortalEntry): string => `            proxy_pass ${entry.scheme}://${entry.endpoint};
${entry.websocket ? `            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
` : ''}`;

const served = (entry: PortalEntry): string => (entry.path === undefined ? '            return 404;\n' : `            root ${entry.path};\n${entry.index ? '            autoindex on;\n' : ''}`);
