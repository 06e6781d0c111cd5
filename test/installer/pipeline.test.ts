import { expect, test } from 'vitest';
import type { Deployment } from '../../installer/deployment.ts';
import { lateNotes } from '../../installer/pipeline.ts';
import { plan } from '../../installer/plan/plan.ts';
import type { Wanted } from '../../installer/plan/wanted.ts';
import type { ConditionResource } from '../../installer/resource/resource.ts';
import type { Completed, Transport } from '../../installer/transport/command.ts';

const watched = (name: string, ...act: ConditionResource['act']): ConditionResource => ({ kind: 'condition', name, check: { argv: ['look', name] }, act });
const wanted = (...resources: ConditionResource[]): Wanted => ({
  host: { address: 'a', name: 'pg-1' } as Wanted['host'],
  items: resources.map((resource) => ({ stage: 0, role: 'r', rollout: 'together', identity: `condition ${resource.name}`, resource })),
});
const saying = (stdout: string): Completed => ({ code: 0, stdout, stderr: '' });

test('a run ends with the notes that nobody could have read in its plan', async () => {
  const each = wanted(watched('firewall'), watched('settings'), watched('cluster', { argv: ['make', 'cluster'] }));
  const before = plan([each], new Map([['a', [saying('note: no firewall\n'), saying(''), saying('')]]]));
  const asked: string[] = [];
  const transport: Transport = {
    host: 'a',
    probe: async (commands) => commands.map(({ argv: [, name] }) => (asked.push(name!), saying(name === 'firewall' ? 'note: no firewall\n' : 'note: waits for a restart\n'))),
    run: async () => [],
  };

  const notes = await lateNotes(before, { wanted: [each], transports: new Map([['a', transport]]) } as unknown as Deployment);

  expect(notes).toEqual(['pg-1: condition settings: waits for a restart']);
  expect(asked).toEqual(['firewall', 'settings']);
});
