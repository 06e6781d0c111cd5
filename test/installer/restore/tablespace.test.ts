import { describe, expect, test } from 'vitest';
import { bounds } from '../../../installer/restore/tablespace.ts';
import { placeOf } from '../../../installer/restore/place.ts';
import type { Site } from '../../../installer/restore/site.ts';
import type { Command } from '../../../installer/transport/command.ts';
import { backup } from '../../../installer/role/pgsql/backup.ts';
import { deploy, withReplica } from '../role/deployment.ts';

const tablespaces = [{ oid: 16400, location: '/data/aside' }, { oid: 16401, location: '/data/far away' }];

async function opened(): Promise<{ site: Site; ran: Command[] }> {
  const { inventory } = await deploy([backup], { text: withReplica });
  const [restoring] = inventory.cluster('pg-meta');
  const ran: Command[] = [];
  const run = async (commands: readonly Command[]) => {
    ran.push(...commands);
    return commands.map(() => ({ code: 0, stdout: '', stderr: '' }));
  };
  const seat = { dbsu: 'postgres', member: 'pg-meta-1', transport: { host: '10.10.10.10', run, probe: run } };
  return { ran, site: { seat, place: placeOf(restoring!, '20261122T210000Z') } as unknown as Site };
}

describe('a server that recovers', () => {
  test('beside a cluster writes beside, and sees its own tablespaces in the place of those that are in use', async () => {
    const { site, ran } = await opened();

    const { writes, instead } = await bounds({ tablespaces, inPlace: false }, site);

    expect(writes).toEqual(['/pg/data-restore', '/data/postgres/pg-meta-15/restore', '/data/aside-restore', '/data/far away-restore']);
    expect(instead).toEqual([{ path: '/data/aside-restore', of: '/data/aside' }, { path: '/data/far away-restore', of: '/data/far away' }]);
    expect(ran).toHaveLength(1);
  });

  test('in the place of the cluster writes there', async () => {
    const { site } = await opened();

    const { writes, instead } = await bounds({ tablespaces, inPlace: true }, site);

    expect(writes).toEqual(['/pg/data', '/data/postgres/pg-meta-15/restore', '/data/aside', '/data/far away']);
    expect(instead).toEqual([]);
  });
});
