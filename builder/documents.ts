import { type Stream, titleOf } from '../repo/rpm/modules.ts';
import { artifactOf } from '../repo/rpm/streams.ts';
import { type Advisory, advisoriesOf, writeAdvisory } from '../repo/rpm/updateinfo.ts';
import type { Lock, LockedModule } from './lock/lock.ts';
import type { Shipped } from './solve/proof.ts';

/** What upstream says of the packages that are shipped, beside their own entries: the streams they belong to, and the advisories about them. */
export function documentsOf(closure: readonly Shipped[], streams: readonly Stream[], advisories: readonly Advisory[]): Pick<Lock, 'modules' | 'advisories'> {
  const packages = closure.map((each) => each.package);
  const artifacts = new Set(packages.map(artifactOf));
  const modules = streams.filter((each) => each.artifacts.some((artifact) => artifacts.has(artifact))).map(lockModule);
  const about = advisoriesOf(advisories, packages);
  return {
    ...(modules.length > 0 && { modules: [...new Map(modules.map((each) => [keyOf(each), each])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) }),
    ...(about.length > 0 && { advisories: about.map((each) => ({ id: each.id, stanza: writeAdvisory(each) })) }),
  };
}

const lockModule = (stream: Stream): LockedModule => ({ stream: titleOf(stream), version: stream.version, context: stream.context, document: stream.text });

const keyOf = ({ stream, version, context, document }: LockedModule): string => [stream, version, context, document].join(' ');
