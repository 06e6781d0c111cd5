import type { Descriptor } from '../../repo/bundle/descriptor.ts';
import { packagesOf } from './component.ts';

/** A program that has another name, or belongs to another component, with each maker of packages. */
export interface Program {
  /** The component of the manifests that brings it. */
  component: string;
  path: string;
  /** The name under which it is run as a service. Where its package has a unit of that name, ours takes its place. */
  unit: string;
  /** Who runs it. */
  account: string;
}

export type ProgramName = keyof typeof editions;

/** Debian's packages first, by a package that only they have; then those of the makers themselves, as pigsty-infra carries them. */
const editions = {
  nodeExporter: [
    { component: 'node-exporter', package: 'prometheus-node-exporter', path: '/usr/bin/prometheus-node-exporter', unit: 'prometheus-node-exporter.service', account: 'prometheus' },
    { component: 'node-exporter', path: '/usr/bin/node_exporter', unit: 'node_exporter.service', account: 'prometheus' },
  ],
  nginxExporter: [
    { component: 'nginx-exporter', package: 'prometheus-nginx-exporter', path: '/usr/bin/prometheus-nginx-exporter', unit: 'prometheus-nginx-exporter.service', account: 'prometheus' },
    { component: 'nginx-exporter', path: '/usr/bin/nginx_exporter', unit: 'nginx_exporter.service', account: 'prometheus' },
  ],
  alertmanager: [
    { component: 'alertmanager', package: 'prometheus-alertmanager', path: '/usr/bin/prometheus-alertmanager', unit: 'prometheus-alertmanager.service', account: 'prometheus' },
    { component: 'alertmanager', path: '/usr/bin/alertmanager', unit: 'alertmanager.service', account: 'prometheus' },
  ],
  victoriaMetrics: [{ component: 'victoria-metrics', path: '/usr/bin/victoria-metrics', unit: 'victoria-metrics.service', account: '_victoria-metrics' }],
  vmalert: [
    { component: 'vmutils', path: '/usr/bin/vmalert', unit: 'vmalert.service', account: '_victoria-metrics' },
    { component: 'victoria-metrics', path: '/usr/bin/vmalert', unit: 'vmalert.service', account: '_victoria-metrics' },
  ],
  postgresExporter: [
    { component: 'postgres-exporter', package: 'prometheus-postgres-exporter', path: '/usr/bin/prometheus-postgres-exporter', unit: 'prometheus-postgres-exporter.service', account: 'prometheus' },
    { component: 'pg-exporter', package: 'prometheus-postgres-exporter', path: '/usr/bin/prometheus-postgres-exporter', unit: 'prometheus-postgres-exporter.service', account: 'prometheus' },
    { component: 'pg-exporter', path: '/usr/bin/pg_exporter', unit: 'pg_exporter.service', account: 'prometheus' },
  ],
  pgbouncerExporter: [
    { component: 'pgbouncer-exporter', package: 'prometheus-pgbouncer-exporter', path: '/usr/bin/prometheus-pgbouncer-exporter', unit: 'prometheus-pgbouncer-exporter.service', account: 'prometheus' },
    { component: 'pg-exporter', package: 'prometheus-pgbouncer-exporter', path: '/usr/bin/prometheus-pgbouncer-exporter', unit: 'prometheus-pgbouncer-exporter.service', account: 'prometheus' },
    { component: 'pg-exporter', path: '/usr/bin/pg_exporter', unit: 'pgbouncer_exporter.service', account: 'prometheus' },
  ],
} satisfies Record<string, (Program & { package?: string })[]>;

/** The edition that a bundle holds. Of a bundle with none the last, whose component `packagesFor` then finds missing. */
export function programOf(name: ProgramName, bundle: Descriptor): Program {
  const all: readonly (Program & { package?: string })[] = editions[name];
  const found = all.find((each) => packagesOf(each.component, bundle).some((found) => each.package === undefined || each.package === found));
  return found ?? all.at(-1)!;
}
