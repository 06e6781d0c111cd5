import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { digestOf } from '../../repo/core/digest.ts';
import { fingerprintsIn, readKeys } from '../../repo/core/signature.ts';
import { abilitiesOf } from '../../repo/rpm/abilities.ts';
import { readHeadOf } from '../../repo/rpm/head.ts';
import { metadataOf } from '../../repo/rpm/metadata.ts';
import { stanzaOf } from '../../repo/rpm/stanza.ts';
import { tags } from '../../repo/rpm/tags.ts';
import { verifyPackage } from '../../repo/rpm/verify.ts';
import { baseRoot } from '../../vagrant/root.ts';
import { groundOver } from '../support/ground.ts';
import { conformance } from './oracle.ts';
import { openWorkshop, rpmPrograms, smallSpec } from './rpm-built.ts';
import { run } from './run.ts';

conformance('a package that rpm 6 made in its own format is trusted for EL 8, 9 and 10, as rpm 4.18 trusts and installs it', { programs: { ...rpmPrograms, mmdebstrap: 'mmdebstrap' }, root: true }, async () => {
  const workshop = await openWorkshop();
  await writeFile(join(workshop.folder, 'six.spec'), smallSpec('six'));
  const ground = await groundOver(await baseRoot('forky', ['dnf5', 'gpg', 'rpm']), workshop.folder);
  const encoded = await ground.must(['sh', '-ec', "rpmbuild -bb --quiet --define '_rpmformat 6' --define '_topdir /tmp/six' --define '_rpmdir /tmp/six' /media/six.spec >&2; base64 /tmp/six/noarch/six-1.0-1.noarch.rpm"]);
  const path = join(workshop.folder, 'six.rpm');
  await writeFile(path, Buffer.from(encoded, 'base64'));
  const key = Buffer.from(await workshop.sign([path], 'upstream'));
  const [root, keys] = [join(workshop.folder, 'root'), await readKeys([key], await fingerprintsIn(key, 'it'), 'it')];
  await writeFile(join(workshop.folder, 'upstream.asc'), key);
  await run(['rpmkeys', '--root', root, '--import', join(workshop.folder, 'upstream.asc')]);

  const content = await readFile(path);
  const [digest, size] = [digestOf(content), content.length];
  const head = readHeadOf(path, 'six');
  const metadata = metadataOf(head, 'six');
  const claim = { name: 'six', version: '1.0-1', arch: 'noarch', digest, size, stanza: stanzaOf(metadata, { digest, size }) };
  const trusted = await Promise.all(['8', '9', '10'].map((release) => verifyPackage(path, claim, { keys, abilities: abilitiesOf(release)! })));
  await run(['rpm', '--root', root, '--define', '_pkgverify_level all', '--install', path]);

  // As no earlier format does, it leaves unsaid what kind of digest its payload has.
  expect(head.header.number(tags.payloadDigestAlgorithm)).toBeUndefined();
  expect(trusted).toHaveLength(3);
  expect(await run(['rpm', '--root', root, '--verify', 'six'])).toBe('');
  await ground.discard();
  await workshop.close();
});
