import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileTemplate, fromJson, VtlError } from '../../src/engines/vtl/index.ts'
import { seededNumbers } from '../record-java-regex.ts'
import { generateTemplate } from './generate-template.ts'
import { templateNames } from './template-names.ts'
import { askVelocity, hasVelocity, type Verdict } from './velocity-judge.ts'

/** A recorded case: what Velocity rendered; without `output` it failed. */
interface Row {
  readonly template: string
  readonly output?: string
}

const directory = fileURLToPath(new URL('../../test/cases/vtl/', import.meta.url))

/** Recorded templates that the generator made, besides those by hand. */
const generatedCount = 300

function ask(templates: readonly string[]): Verdict[] {
  return askVelocity(templates.map((template) => ({ template, names: templateNames })))
}

/** Where Java prints what it is in memory there is nothing to agree on. */
function isOfJavaAlone(verdict: Verdict): boolean {
  const text = verdict.outcome === 'rendered' ? verdict.output : ''
  return /\[[LCB]|@[\da-f]{5,}|java\.|org\.apache/.test(text)
}

function rowOf(template: string, verdict: Verdict): Row {
  return verdict.outcome === 'rendered' ? { template, output: verdict.output } : { template }
}

/** Asks Velocity anew for every recorded template, and writes what it says. */
function record(): void {
  for (const file of globSync('*.json', { cwd: directory }).toSorted()) {
    const path = join(directory, file)
    const rows = JSON.parse(readFileSync(path, 'utf8')) as readonly Row[]
    write(
      path,
      rows.map(({ template }) => template),
    )
  }
  const random = seededNumbers(1700)
  const generated = Array.from({ length: generatedCount }, () => generateTemplate(random))
  write(join(directory, 'generated.json'), generated)
}

function write(path: string, templates: readonly string[]): void {
  const verdicts = ask(templates)
  const rows = templates.flatMap((template, i) => {
    const verdict = verdicts[i]
    return verdict === undefined || isOfJavaAlone(verdict) ? [] : [rowOf(template, verdict)]
  })
  writeFileSync(path, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
  process.stdout.write(`${path}: ${rows.length} cases\n`)
}

function renderHere(template: string): Row {
  const names = JSON.parse(templateNames) as Record<string, never>
  const values = new Map(Object.entries(names).map(([name, value]) => [name, fromJson(value)]))
  try {
    const limits = { loopTurnsMax: Number.POSITIVE_INFINITY }
    return { template, output: compileTemplate(template, { limits }).render(values) }
  } catch (error) {
    if (!(error instanceof VtlError)) throw error
    return { template }
  }
}

/** Renders generated templates here and there; gives how many differ. */
function compare(count: number, seed: number): number {
  const random = seededNumbers(seed)
  const templates = Array.from({ length: count }, () => generateTemplate(random))
  const verdicts = ask(templates)
  let differences = 0
  let failures = 0
  for (const [i, template] of templates.entries()) {
    const verdict = verdicts[i]
    if (verdict === undefined || isOfJavaAlone(verdict)) continue
    if (verdict.outcome === 'failed') failures += 1
    const expected = rowOf(template, verdict)
    const own = renderHere(template)
    if (own.output === expected.output) continue
    differences += 1
    process.stdout.write(`${JSON.stringify({ template, velocity: verdict, own: own.output })}\n`)
  }
  process.stdout.write(
    `VTL: ${count} generated templates, seed ${seed}: ${failures} fail in Velocity, ${differences} differ\n`,
  )
  return differences
}

/** Records the corpus and compares generated templates; gives how many differ. */
export function runVtlDifferential(options: {
  readonly count: number
  readonly seed: number
}): number {
  if (!hasVelocity()) {
    process.stdout.write(
      'SKIPPED VTL: apt-get install velocity libcommons-lang-java libcommons-collections3-java default-jdk-headless\n',
    )
    return 0
  }
  record()
  return compare(options.count, options.seed)
}
