import { sealed, type Secret } from '../../../repo/core/secret.ts';
import type { Host, Inventory } from '../../inventory/inventory.ts';
import type { Resource } from '../../resource/resource.ts';
import { endpointOf, memberOf, rootSecret, volumesOf } from '../store.ts';
import { ours } from '../text.ts';
import { clientFolder, engineOf } from './engine.ts';

/** What a member of a store reads, and what its client reads beside it. */
export function storeFiles(host: Host, inventory: Inventory): Resource[] {
  const { minio_user: user } = host.vars;
  const { folder, settings } = engineOf(host);
  const { certificate, key, authority } = inventory.certificate(memberOf(host).node);
  return [
    { kind: 'directory', path: folder, mode: '0755' },
    { kind: 'directory', path: `${folder}/certs`, owner: user, group: user, mode: '0750' },
    { kind: 'directory', path: `${folder}/certs/CAs`, owner: user, group: user, mode: '0750' },
    { kind: 'file', path: `${folder}/certs/CAs/ca.crt`, content: authority },
    { kind: 'file', path: `${folder}/certs/public.crt`, content: certificate },
    { kind: 'file', path: `${folder}/certs/private.key`, content: key, owner: user, group: user, mode: '0400' },
    { kind: 'file', path: settings, content: environment(host, inventory), group: user, mode: '0640' },
    { kind: 'directory', path: clientFolder(host), mode: '0700' },
    { kind: 'file', path: `${clientFolder(host)}/config.json`, content: clientSettings(host, inventory) },
  ];
}

export const rootPassword = (host: Host, inventory: Inventory): Secret => host.vars.minio_secret_key ?? inventory.secret(rootSecret(host));

/** Figures are told without a key, as the reference has it; they name no object. */
function environment(host: Host, inventory: Inventory): Secret {
  const { vars } = host;
  const password = rootPassword(host, inventory);
  return sealed((reveal) =>
    [
      ours,
      `MINIO_VOLUMES=${quoted(volumesOf(host, inventory))}`,
      `MINIO_OPTS=${quoted(`--address :${vars.minio_port} --console-address :${vars.minio_admin_port} --certs-dir ${engineOf(host).folder}/certs`)}`,
      `MINIO_ROOT_USER=${quoted(vars.minio_access_key)}`,
      `MINIO_ROOT_PASSWORD=${quoted(reveal(password))}`,
      'MINIO_PROMETHEUS_AUTH_TYPE=public',
      ...(vars.minio_extra_vars === '' ? [] : [vars.minio_extra_vars.trimEnd()]),
      '',
    ].join('\n'),
  );
}

/** systemd.exec(5), EnvironmentFile=: within double quotes a backslash takes the meaning of what follows. */
const quoted = (value: string): string => `"${value.replaceAll(/["\\$`]/g, '\\$&')}"`;

function clientSettings(host: Host, inventory: Inventory): Secret {
  const { vars } = host;
  const password = rootPassword(host, inventory);
  return sealed((reveal) => aliases({ local: `https://localhost:${vars.minio_port}`, store: endpointOf(host) }, vars.minio_access_key, reveal(password)));
}

/** The configuration of the client, version 10. */
export function aliases(urls: Readonly<Record<string, string>>, accessKey: string, secretKey: string): string {
  const entries = Object.entries(urls).map(([name, url]) => [name, { url, accessKey, secretKey, api: 'S3v4', path: 'auto' }]);
  return `${JSON.stringify({ version: '10', aliases: Object.fromEntries(entries) }, null, 2)}\n`;
}
