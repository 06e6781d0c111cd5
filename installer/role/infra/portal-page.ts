import type { Host, Inventory } from '../../inventory/inventory.ts';
import { endpoint } from '../listen.ts';
import { haproxyPage } from '../node/haproxy.ts';

/** The home page of the portal: what runs where, and how to reach it. It names no password. */
export function homePage(host: Host, inventory: Inventory): string {
  const { bundle } = inventory;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>pgark</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; background: #fbfbf9; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #d8dcd6; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; vertical-align: top; }
th { font-weight: 600; color: #5a6672; } code { background: #eef0ec; padding: 0 .25rem; } a { color: #1b5e8c; }
</style>
</head>
<body>
<h1>pgark</h1>
<p>Installed from the bundle <code>${text(bundle.id)}</code>.</p>
${section('Pages', ['', ''], pages(host, inventory))}
${section('Hosts', ['address', 'name', 'runs'], inventory.hosts.map((each) => [code(each.address), text(each.name), text(rolesOf(each).join(', '))]))}
${section('PostgreSQL', ['service', 'leads to', 'connection'], inventory.hosts.flatMap(servicesOf))}
</body>
</html>
`;
}

function pages(host: Host, inventory: Inventory): string[][] {
  const { vars } = host;
  const guarded = vars.nginx_sslmode !== 'disable';
  return [
    [link('/pgark/', 'packages'), 'the repository of this deployment, over HTTP'],
    [link('/ca.crt', 'ca.crt'), 'the certificate of its authority, for browsers and clients to trust'],
    ...(guarded && vars.vmetrics_enabled ? [[link('/vmetrics/', 'metrics'), 'VictoriaMetrics: queries, targets']] : []),
    ...(guarded && vars.vmetrics_enabled && vars.vmalert_enabled ? [[link('/vmalert/', 'rules and alerts'), 'vmalert']] : []),
    ...(guarded && vars.vmetrics_enabled && vars.alertmanager_enabled ? [[link('/alertmgr/', 'notifications'), 'Alertmanager']] : []),
    ...(guarded ? inventory.hosts.filter((each) => each.vars.haproxy_enabled).map((each) => [link(haproxyPage(each), `HAProxy on ${each.name}`), 'services and the health of their servers']) : []),
    ...Object.entries(vars.infra_portal).filter(([name]) => name !== 'home').map(([name, entry]) => [link(`//${entry.domain}/`, name), entry.domain]),
  ];
}

function rolesOf({ groups, vars }: Host): string[] {
  return [
    ...(groups.includes('infra') ? ['infra'] : []),
    ...(groups.includes('etcd') ? ['etcd'] : []),
    ...(vars.pg_cluster === undefined ? [] : [`PostgreSQL ${vars.pg_version}, ${vars.pg_cluster}-${vars.pg_seq}`]),
  ];
}

function servicesOf({ vars, address }: Host): string[][] {
  if (vars.pg_cluster === undefined) return [];
  const database = vars.pg_databases[0]?.name ?? 'postgres';
  const services = vars.haproxy_enabled ? [...vars.pg_default_services, ...vars.pg_services].map((each) => [`${vars.pg_cluster}-${each.name}`, each.dest === 'default' ? vars.pg_default_service_dest : `${each.dest}`, each.port] as const) : [];
  const direct = [...(vars.pgbouncer_enabled ? [['pooled', 'pgbouncer', vars.pgbouncer_port] as const] : []), ['direct', 'postgres', vars.pg_port] as const];
  return [...services, ...direct].map(([name, to, port]) => [text(name), text(to), code(`postgres://${endpoint(address, port)}/${database}`)]);
}

function section(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const head = columns.some((name) => name !== '') ? `<tr>${columns.map((name) => `<th>${name}</th>`).join('')}</tr>\n` : '';
  return `<h2>${title}</h2>\n<table>\n${head}${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>\n`).join('')}</table>`;
}

const link = (to: string, label: string): string => `<a href="${text(to)}">${text(label)}</a>`;

const code = (value: string): string => `<code>${text(value)}</code>`;

const text = (value: string): string => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
