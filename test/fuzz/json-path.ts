import { mutate } from '../../scripts/differential/generate-template.ts'
import { generatePathCase } from '../../scripts/differential/generate-path.ts'
import { seededNumbers } from '../../scripts/record-java-regex.ts'
import { JsonDocumentError } from '../../src/engines/json-document/json-document-error.ts'
import { readJsonDocument } from '../../src/engines/json-document/read-json.ts'
import { writeJsonDocument } from '../../src/engines/json-document/write-json.ts'
import { compileJsonPath } from '../../src/engines/json-path/compile-json-path.ts'
import { StepBudget } from '../../src/engines/json-path/reading.ts'
import { StallRecorder, type StallReport, type StepWatch } from './stalls.ts'
import { JsonPathSyntaxError } from '../../src/engines/json-path/json-path-error.ts'

/** What broken paths and documents came to. */
export interface PathFuzzReport extends StallReport {
  readonly found: number
  readonly notFound: number
  readonly failed: number
  readonly refused: number
}

/** Values that a path visits at once. */
const stepsAtOnceMax = 40_000

/**
 * Reads broken documents by broken paths.
 *
 * @throws what the engine throws besides its own two errors, with the case.
 */
export function fuzzJsonPaths(options: {
  readonly cases: number
  readonly seed: number
}): PathFuzzReport {
  const random = seededNumbers(options.seed)
  const counts = { found: 0, notFound: 0, failed: 0, refused: 0 }
  const recorder = new StallRecorder()
  for (let i = 0; i < options.cases; i += 1) {
    const { path: sound, json } = generatePathCase(random)
    const path = repeat(random(3) === 0 ? sound : mutate(sound, random), random)
    const text = random(10) === 0 ? mutate(json, random) : json
    const name = () => JSON.stringify({ path, text })
    try {
      counts[recorder.run(name, (watch) => outcomeOf(path, text, watch))] += 1
    } catch (error) {
      throw new Error(`${name()} ends in ${String(error)}`, { cause: error })
    }
  }
  const { longestMs, stalls } = recorder
  return { ...counts, longestMs, stalls }
}

/** Now and then a piece of a path many times. */
function repeat(path: string, random: (below: number) => number): string {
  if (random(50) > 0) return path
  const from = random(path.length + 1)
  const piece = path.slice(from, from + 1 + random(6))
  return path.slice(0, from) + piece.repeat(random(500)) + path.slice(from)
}

function outcomeOf(
  path: string,
  text: string,
  watch: StepWatch,
): 'found' | 'notFound' | 'failed' | 'refused' {
  try {
    const document = watch.step(() => readJsonDocument(text))
    const compiled = watch.step(() => compileJsonPath(path))
    const budget = new StepBudget(stepsAtOnceMax)
    const atOnce = watch.step(() => compiled.read(document, budget))
    const read = budget.left < 0 ? compiled.read(document) : atOnce
    if (read.outcome === 'not-found') return 'notFound'
    if (read.outcome === 'failed') return 'failed'
    // What is written can be read.
    readJsonDocument(writeJsonDocument(read.value))
    return 'found'
  } catch (error) {
    if (error instanceof JsonPathSyntaxError || error instanceof JsonDocumentError) return 'refused'
    throw error
  }
}
