import { isDeepStrictEqual } from 'node:util'
import { readJsonDocument } from '../../src/engines/json-document/read-json.ts'
import { writeJsonDocument } from '../../src/engines/json-document/write-json.ts'
import { compileJsonPath, type JsonPath } from '../../src/engines/json-path/compile-json-path.ts'
import { JsonPathSyntaxError } from '../../src/engines/json-path/json-path-error.ts'
import { seededNumbers } from '../record-java-regex.ts'
import { generatePathCase } from './generate-path.ts'
import { explain, isCommonToOldVersions } from './json-path-differences.ts'
import {
  askJsonPath,
  findJsonPathJudge,
  type PathCase,
  type PathVerdict,
} from './json-path-judge.ts'

/** What this engine makes of a case. */
export function ownVerdict({ path, json }: PathCase): PathVerdict {
  let compiled: JsonPath
  try {
    compiled = compileJsonPath(path)
  } catch (error) {
    if (!(error instanceof JsonPathSyntaxError)) throw error
    return { outcome: 'refused', error: error.message }
  }
  const { isDefinite } = compiled
  const read = compiled.read(readJsonDocument(json))
  if (read.outcome === 'found') {
    return { outcome: 'found', isDefinite, json: writeJsonDocument(read.value) }
  }
  if (read.outcome === 'not-found') return { outcome: 'not-found', isDefinite }
  return { outcome: 'failed', isDefinite, error: read.detail }
}

/** Whether two verdicts say the same; in which words an error is told does not count. */
function isSame(one: PathVerdict, other: PathVerdict): boolean {
  return isDeepStrictEqual({ ...one, error: '' }, { ...other, error: '' })
}

/**
 * Records the corpus anew, and reads generated documents by generated paths with Jayway JsonPath and with this
 * engine; gives how many differ without an explanation.
 */
export async function runJsonPathDifferential(options: {
  readonly count: number
  readonly seed: number
}): Promise<number> {
  const judge = await findJsonPathJudge()
  if (judge === undefined) {
    process.stdout.write(
      'SKIPPED JSONPath: apt-get install default-jdk-headless libjsonpath-java\n',
    )
    return 0
  }
  const random = seededNumbers(options.seed)
  const cases = Array.from({ length: options.count }, () => generatePathCase(random)).filter(
    ({ path }) => judge.version === '2.6.0' || isCommonToOldVersions(path),
  )
  const reasons = new Map<string, number>()
  let unexplained = 0
  for (const [index, jayway] of askJsonPath(judge, cases).entries()) {
    const one = cases[index] ?? { path: '', json: '' }
    const own = ownVerdict(one)
    if (isSame(jayway, own)) continue
    const reason = explain({ ...one, jayway, own })
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    else {
      unexplained += 1
      process.stdout.write(`  ${JSON.stringify({ ...one, jayway, own })}\n`)
    }
  }
  process.stdout.write(
    `JSONPath: ${cases.length} generated paths, seed ${options.seed}, Jayway JsonPath ${judge.version}\n`,
  )
  for (const [reason, count] of reasons) process.stdout.write(`  ${count} differ: ${reason}\n`)
  process.stdout.write(`  ${unexplained} differ without an explanation\n`)
  return unexplained
}
