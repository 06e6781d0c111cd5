/** Majors in few words: 14, 15, 16, 18 → `14-16,18`. */
export function shortenMajors(majors: readonly string[]): string {
  const runs: string[][] = [];
  for (const major of majors) {
    const run = runs.at(-1);
    if (run && Number(run.at(-1)) + 1 === Number(major)) run.push(major);
    else runs.push([major]);
  }
  return runs.map((run) => (run.length === 1 ? run[0] : `${run[0]}-${run.at(-1)}`)).join(',');
}

/** Targets in few words: a release whose architectures are all among them goes by its own name. */
export function shortenTargets(codes: readonly string[], all: readonly string[]): string[] {
  const whole = (release: string): boolean => all.every((code) => releaseIn(code) !== release || codes.includes(code));
  return [...new Set(codes.map((code) => (whole(releaseIn(code)) ? releaseIn(code) : code)))];
}

const releaseIn = (code: string): string => code.slice(0, code.indexOf('.'));
