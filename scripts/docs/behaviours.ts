import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generatedNote, table } from './markdown.ts'

const folder = fileURLToPath(new URL('../../test/cases/', import.meta.url))

/** A golden case: what it shows, and how it is known that AWS does so. */
export interface Behaviour {
  /** Below test/cases/, with its ending. */
  readonly path: string
  readonly text: string
  readonly word: 'Documented' | 'Observed' | 'Chosen'
  readonly source: string
}

/** Results of a case, and recorded answers to many questions, are no behaviours of their own. */
const besides = /\.out\.json$|^facts\.json$|^(?:java-regex|json-schema|vtl)\//

/** Every golden case, in order of its path. @throws when a file does not begin with its provenance. */
export function readBehaviours(): readonly Behaviour[] {
  return globSync('**/*.{http,json,txt}', { cwd: folder })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !besides.test(path))
    .toSorted()
    .map(readBehaviour)
}

function readBehaviour(path: string): Behaviour {
  const text = readFileSync(`${folder}${path}`, 'utf8')
  const { line, behaviour } = path.endsWith('.json') ? ofJson(text) : ofText(text)
  const [, word = '', source = ''] = /^(Documented|Observed|Chosen): (\S.*)$/.exec(line) ?? []
  if (word !== 'Documented' && word !== 'Observed' && word !== 'Chosen') {
    throw new Error(`${path} says neither Documented, Observed nor Chosen`)
  }
  return { path, text: behaviour ?? sentenceOf(path), word, source }
}

function ofText(text: string): { readonly line: string; readonly behaviour: undefined } {
  return { line: text.slice(0, text.indexOf('\n')), behaviour: undefined }
}

function ofJson(text: string): { readonly line: string; readonly behaviour: string | undefined } {
  // The tests of each folder check the form of its files.
  const { provenance, behaviour } = JSON.parse(text) as {
    readonly provenance?: { readonly kind?: string; readonly source?: string }
    readonly behaviour?: string
  }
  return { line: `${provenance?.kind}: ${provenance?.source}`, behaviour }
}

function sentenceOf(path: string): string {
  const words = (path.split('/').at(-1) ?? '').replace(/(?:\.in)?\.\w+$/, '').replaceAll('-', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

/** The text of docs/behaviours.md. */
export function behavioursPage(): string {
  const behaviours = readBehaviours()
  const areas = Map.groupBy(behaviours, ({ path }) => dirname(path))
  const count = (word: Behaviour['word']) => behaviours.filter((one) => one.word === word).length
  return [
    '# Behaviours',
    generatedNote,
    'Each row is a golden case, a file below `test/cases/` that every run of the tests checks. ' +
      '**Documented**: AWS says so at the source. **Observed**: it was recorded of AWS. **Chosen**: AWS is ' +
      'silent or unknown, and the decision says why it is so here.',
    `${behaviours.length} cases: ${count('Documented')} documented, ${count('Observed')} observed, ` +
      `${count('Chosen')} chosen.`,
    ...[...areas].flatMap(([area, cases]) => [
      `## ${area}`,
      table(
        ['behaviour', 'known as', 'source'],
        cases.map(({ text, word, source }) => [text, word, source]),
      ),
    ]),
  ].join('\n\n')
}
