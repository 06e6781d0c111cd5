import { digestOf } from '../../repo/core/digest.ts';
import type { Signer } from '../../repo/core/signature.ts';
import { readHead } from '../../repo/rpm/head.ts';
import { metadataOf } from '../../repo/rpm/metadata.ts';
import { poolPath } from '../../repo/rpm/pool.ts';
import { stanzaOf } from '../../repo/rpm/stanza.ts';
import { dependencyTags, tags, type DependencyKind } from '../../repo/rpm/tags.ts';
import { fileOf, headerOf, int32, signedFile, structureOf, text, texts, type Value } from '../repo/rpm/package.fixture.ts';
import type { Fields, MadeRpm } from './repository.ts';

/** A package whose head is real, signed by `signer` or by nobody; its payload is a line of text. */
export async function makeSignedRpm(signer: Signer | undefined, name: string, evr = '1.0-1.el9', arch = 'x86_64', fields: Fields = {}): Promise<MadeRpm> {
  const [, epoch, version, release] = /^(?:(\d+):)?([^-]+)-(.+)$/.exec(evr)!;
  const header = structureOf(
    tags.headerRegion,
    headerOf({
      [tags.name]: text(name),
      [tags.epoch]: epoch === undefined ? undefined : int32(Number(epoch)),
      [tags.version]: text(version!),
      [tags.release]: text(release!),
      [tags.arch]: text(arch),
      [tags.license]: text('MIT'),
      [tags.vendor]: text('Nobody <nobody@example.org>'),
      [tags.url]: text('https://example.org/?a=1&b=2'),
      [tags.sourceRpm]: text(`${name}-${version}-${release}.src.rpm`),
      ...listOf('provides', [`${name} = ${evr}`, ...(arch === 'x86_64' ? [`${name}(x86-64) = ${evr}`] : []), ...(fields.provides ?? [])]),
      ...listOf('requires', [...(fields.requires ?? []), 'rpmlib(FileDigests) <= 4.6.0-1']),
      ...listOf('recommends', fields.recommends ?? []),
      ...filesOf(fields.files ?? []),
    }),
  );
  // A signature may not be older than the key that makes it.
  const content = signer ? await signedFile(signer, new Date(Math.max(signer.created.getTime(), Math.floor(Date.now() / 1000) * 1000)), header) : fileOf(header);
  const [digest, size] = [digestOf(content), content.length];
  return { path: poolPath({ name, arch, version: evr }), content, stanza: stanzaOf(metadataOf(readHead(content, name), name), { digest, size }) };
}

const senses: Record<string, number> = { '<': 2, '<=': 10, '=': 8, '>=': 12, '>': 4 };

function listOf(kind: DependencyKind, entries: readonly string[]): Record<number, Value | undefined> {
  const parts = entries.map((entry) => (entry.startsWith('(') ? [entry] : entry.split(' ')));
  const given = (value: Value): Value | undefined => (entries.length > 0 ? value : undefined);
  const { name, flags, version } = dependencyTags[kind];
  return {
    [name]: given(texts(...parts.map(([each]) => each!))),
    [flags]: given(int32(...parts.map(([each, op]) => (op === undefined ? 0 : senses[op]!) + (each!.startsWith('rpmlib(') ? 1 << 24 : 0)))),
    [version]: given(texts(...parts.map(([, , each]) => each ?? ''))),
  };
}

function filesOf(paths: readonly string[]): Record<number, Value | undefined> {
  const given = (value: Value): Value | undefined => (paths.length > 0 ? value : undefined);
  return {
    [tags.baseNames]: given(texts(...paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))),
    [tags.dirNames]: given(texts(...paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1)))),
    [tags.dirIndexes]: given(int32(...paths.map((_, place) => place))),
    [tags.fileModes]: given({ type: 'int16', numbers: paths.map(() => 0x81ed) }),
    [tags.fileFlags]: given(int32(...paths.map(() => 0))),
  };
}
