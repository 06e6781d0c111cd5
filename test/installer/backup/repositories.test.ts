import { describe, expect, test } from 'vitest';
import { repositoriesIn } from '../../../installer/backup/repositories.ts';

describe('the repositories of a draft', () => {
  test('are the default one where nothing is said', () => {
    expect(repositoriesIn({})).toEqual([{ number: 1, name: 'local', isLocal: true, retention: { by: 'count', full: 2 } }]);
  });

  test('stand in the order of pgbackrest_method', () => {
    const vars = { pgbackrest_method: ['far', 'local'], pgbackrest_repo: { local: { path: '/pg/backup' }, far: { type: 's3', retention_full_type: 'time', retention_full: 14 }, spare: {} } };

    expect(repositoriesIn(vars)).toEqual([
      { number: 1, name: 'far', isLocal: false, retention: { by: 'time', full: 14 } },
      { number: 2, name: 'local', isLocal: true, retention: { by: 'count' } },
    ]);
  });

  test('are none where nothing is backed up', () => {
    expect(repositoriesIn({ pgbackrest_enabled: false })).toEqual([]);
  });
});
