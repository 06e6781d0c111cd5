import { z } from 'zod';

/** PostgreSQL majors are strings: `17`, never the number. */
export const Major = z.string('a PostgreSQL major is a string, in quotes').regex(/^\d{2}$/, 'a PostgreSQL major has two digits');

/** Whether a range begins with its smaller end; said of what is no range too, which is told in its own words. */
export function ascends(majors: string): boolean {
  const [first, last = first] = majors.split('-') as [string, string?];
  return !(Number(first) > Number(last));
}

export const descends = 'a range of majors begins with the smaller, "14-18"';

/** One major or a range of them, both ends counted: `17`, `14-18`. */
export const Majors = z.string('PostgreSQL majors are a string, in quotes').regex(/^\d{2}(-\d{2})?$/, 'PostgreSQL majors are one, "17", or a range, "14-18"').refine(ascends, descends);
export type Majors = z.infer<typeof Majors>;

export const covers = (majors: Majors, pg: string): boolean => {
  const [first, last = first] = majors.split('-') as [string, string?];
  return Number(first) <= Number(pg) && Number(pg) <= Number(last);
};

/** `14-16` → 14, 15, 16. */
export function spelled(majors: Majors): string[] {
  const [first, last = first] = majors.split('-').map(Number) as [number, number?];
  return Array.from({ length: last - first + 1 }, (_, place) => String(first + place));
}
