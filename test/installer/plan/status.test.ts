import { debian } from '../../../installer/platform/debian.ts';
import { expect, test } from 'vitest';
import type { Host } from '../../../installer/inventory/inventory.ts';
import { askStatus } from '../../../installer/plan/status.ts';
import type { Wanted } from '../../../installer/plan/wanted.ts';
import type { Resource } from '../../../installer/resource/resource.ts';
import { empty, oneRepository } from '../backup/sample.ts';
import type { Completed, Transport } from '../../../installer/transport/command.ts';

const service = (unit: string, running: boolean): Resource => ({ kind: 'service', unit, enabled: running, running, ready: { argv: ['never', 'asked'] } });

const wanted = {
  host: { address: '10.0.0.1', name: 'pg-meta-1', vars: { pg_cluster: 'pg-test', pg_seq: 1, pg_version: '15', patroni_enabled: true, pgbackrest_enabled: true, pgbackrest_method: ['local'], pg_port: 5432, pg_dbsu: 'postgres' }, platform: debian } as unknown as Host,
  items: [service('patroni.service', true), service('etcd.service', true), service('postgresql.service', false)].map((resource) => ({ stage: 2, role: 'r', rollout: 'together', identity: '', resource })),
} as Wanted;

const transport = (answer: (words: string) => Partial<Completed>): Transport => ({
  host: 'h',
  probe: async (commands) => commands.map(({ argv }) => ({ code: 0, stdout: '', stderr: '', ...answer(argv.join(' ')) })),
  run: async () => [],
});

test('the state of a host is asked in one round trip and told in words', async () => {
  const status = await askStatus(
    wanted,
    transport((words) => {
      if (words.includes('receipts')) return { stdout: JSON.stringify({ started: 's', ended: 'e', result: 'done', by: 'alice@a' }) };
      if (words.startsWith('pgbackrest')) return { stdout: oneRepository };
      if (words.includes('pg_stat_archiver')) return { stdout: 'f 000000010000000000000007 1795368200 - 0\n' };
      if (words.includes('pgark-backup')) return {};
      return { stdout: `LoadState=loaded\nActiveState=${words.includes('etcd.service') ? 'inactive' : 'active'}\nnow=1\n` };
    }),
  );

  expect(status).toEqual({
    host: 'pg-meta-1',
    address: '10.0.0.1',
    services: [{ unit: 'patroni.service', state: 'running' }, { unit: 'etcd.service', state: 'stopped' }],
    backups: [{ label: '20261122-172248F', type: 'full', ended: '2026-11-22T17:22:49Z', error: false }],
    backing: { schedule: [], archiving: { leads: true, lastSegment: '000000010000000000000007', lastTime: '2026-11-22T17:23:20Z' }, repositories: [{ name: 'local', code: 0, message: 'ok', hasFull: true }] },
    lastRun: { at: 'e', result: 'done', by: 'alice@a' },
  });
});

test('a replica tells of what lies with it, and not how its cluster stands', async () => {
  const status = await askStatus(wanted, transport((words) => (words.startsWith('pgbackrest') ? { stdout: empty } : words.includes('pg_stat_archiver') ? { stdout: 't - 0 - 0\n' } : { stdout: 'now=1\n', code: words.includes('receipts') ? 1 : 0 })));

  expect(status).toMatchObject({ backups: [] });
  expect(status).not.toHaveProperty('backing');
});

test('what does not answer is left out', async () => {
  const status = await askStatus(wanted, transport((words) => (words.includes('show') ? { stdout: 'LoadState=not-found\nnow=1\n' } : { code: 127, stdout: '' })));

  expect(status).toEqual({ host: 'pg-meta-1', address: '10.0.0.1', services: [{ unit: 'patroni.service', state: 'stopped' }, { unit: 'etcd.service', state: 'stopped' }] });
});
