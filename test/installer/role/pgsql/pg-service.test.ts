import { describe, expect, test } from 'vitest';
import type { FileResource } from '../../../../installer/resource/resource.ts';
import { pgAnswer, pgService } from '../../../../installer/role/pgsql/pg-service.ts';
import { deploy, withReplica, withVars } from '../deployment.ts';

/** The servers of a service, or of the pool behind it, which is for when there are none. */
async function servers(service: string, text?: string, pool: 'first' | 'second' = 'first'): Promise<string[]> {
  const { host, inventory } = await deploy([pgService], text === undefined ? {} : { text });
  const file = pgService.resources(host, inventory).find((each): each is FileResource => each.kind === 'file' && each.path === `/etc/haproxy/conf.d/pg-meta-${service}.cfg`);
  const pools = String(file?.content).split('\nbackend ');
  return (pools[pool === 'first' ? 0 : 1] ?? '').split('\n').map((line) => line.trim()).filter((line) => line.startsWith('server '));
}

describe('the services of a cluster', () => {
  test('are as they were looked at', async () => {
    const { host, inventory } = await deploy([pgService]);

    const files = pgService.resources(host, inventory).filter((each): each is FileResource => each.kind === 'file');

    expect(files.map(({ path, content }) => `# ${path}\n${String(content)}`).join('\n')).toMatchSnapshot();
  });

  test('read from whoever is a replica by now, whatever it was made as', async () => {
    const members = await servers('replica', withReplica);

    expect(members).toEqual([expect.stringMatching(/^server pg-meta-1 10\.10\.10\.10:6432 .* weight 100$/), expect.stringMatching(/^server pg-meta-2 10\.10\.10\.11:6432 .* weight 100$/)]);
  });

  test('read from the primary while no replica answers, and only then', async () => {
    const { host, inventory } = await deploy([pgService], { text: withReplica });
    const text = pgService.resources(host, inventory).flatMap((each) => (each.kind === 'file' && each.path.endsWith('-replica.cfg') ? [String(each.content)] : [])).join('');

    expect(text.match(/use_backend .*|http-check send .*/g)).toEqual(['use_backend pg-meta-replica-anyone if { nbsrv(pg-meta-replica) eq 0 }', 'http-check send meth OPTIONS uri /replica', 'http-check send meth OPTIONS uri /read-only']);
    expect(await servers('replica', withReplica, 'second')).toHaveLength(2);
  });

  test('lead past PgBouncer where they say so', async () => {
    expect(await servers('default')).toEqual([expect.stringContaining('10.10.10.10:5432')]);
  });

  test('keep offline queries from the primary, and give them to replicas when there is nobody else', async () => {
    const all = await servers('offline', withReplica);

    expect(all).toEqual([expect.stringMatching(/^server pg-meta-1 10\.10\.10\.10:5432 .* backup$/), expect.stringMatching(/^server pg-meta-2 10\.10\.10\.11:5432 .* backup$/)]);
    expect(await servers('offline', withReplica, 'second')).toEqual([]);
  });

  test('trust the answer of a member only when it shows that it is the member', async () => {
    expect((await servers('primary'))[0]).toContain('check-ssl check-sni pg-meta-1 verify required verifyhost pg-meta-1 ca-file /etc/pki/ca.crt');
  });

  test('can be added to', async () => {
    const extra = await servers('standby', withVars("pg_services: [ { name: standby, port: 5435, dest: 5999, check: /sync, selector: '[]' } ]"));

    expect(extra).toEqual([expect.stringContaining('10.10.10.10:5999')]);
  });

  test('are waited for when somebody always answers', async () => {
    const { host, inventory } = await deploy([pgAnswer]);

    expect(pgAnswer.resources(host, inventory).map((each) => each.kind === 'condition' && each.name)).toEqual([
      'haproxy: pg-meta-primary answers on port 5433',
      'haproxy: pg-meta-replica answers on port 5434',
      'haproxy: pg-meta-default answers on port 5436',
    ]);
  });
});
