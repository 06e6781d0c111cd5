import type { Descriptor } from '../../../repo/bundle/descriptor.ts';
import type { Host } from '../../inventory/inventory.ts';
import { packagesOf } from '../../platform/component.ts';

/** A program that serves a store. Both read the same settings and speak the same protocols. */
export interface Engine {
  component: string;
  path: string;
  unit: string;
  /** The settings of its unit. */
  settings: string;
  /** Certificates, and what its client needs to look after it. */
  folder: string;
  /** The unit of the other one, which would take the same ports. */
  rival: string;
}

export const engineOf = ({ vars }: Pick<Host, 'vars'>): Engine => engines[vars.minio_type];

const engines: Readonly<Record<Host['vars']['minio_type'], Engine>> = {
  silo: { component: 'silo', path: '/usr/bin/silo', unit: 'silo.service', settings: '/etc/default/silo', folder: '/etc/silo', rival: 'minio.service' },
  minio: { component: 'minio', path: '/usr/bin/minio', unit: 'minio.service', settings: '/etc/default/minio', folder: '/etc/minio', rival: 'silo.service' },
};

/** The client is called otherwise in Debian's package. */
export const clientOf = (bundle: Descriptor): string => (packagesOf('mcli', bundle).includes('minio-client') ? '/usr/bin/minio-client' : '/usr/bin/mcli');

/** What the client is told with `--config-dir`: the member itself as `local`, the store as `store`; never the aliases of a person. */
export const clientFolder = (host: Pick<Host, 'vars'>): string => `${engineOf(host).folder}/client`;
