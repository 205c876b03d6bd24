import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const cases = fileURLToPath(new URL('../cases/', import.meta.url))
const isUpdate = process.argv.includes('--update')

/** A pair of files in `test/cases/<area>/`: what is given, and what must come of it. */
export interface GoldenCase {
  /** The behaviour, in the words of the file's name. */
  readonly name: string
  readonly input: unknown
  /** Compares with `<name>.out.json`; with `--update` on the command line writes it instead. */
  check(output: unknown): void
}

/** Every `<name>.in.json` of the area. */
export function goldenCases(area: string): readonly GoldenCase[] {
  return globSync(`${area}/*.in.json`, { cwd: cases })
    .toSorted()
    .map((path) => {
      const file = join(cases, path)
      const outputFile = file.replace(/\.in\.json$/, '.out.json')
      return {
        name: basename(path, '.in.json').replaceAll('-', ' '),
        input: JSON.parse(readFileSync(file, 'utf8')),
        check: (output) => checkFile(outputFile, output),
      }
    })
}

function checkFile(file: string, output: unknown): void {
  const text = `${JSON.stringify(output, undefined, 2)}\n`
  if (isUpdate) return writeFileSync(file, text)
  assert.ok(existsSync(file), `${file} is missing: run once with --update and review it`)
  assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(file, 'utf8')))
}
