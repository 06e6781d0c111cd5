import type { CommandSpec, Invocation } from '../../../repo/console/command.ts';
import { ink, table } from '../../../repo/console/print.ts';
import type { Extension } from '../../manifest/extension.ts';
import { factsOf, type Facts, type Name } from './facts.ts';
import { findExtension, nameGiven } from './find.ts';
import { openCatalog, scopeOptions } from './scope.ts';

export const info: CommandSpec = {
  name: 'ext info',
  arguments: 'NAME',
  about: 'tells all that is known of an extension, by its package or by any name it creates',
  options: { manifests: scopeOptions['manifests']! },
  run,
};

async function run(invocation: Invocation): Promise<object> {
  const name = nameGiven(invocation, 'pgark ext info timescaledb');
  const catalog = await openCatalog(invocation);
  const facts = factsOf(catalog, findExtension(catalog, name));
  invocation.print(describe(facts));
  return facts;
}

function describe(facts: Facts): string {
  return [
    `${ink.bold(facts.name)}  ${facts.about}`,
    ...(facts.asked === facts.name ? [] : [`${ink.bold(facts.asked)} is one of the names that it brings`]),
    '',
    labelled([
      ['category', facts.category],
      ['license', facts.license],
      ['language', facts.language],
      ['home', facts.home],
      ['with', facts.contrib ? 'the server itself (contrib)' : undefined],
      ['kernel', facts.kernel === undefined ? undefined : `works with ${facts.kernel}, not with PostgreSQL as such`],
      ...facts.packages.map((each) => ['package', each] as const),
      ...describeLoading(facts).map((each) => ['loading', each] as const),
      ['requires', facts.requires.join(', ')],
      ['required by', facts.requiredBy.join(', ')],
      ['conflicts', facts.conflicts.join(', ')],
      ['schemas', facts.schemas.join(', ')],
      ['creation', describeCreation(facts)],
      ...facts.caveats.map((each) => ['caveat', ink.yellow(each)] as const),
      ['groups', facts.groups.join(', ')],
    ]),
    ...section('creates', facts.creates.flatMap((each) => (facts.creates.length === 1 && each.name === facts.name ? [] : [[each.name === facts.asked ? ink.bold(each.name) : each.name, each.about], ...describeTraits(each, facts).map((trait) => ['', ink.dim(trait)])]))),
    ...section('published', facts.published.map((row) => [row.on.join(','), row.pg, row.version, row.from, row.package ?? ''])),
    ...section('published nowhere', facts.gaps.map((gap) => [gap.on.join(','), gap.pg])),
  ].join('\n');
}

/** What is empty is not said; a label is said once. */
function labelled(lines: readonly (readonly [label: string, text: string | undefined])[]): string {
  const said = lines.filter(([, text]) => text !== undefined && text !== '');
  return table(said.map(([label, text], place) => [ink.dim(said[place - 1]?.[0] === label ? '' : label), text!]));
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', ink.dim(title), table(rows.map(([first = '', ...rest]) => [`  ${first}`, ...rest]))];
}

function describeLoading({ preload, load, creates, name }: Facts): string[] {
  const ways = [...(preload.length > 0 ? [`shared_preload_libraries = '${preload.join(',')}', then a restart`] : []), ...(load === undefined ? [] : [loadings[load]])];
  if (ways.length > 0) return ways;
  return creates.length > 0 ? [`nothing; CREATE EXTENSION "${creates[0]!.name}" will do`.replace(/"([a-z_][a-z0-9_]*)"/, '$1')] : [`it is not created, only loaded: LOAD '${name}'`];
}

const loadings: Record<NonNullable<Extension['load']>, string> = {
  session: 'by session: LOAD, or session_preload_libraries',
  'output-plugin': 'as the output plugin of a logical replication slot',
  'archive-module': 'as archive_library',
  'oauth-validator': 'among oauth_validator_libraries',
};

function describeCreation({ trusted, relocatable, creates }: Facts): string | undefined {
  if (creates.length === 0) return undefined;
  return traitsOf({ trusted, relocatable }).join(', ');
}

const traitsOf = ({ trusted, relocatable }: { trusted?: boolean | undefined; relocatable?: boolean | undefined }): string[] => [
  ...(trusted === undefined ? [] : [trusted ? 'trusted: by who may CREATE in the database' : 'by a superuser']),
  ...(relocatable === undefined ? [] : [relocatable ? 'relocatable' : 'not relocatable']),
];

/** What holds for a name besides what holds for its package. */
function describeTraits(each: Name, whole: Facts): string[] {
  const apart = (key: 'preload' | 'requires' | 'conflicts' | 'schemas', words: string): string[] => (each[key].length > 0 && each[key].join() !== whole[key].join() ? [`${words} ${each[key].join(', ')}`] : []);
  const said = [
    ...apart('preload', 'preload'),
    ...apart('requires', 'requires'),
    ...apart('conflicts', 'conflicts with'),
    ...apart('schemas', 'schema'),
    ...(each.pg ? [`PostgreSQL ${each.pg.join(', ')}`] : []),
    ...traitsOf({ ...(each.trusted !== whole.trusted && { trusted: each.trusted }), ...(each.relocatable !== whole.relocatable && { relocatable: each.relocatable }) }),
  ];
  return said.length > 0 ? [said.join(' · ')] : [];
}
