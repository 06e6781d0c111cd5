import type { Progress } from '../../repo/core/progress.ts';
import { expiriesIn } from '../../repo/core/signature.ts';
import type { Drawn } from '../manifest/manifest.ts';
import type { Upstream } from '../source/upstream.ts';
import { obtainKeys } from '../source/keys.ts';
import { finding, type Finding } from './finding.ts';

const day = 86_400_000;

/** How long before its end a key is worth a word: time to publish and to carry across a new one. */
const notice = 90 * day;

/** The pinned keys of a source that have expired, or will soon. Keys at hand are judged; none is fetched for that. */
export async function judgeKeys(drawn: readonly Drawn[], upstream: Upstream, progress: Progress): Promise<Finding[]> {
  const found = new Map<string, Finding>();
  for (const each of drawn) {
    for (const [fingerprint, material] of Object.entries(await obtainKeys(each, { ...upstream, http: undefined }, progress))) {
      const expiry = (await expiriesIn(material)).get(fingerprint);
      if (expiry && expiry.getTime() < upstream.now.getTime() + notice) found.set(fingerprint, judge(fingerprint, expiry, each, upstream.now));
    }
  }
  return [...found.values()].toSorted((a, b) => (a.subject < b.subject ? -1 : 1));
}

function judge(fingerprint: string, expiry: Date, { source }: Drawn, now: Date): Finding {
  const date = expiry.toISOString().slice(0, 10);
  const owner = source.keys[fingerprint]?.owner ?? 'unknown';
  const at = { source: source.name, subject: fingerprint };
  if (expiry < now) return finding('expired', { ...at, to: date, text: `the key of ${owner} expired on ${date}` });
  return finding('expiring', { ...at, to: date, text: `the key of ${owner} expires on ${date}` });
}
