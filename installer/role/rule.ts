/** A rule in the form of Prometheus: a series that is derived, or a condition that somebody must hear of. */
export type Rule = { record: string; expr: string } | { alert: string; expr: string; for: string; labels: Record<string, string>; annotations: Record<string, string> };

export interface Group {
  name: string;
  rules: Rule[];
}

export const record = (name: string, expr: string): Rule => ({ record: name, expr });

/** CRIT: act now; WARN: act today; INFO: know it. */
export type Severity = 'CRIT' | 'WARN' | 'INFO';

const levels: Record<Severity, string> = { CRIT: '0', WARN: '1', INFO: '2' };

/** The alerts of one category. `summary` is a sentence; \`{{ }}\` in it are templates of vmalert. */
export function alertOf(category: string): (name: string, severity: Severity, wait: string, expr: string, summary: string) => Rule {
  return (name, severity, wait, expr, summary) => ({
    alert: name,
    expr,
    for: wait,
    labels: { severity, level: levels[severity], category },
    annotations: { summary },
  });
}
