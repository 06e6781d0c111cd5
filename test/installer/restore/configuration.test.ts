import { describe, expect, test } from 'vitest';
import { doorsFor, doorText, hostsLines, readerText } from '../../../installer/restore/configuration.ts';
import { placeOf } from '../../../installer/restore/place.ts';
import { backup } from '../../../installer/role/pgsql/backup.ts';
import { deploy, withReplica } from '../role/deployment.ts';

const opened = async () => {
  const { inventory } = await deploy([backup], { text: withReplica });
  const members = inventory.cluster('pg-meta');
  const [restoring, other] = members as [(typeof members)[0], (typeof members)[0]];
  return { inventory, members, restoring, other, doors: doorsFor(restoring, members, inventory), passphrase: inventory.secret('pg-meta.pgbackrest_cipher_pass').reveal() };
};

describe('a member that restores', () => {
  test('reads its own repository under its own number, and those of the others through their doors', async () => {
    const { inventory, members, restoring, doors, passphrase } = await opened();
    const place = placeOf(restoring, '20261122T210000Z');

    const text = readerText({ stanza: 'pg-meta', restoring, members, doors, inventory, place, data: place.stage });

    expect(String(text)).not.toContain(passphrase);
    const lines = text.reveal().split('\n');
    expect(lines).toEqual(expect.arrayContaining(['repo1-path=/pg/backup', `repo1-cipher-pass=${passphrase}`, 'repo2-host=pg-meta-2', 'repo2-host-type=tls', 'repo2-host-config=/data/postgres/pg-meta-15/restore/door.conf', '[pg-meta]', 'pg1-path=/pg/data-restore']));
    expect(lines.filter((line) => line.startsWith('repo2-cipher'))).toEqual([]);
    expect(hostsLines(doors)).toBe('10.10.10.11 pg-meta-2');
  });

  test('is the only one to whom a door opens, and for this cluster only', async () => {
    const { restoring, doors, passphrase } = await opened();

    const lines = doorText(doors, 'pg-meta', restoring, '/data/postgres/pg-meta-15/restore').reveal().split('\n');

    expect(lines.filter((line) => /auth|port|^repo|ca-file/.test(line))).toEqual(expect.arrayContaining(['repo2-path=/pg/backup', `repo2-cipher-pass=${passphrase}`, 'tls-server-port=8432', 'tls-server-ca-file=/pg/cert/ca.crt', 'tls-server-auth=pg-meta-1=pg-meta']));
  });

  test('of another cluster has no repository of its own in it: all is read through doors', async () => {
    const { inventory, members, other } = await opened();
    const doors = doorsFor(other, members.slice(0, 1), inventory);
    const place = placeOf(other, '20261122T210000Z');

    const lines = readerText({ stanza: 'pg-meta', restoring: other, members: members.slice(0, 1), doors, inventory, place, data: place.stage }).reveal().split('\n');

    expect(lines).toContain('repo2-host=pg-meta-1');
    expect(lines.filter((line) => line.startsWith('repo1-'))).toEqual([]);
  });
});
