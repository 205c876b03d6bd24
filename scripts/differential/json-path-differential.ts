import { isDeepStrictEqual } from 'node:util'
import { seededNumbers } from '../record-java-regex.ts'
import { generatePathCase } from './generate-path.ts'
import { runDocumentDifferential } from './json-documents.ts'
import { explain, isCommonToOldVersions } from './json-path-differences.ts'
import { recordPathCorpus } from './json-path-corpus.ts'
import { askJsonPath, findJsonPathJudge, type PathVerdict } from './json-path-judge.ts'
import { ownVerdict } from './own-json-path.ts'

/** Whether two verdicts say the same; in which words an error is told does not count. */
function isSame(one: PathVerdict, other: PathVerdict): boolean {
  return isDeepStrictEqual({ ...one, error: '' }, { ...other, error: '' })
}

/**
 * Records the corpus anew, and reads generated documents by generated paths, and generated payloads that are no
 * JSON, with Jayway JsonPath and with this engine; gives how many differ without an explanation.
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
  if (judge.version === '2.6.0') recordPathCorpus(judge)
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
  if (judge.version !== '2.6.0') return unexplained
  return unexplained + runDocumentDifferential(judge, { count: options.count, random })
}
