import { generateTemplate, mutate } from '../../scripts/differential/generate-template.ts'
import { templateNames } from '../../scripts/differential/template-names.ts'
import { seededNumbers } from '../../scripts/record-java-regex.ts'
import { compileTemplate, fromJson, VtlError } from '../../src/engines/vtl/index.ts'

/** What came of mutated templates. */
export interface TemplateFuzzReport {
  readonly rendered: number
  readonly refused: number
  /** Templates that crashed the engine, or showed something of JavaScript. */
  readonly broken: readonly string[]
  readonly slowestMs: number
  readonly slowest: string
}

/** Renders broken templates; the engine must render or refuse each. */
export function fuzzTemplates(options: {
  readonly cases: number
  readonly seed: number
}): TemplateFuzzReport {
  const random = seededNumbers(options.seed)
  const names = Object.entries(JSON.parse(templateNames) as Record<string, never>)
  const broken: string[] = []
  let rendered = 0
  let slowestMs = 0
  let slowest = ''
  for (let i = 0; i < options.cases; i += 1) {
    const template = mutate(generateTemplate(random), random)
    const startedAt = performance.now()
    try {
      const values = new Map(names.map(([name, value]) => [name, fromJson(value)]))
      const output = compileTemplate(template).render(values)
      rendered += 1
      if (/\[object |native code|function \w*\(/.test(output)) broken.push(template)
    } catch (error) {
      if (!(error instanceof VtlError)) broken.push(`${template}: ${String(error)}`)
    }
    const tookMs = performance.now() - startedAt
    if (tookMs > slowestMs) {
      slowestMs = tookMs
      slowest = template
    }
  }
  return { rendered, refused: options.cases - rendered - broken.length, broken, slowestMs, slowest }
}
