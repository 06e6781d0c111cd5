/** A small world as the text of a test case: packages that depend on each other at random, the same for the same seed. */
export function randomTestcase(seed: number): string {
  const below = numbers(seed);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const bound = (): string => (below(3) === 0 ? ` ${pick(['<', '<=', '=', '>=', '>'])} ${pick(['1', '2', '3', '1-1', '2-1', '2-2', '3-1'])}` : '');
  const capability = (): string => `${pick([...names, ...names, 'V', 'W'])}${bound()}`;
  const forms = [
    () => `${capability()} | ${capability()}`,
    () => `${capability()} & ${capability()}`,
    () => `${capability()} <IF> ${capability()}`,
    () => `${capability()} <IF> (${capability()} <ELSE> ${capability()})`,
    () => `(${capability()} & ${capability()}) | ${capability()}`,
  ];
  const conflicts = [...forms.slice(0, 2), () => `${capability()} <UNLESS> ${capability()}`, () => `${capability()} + ${capability()}`, () => `${capability()} - ${capability()}`];
  const relation = (): string => (seed % 2 === 0 && below(3) === 0 ? pick(forms)() : capability());
  const conflict = (): string => (seed % 4 === 0 && below(2) === 0 ? pick(conflicts)() : capability());
  const lines = (count: number, tag: string, value: () => string): string[] => Array.from({ length: count }, () => `#>=${tag}: ${value()}`);
  const one = (chance: number): number => Number(below(chance) === 0);

  const packages = versions(below).flatMap((head) => [
    `#>=Pkg: ${head} ${pick(['x86_64', 'noarch'])}`,
    ...lines(below(3), 'Req', relation),
    ...lines(one(3), 'Prv', () => `${pick(['V', 'W'])}${pick(['', ' = 1', ' = 2', ' = 2-1', ' <= 2', ' > 3'])}`),
    ...lines(one(6), 'Con', conflict),
    ...lines(one(8), 'Obs', () => `${pick(names)}${bound()}`),
    ...lines(one(8), 'Rec', capability),
  ]);
  return ['feature complex_deps', 'repo system 0 empty', 'repo test 0 testtags <inline>', ...packages, 'system x86_64 rpm system', `job install name ${pick(names)}`, `job install name ${pick(names)}`, 'result transaction,problems <inline>', ''].join('\n');
}

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** One to three versions of each name. */
function versions(below: (limit: number) => number): string[] {
  const heads = names.flatMap((name) => Array.from({ length: 1 + below(3) }, () => `${name} ${1 + below(3)} ${1 + below(2)}`));
  return [...new Set(heads)];
}

/** A linear congruential generator (Numerical Recipes). */
function numbers(seed: number): (limit: number) => number {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
