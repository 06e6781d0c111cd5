import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backupMetrics } from '../../../../installer/role/pgsql/backup-metrics.ts';
import { Secret } from '../../../../repo/core/secret.ts';
import { empty, oneRepository } from '../../backup/sample.ts';
import { deploy, withVars } from '../deployment.ts';

const two = withVars('pgbackrest_method: [ local, other ]', 'pgbackrest_repo: { local: { path: /pg/backup }, other: { path: /mnt/other } }');

let folder: string;
let words: string[];

/** The program of the role, in a folder of its own with what it calls. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pgark-metrics-'));
  const { host, inventory } = await deploy([], { text: two });
  const made = backupMetrics.resources(host, { ...inventory, authority: inventory.authority, secret: () => new Secret('x') });
  const files = new Map(made.flatMap((each) => (each.kind === 'file' ? [[each.path, String(each.content)]] : [])));
  put('backup-metrics', files.get('/usr/local/lib/pgark/backup-metrics')!.replaceAll('/etc/systemd/system/', `${folder}/`));
  words = /ExecStart=(.*)/.exec(files.get('/etc/systemd/system/pgark-backup-metrics.service')!)![1]!.split(' ').slice(2);
  put('runuser', '#!/bin/sh\nshift 3\nexec "$@"\n');
  put('psql', `#!/bin/sh\ncat ${folder}/archiver\n`);
  put('pgbackrest', `#!/bin/sh\ncase "$*" in *--repo=1*) cat ${folder}/one ;; *) cat ${folder}/two ;; esac\n`);
  put('df', `#!/bin/sh\ncase "$*" in *backup/) printf 'Filesystem 1024-blocks Used Available Capacity Mounted on\\ntmpfs 61440 61400 40 100%% /data/backups/pg-meta-18/backup\\n' ;; *) exit 1 ;; esac\n`);
  put('systemctl', '#!/bin/sh\ncase $3 in *full*) exit 0 ;; esac\nexit 1\n');
  put('one', oneRepository);
});

afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string): void {
  writeFileSync(join(folder, name), content);
  chmodSync(join(folder, name), 0o755);
}

/** What it leaves for the exporter, without its explanations; nothing where there is no file. */
function figures(): string[] | undefined {
  const output = join(folder, 'backup.prom');
  execFileSync(join(folder, 'backup-metrics'), [output, ...words], { env: { PATH: `${folder}:/usr/bin:/bin` } });
  return existsSync(output) ? readFileSync(output, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#')) : undefined;
}

describe('the figures of backups', () => {
  test('are told of each repository, each timer and the archive by the member that leads', () => {
    put('archiver', 'f 1795368169 0\n');
    put('two', empty);
    put('pgark-backup-full.timer', '');
    put('pgark-backup-diff-other.timer', '');

    expect(figures()).toEqual([
      'pgark_backup_status{stanza="pg-meta",pg="pg-meta-1",repo="local"} 0',
      'pgark_backup_status{stanza="pg-meta",pg="pg-meta-1",repo="other"} 2',
      'pgark_backup_stop_seconds{stanza="pg-meta",pg="pg-meta-1",repo="local"} 1795368169',
      'pgark_backup_stop_seconds{stanza="pg-meta",pg="pg-meta-1",repo="other"} 0',
      'pgark_repository_size_bytes{stanza="pg-meta",pg="pg-meta-1",repo="local"} 62914560',
      'pgark_repository_free_bytes{stanza="pg-meta",pg="pg-meta-1",repo="local"} 40960',
      'pgark_backup_timer_failed{stanza="pg-meta",pg="pg-meta-1",timer="full"} 1',
      'pgark_backup_timer_failed{stanza="pg-meta",pg="pg-meta-1",timer="diff-other"} 0',
      'pgark_wal_archived_seconds{stanza="pg-meta",pg="pg-meta-1"} 1795368169',
      'pgark_wal_archive_failing{stanza="pg-meta",pg="pg-meta-1"} 0',
    ]);
  });

  test('are there where a repository cannot be asked', () => {
    put('archiver', 'f 0 1\n');
    put('pgbackrest', '#!/bin/sh\nexit 82\n');

    expect(figures()).toEqual(expect.arrayContaining(['pgark_backup_status{stanza="pg-meta",pg="pg-meta-1",repo="local"} 99', 'pgark_wal_archive_failing{stanza="pg-meta",pg="pg-meta-1"} 1']));
  });

  test('of a member that does not lead any more are taken away', () => {
    put('archiver', 't 1795368169 0\n');

    expect(figures()).toBeUndefined();
  });
});
