import { describe, expect, test } from 'vitest';
import { readEtcd, readMembers, readStatuses } from '../../../installer/etcd/ask.ts';

const said = (stdout: string, code = 0) => ({ code, stdout, stderr: '' });

/** As etcd said it on bookworm (3.4) and trixie (3.5). */
const of34 = {
  leads: '[{"Endpoint":"https://127.0.0.1:23110","Status":{"header":{"cluster_id":750162732281938172,"member_id":10768661233016935774,"revision":1,"raft_term":3},"version":"3.4.23","dbSize":20480,"leader":10768661233016935774,"raftIndex":9,"raftTerm":3,"raftAppliedIndex":9,"dbSizeInUse":16384}}]',
  alone: '[{"Endpoint":"https://127.0.0.1:23110","Status":{"header":{"cluster_id":750162732281938172,"member_id":10768661233016935774,"revision":1,"raft_term":3},"version":"3.4.23","dbSize":20480,"raftIndex":36,"raftTerm":3,"raftAppliedIndex":36,"errors":["etcdserver: no leader"],"dbSizeInUse":16384}}]',
  learns: '[{"Endpoint":"http://127.0.0.1:25110","Status":{"header":{"cluster_id":1314590137626661166,"member_id":108872777205942803,"revision":4,"raft_term":2},"version":"3.4.23","dbSize":188416,"leader":14429705525564268122,"raftIndex":10,"raftTerm":2,"raftAppliedIndex":10,"errors":["memberID:14429705525564268122 alarm:NOSPACE "],"dbSizeInUse":98304,"isLearner":true}}]',
  members: '{"header":{"cluster_id":1314590137626661166,"member_id":14429705525564268122,"raft_term":2},"members":[{"ID":108872777205942803,"name":"etcd-2","peerURLs":["http://127.0.0.1:25111"],"clientURLs":["http://127.0.0.1:25110"],"isLearner":true},{"ID":14429705525564268122,"name":"etcd-1","peerURLs":["http://127.0.0.1:25101"],"clientURLs":["http://127.0.0.1:25100"]}]}',
};
const of35 = {
  leads: '[{"Endpoint":"https://127.0.0.1:24110","Status":{"header":{"cluster_id":8320428663823205100,"member_id":5688805106362714547,"revision":1,"raft_term":3},"version":"3.5.16","dbSize":20480,"leader":5688805106362714547,"raftIndex":9,"raftTerm":3,"raftAppliedIndex":9,"dbSizeInUse":16384}}]',
  alone: '[{"Endpoint":"https://127.0.0.1:24110","Status":{"header":{"cluster_id":8320428663823205100,"member_id":5688805106362714547,"revision":1,"raft_term":3},"version":"3.5.16","dbSize":20480,"raftIndex":37,"raftTerm":3,"raftAppliedIndex":37,"errors":["etcdserver: no leader"],"dbSizeInUse":16384}}]',
  learns: '[{"Endpoint":"http://127.0.0.1:25210","Status":{"header":{"cluster_id":16342188658894288800,"member_id":6223925301816090482,"revision":4,"raft_term":2},"version":"3.5.16","dbSize":188416,"leader":11382902454091896042,"raftIndex":10,"raftTerm":2,"raftAppliedIndex":10,"errors":["memberID:11382902454091896042 alarm:NOSPACE "],"dbSizeInUse":98304,"isLearner":true}}]',
};

describe('what etcd says of itself', () => {
  test.each([
    ['3.4', of34, '9571f8562c7e955e', '3.4.23'],
    ['3.5', of35, '4ef2b21a892d89b3', '3.5.16'],
  ])('is read of %s, with ids as wide as they are', (_release, { leads, alone }, id, version) => {
    expect(readStatuses(leads)[0]!.status).toEqual({ id, leader: id, isLearner: false, version, size: 20480, index: 9, applied: 9, errors: [] });
    expect(readStatuses(alone)[0]!.status).not.toHaveProperty('leader');
    expect(readStatuses(alone)[0]!.status.errors).toEqual(['etcdserver: no leader']);
  });

  test.each([
    ['3.4', of34, 'c8409cb940bfde5a'],
    ['3.5', of35, '9df831790911d4ea'],
  ])('tells a learner of %s, whom it follows, and the alarm that all of them sound', (_release, { learns }, leader) => {
    expect(readStatuses(learns)[0]!.status).toMatchObject({ isLearner: true, leader, errors: [expect.stringContaining('alarm:NOSPACE')] });
  });

  test('names members, one without a name that has never started', () => {
    const unstarted = '{"header":{},"members":[{"ID":9172183264218735271,"peerURLs":["https://127.0.0.1:23121"],"isLearner":true}]}';

    expect(readMembers(of34.members)).toEqual([
      { id: '182cb36cb120a13', name: 'etcd-2', peers: ['http://127.0.0.1:25111'], clients: ['http://127.0.0.1:25110'], isLearner: true },
      { id: 'c8409cb940bfde5a', name: 'etcd-1', peers: ['http://127.0.0.1:25101'], clients: ['http://127.0.0.1:25100'], isLearner: false },
    ]);
    expect(readMembers(unstarted)).toEqual([{ id: '7f4a24151e8a62a7', name: '', peers: ['https://127.0.0.1:23121'], clients: [], isLearner: true }]);
  });
});

describe('the etcd of a host', () => {
  test('answers, with data and members', () => {
    const sight = readEtcd(said(`data=whole\nunit=active\nstatus=${of34.leads}\nmembers=${of34.members}\n`));

    expect(sight).toMatchObject({ data: 'whole', isActive: true, status: { version: '3.4.23' }, members: [{ name: 'etcd-2' }, { name: 'etcd-1' }] });
  });

  test('has data and does not run', () => {
    expect(readEtcd(said('data=whole\nunit=inactive\n'))).toEqual({ data: 'whole', isActive: false });
  });

  test('waits for the others, and answers nobody until then', () => {
    expect(readEtcd(said('data=unfinished\nunit=activating\n'))).toEqual({ data: 'unfinished', isActive: true });
  });

  test('cannot name the members without a quorum (3.5)', () => {
    const sight = readEtcd(said(`data=whole\nunit=active\nstatus=${of35.alone}\nmembers=\n`));

    expect(sight).toHaveProperty('status');
    expect(sight).not.toHaveProperty('members');
  });

  test.each([said('', 124), said('unit=active\n'), said('data=\n')])('is never said to have no data when it did not say so: %j', (answer) => {
    expect(readEtcd(answer).data).toBe('unknown');
  });
});
