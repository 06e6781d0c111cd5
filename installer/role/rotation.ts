import type { FileResource } from '../resource/resource.ts';
import type { Host } from '../inventory/inventory.ts';
import { written } from './text.ts';

/** Keeps the logs of a program of the database superuser from growing for ever (logrotate(8)). */
export function rotation(host: Host, program: string, folder: string): FileResource {
  const { pg_dbsu: owner } = host.vars;
  return written(`/etc/logrotate.d/pgark-${program}`, [`${folder}/*.log {`, '    weekly', '    maxsize 100M', '    rotate 8', '    compress', '    missingok', '    notifempty', '    copytruncate', `    su ${owner} ${owner}`, '}']);
}
