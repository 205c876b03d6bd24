import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { askJsonPath, type JsonPathJudge, type PathVerdict } from './json-path-judge.ts'
import { ownVerdict } from './own-json-path.ts'

/** Recorded answers to paths that are about one thing. */
export interface PathCorpusFile {
  readonly provenance: { readonly kind: string; readonly source: string }
  readonly behaviour: string
  /** JSON text that all of the paths read. */
  readonly document: string
  /** A path and Jayway's verdict; where this engine decides otherwise, its own verdict too. */
  readonly cases: readonly (readonly [path: string, jayway: string, own?: string])[]
}

const folder = fileURLToPath(new URL('../../test/cases/json-path/', import.meta.url))

/** The recorded files by their names. */
export function readPathCorpus(): ReadonlyMap<string, PathCorpusFile> {
  const files = globSync('*.json', { cwd: folder }).toSorted()
  return new Map(
    // The test of the folder checks the form of its files.
    files.map((file) => [
      file,
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as PathCorpusFile,
    ]),
  )
}

/** A verdict as it is recorded: in which words an error is told is left out. */
export function verdictText(verdict: PathVerdict): string {
  if (verdict.outcome === 'refused') return 'refused'
  const kind = verdict.isDefinite ? 'definite' : 'indefinite'
  return `${verdict.outcome} ${kind}${verdict.outcome === 'found' ? ` ${verdict.json}` : ''}`
}

/** Asks for every recorded path again, and writes what Jayway and this engine say. */
export function recordPathCorpus(judge: JsonPathJudge): void {
  for (const [file, content] of readPathCorpus()) {
    const json = content.document
    const asked = content.cases.map(([path]) => ({ path, json }))
    const verdicts = askJsonPath(judge, asked)
    const rows = asked.map((one, index) => {
      const jayway = verdictText(verdicts[index] ?? { outcome: 'refused', error: '' })
      const own = verdictText(ownVerdict(one))
      return own === jayway ? [one.path, jayway] : [one.path, jayway, own]
    })
    const { cases: _recorded, ...head } = content
    const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n')
    const text = JSON.stringify(head, undefined, 2).replace(/\n\}$/, '')
    writeFileSync(join(folder, file), `${text},\n  "cases": [\n${lines}\n  ]\n}\n`)
  }
}
