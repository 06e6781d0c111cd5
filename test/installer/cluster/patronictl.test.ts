import { describe, expect, test } from 'vitest';
import { lastLine, refusalIn } from '../../../installer/cluster/patronictl.ts';

const topology = 'Current cluster topology\n+ Cluster: pg-test (7711015426141589544) -------+----+-----------+\n';

// As recorded from 3.0.2 and 4.0.7: the exit code alone tells little.
describe('what patronictl says', () => {
  test.each([
    ['a switchover that went well', { code: 0, stdout: `${topology}2026-11-22 15:19:19.12629 Successfully switched over to "pg-test-2"\n`, stderr: '' }],
    ['one that is scheduled', { code: 0, stdout: `${topology}2026-11-22 15:19:53.08554 Switchover scheduled\n`, stderr: '' }],
    ['one that it could not follow to its end', { code: 0, stdout: `${topology}Switchover failed, details: 503, Switchover status unknown\n`, stderr: '' }],
    ['a restart', { code: 0, stdout: 'Success: restart on member pg-test-3\n', stderr: '' }],
    ['a copy that has begun', { code: 0, stdout: 'Success: reinitialize for member pg-test-3\n', stderr: '' }],
  ])('is no refusal: %s', (_what, completed) => {
    expect(refusalIn(completed)).toBeUndefined();
  });

  test.each([
    ['a member that is not there', { code: 0, stdout: `${topology}Switchover failed, details: 412, switchover is not possible: no good candidates have been found\n`, stderr: '' }, 'switchover is not possible: no good candidates have been found'],
    ['another leader', { code: 1, stdout: topology, stderr: 'Error: Member pg-test-1 is not the leader of cluster pg-test\n' }, 'Member pg-test-1 is not the leader of cluster pg-test'],
    ['a restart that a member refuses', { code: 0, stdout: 'Failed: restart for member pg-test-3, status code=503, (restart conditions are not satisfied)\n', stderr: '' }, 'restart for member pg-test-3, status code=503, (restart conditions are not satisfied)'],
    ['nothing at all', { code: 137, stdout: '', stderr: '' }, 'patronictl ended with 137'],
  ])('is a refusal: %s', (_what, completed, reason) => {
    expect(refusalIn(completed)).toBe(reason);
  });

  test('of a traceback, its end is told, and that nobody listens in words', () => {
    const traceback = `Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/urllib3/util/retry.py", line 519, in increment
urllib3.exceptions.MaxRetryError: HTTPConnectionPool(host='10.10.21.13', port=8008): Max retries exceeded with url: /restart (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f66c13023f0>: Failed to establish a new connection: [Errno 111] Connection refused'))
`;

    expect(lastLine(traceback)).toBe('Patroni on 10.10.21.13 does not answer on port 8008: Connection refused');
    expect(lastLine('  File "x", line 1\npatroni.dcs.etcd3.Etcd3Error: Etcd is not responding properly\n')).toBe('patroni.dcs.etcd3.Etcd3Error: Etcd is not responding properly');
  });
});
