import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { JsonDocumentError } from '../../src/engines/json-document/json-document-error.ts'
import { readPayload } from '../../src/engines/json-document/read-payload.ts'
import { writeJsonDocument } from '../../src/engines/json-document/write-json.ts'
import { askJsonPath, type JsonPathJudge } from './json-path-judge.ts'

/** Recorded readings of payloads that are no JSON. */
export interface DocumentCorpus {
  readonly provenance: { readonly kind: string; readonly source: string }
  readonly behaviour: string
  /** A payload and the JSON that it is read as, or `null`: it is refused. */
  readonly cases: readonly (readonly [payload: string, json: string | null])[]
}

const file = fileURLToPath(
  new URL('../../test/cases/json-documents/payloads-that-are-no-json.json', import.meta.url),
)

/** The recorded file. */
export function readDocumentCorpus(): DocumentCorpus {
  // The test of the folder checks its form.
  return JSON.parse(readFileSync(file, 'utf8')) as DocumentCorpus
}

/** What this engine reads; `null`: it refuses. */
export function ownDocument(payload: string): string | null {
  try {
    return writeJsonDocument(readPayload(payload, () => {}))
  } catch (error) {
    if (error instanceof JsonDocumentError) return null
    throw error
  }
}

/** Asks for every recorded payload again, and compares generated ones; gives how many differ. */
export function runDocumentDifferential(
  judge: JsonPathJudge,
  { count, random }: { readonly count: number; readonly random: (below: number) => number },
): number {
  const corpus = readDocumentCorpus()
  const payloads = corpus.cases.map(([payload]) => payload)
  const cases = jaywayDocuments(judge, payloads).map((json, i) => [payloads[i], json])
  const lines = cases.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
  const { cases: _recorded, ...head } = corpus
  const text = JSON.stringify(head, undefined, 2).replace(/\n\}$/, '')
  writeFileSync(file, `${text},\n  "cases": [\n${lines}\n  ]\n}\n`)
  const generated = Array.from({ length: count }, () => generatePayload(random))
  let different = 0
  for (const [i, jayway] of jaywayDocuments(judge, generated).entries()) {
    const payload = generated[i] ?? ''
    const own = ownDocument(payload)
    // Jayway refuses null itself.
    if (own === jayway || (own === 'null' && jayway === null)) continue
    different += 1
    process.stdout.write(`  ${JSON.stringify({ payload, jayway, own })}\n`)
  }
  process.stdout.write(`Payloads: ${count} generated, ${different} differ\n`)
  return different
}

function jaywayDocuments(judge: JsonPathJudge, payloads: readonly string[]): (string | null)[] {
  return askJsonPath(
    judge,
    payloads.map((json) => ({ path: '$', json })),
  ).map((verdict) => (verdict.outcome === 'found' ? verdict.json : null))
}

/** Controls and other alphabets are left out: behind a number json-smart stumbles over them. */
const pieces = [
  ...['{', '}', '[', ']', ',', ',', ':', '"', "'", '\\', '\\"', '\\n', '\\u0041', '=', '&', '/'],
  ...['a', 'b c', 'e', 'x:y', '1', '-', '0', '01', '.5', '1.', '1e3', '-0', 'true', 'null', 'nul'],
  ...[' ', '\n', '\t', '"k":', '"v"', "'s'", '{"a":1}', '[1,2]'],
]

function generatePayload(random: (below: number) => number): string {
  const length = 1 + random(9)
  return Array.from({ length }, () => pieces[random(pieces.length)] ?? '').join('')
}
