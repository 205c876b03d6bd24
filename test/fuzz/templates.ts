import {
  generateTemplate,
  mutate,
  type Random,
} from '../../scripts/differential/generate-template.ts'
import { generatePathCase } from '../../scripts/differential/generate-path.ts'
import { templateNames } from '../../scripts/differential/template-names.ts'
import { seededNumbers } from '../../scripts/record-java-regex.ts'
import { compileJsonPath } from '../../src/engines/json-path/compile-json-path.ts'
import {
  compileMappingTemplateSteps,
  compileTemplateSteps,
  fromJson,
  VtlError,
} from '../../src/engines/vtl/index.ts'
import { inSteps, StallRecorder, type StallReport, type StepWatch } from './stalls.ts'

/** What came of mutated templates. */
export interface TemplateFuzzReport extends StallReport {
  readonly rendered: number
  readonly refused: number
  /** Templates that crashed the engine, or showed something of JavaScript. */
  readonly broken: readonly string[]
}

interface TemplateCase {
  readonly template: string
  /** The payload of a mapping template; undefined: a template of stock Velocity. */
  readonly body: string | undefined
}

/** Renders broken templates; the engine must render or refuse each. */
export function fuzzTemplates(options: {
  readonly cases: number
  readonly seed: number
}): TemplateFuzzReport {
  const random = seededNumbers(options.seed)
  const recorder = new StallRecorder()
  const broken: string[] = []
  let rendered = 0
  for (let i = 0; i < options.cases; i += 1) {
    const one = makeCase(random)
    const name = () => JSON.stringify(one)
    try {
      const output = recorder.run(name, (watch) => render(one, watch))
      if (output === undefined) continue
      rendered += 1
      if (/\[object |native code|function \w*\(/.test(output)) broken.push(name())
    } catch (error) {
      broken.push(`${name()}: ${String(error)}`)
    }
  }
  const { longestMs, stalls } = recorder
  const refused = options.cases - rendered - broken.length
  return { rendered, refused, broken, longestMs, stalls }
}

function makeCase(random: Random): TemplateCase {
  const text = generateTemplate(random)
  if (random(3) > 0) return { template: mutate(text, random), body: undefined }
  const { path, json } = generatePathCase(random)
  const asked = mappingPieces[random(mappingPieces.length)]?.replace('PATH', path) ?? ''
  const looped = random(4) === 0 ? `#foreach($turn in [1..${random(1200)}])${asked}#end` : asked
  const template = random(2) === 0 ? looped + text : text + looped
  const body = random(5) === 0 ? mutate(json, random) : json
  return { template: mutate(template, random), body }
}

/** What mapping templates ask of the gateway. */
const mappingPieces = [
  `$input.json('PATH')`,
  `$input.path('PATH').x $input.path('PATH')`,
  `#set($root = $input.path('$'))$root.put('y', $root)$input.json('$')`,
  `#foreach($one in $input.path('PATH'))$one#end`,
  `#set($context.requestOverride.header.h = $input.path('PATH'))`,
  `$util.escapeJavaScript($input.body)$util.urlEncode("$input.body")`,
  `$util.base64Decode($util.base64Encode($input.body))$util.urlDecode('%41')`,
  `$util.parseJson($input.body).keySet()$input.params().header.A$input.params('a')`,
  `$context.stage $context.identity $context.keySet() $stageVariables.v`,
  `$context.constructor $input.constructor $input.path('$').class $util.getClass()`,
  `$input.body.replaceAll("[a-z]+", "$0$0").split(",").size()`,
] as const

/** Undefined: refused. */
function render(one: TemplateCase, watch: StepWatch): string | undefined {
  try {
    return one.body === undefined
      ? renderStock(one.template, watch)
      : renderMapping(one.template, one.body, watch)
  } catch (error) {
    if (error instanceof VtlError) return undefined
    throw error
  }
}

const names = Object.entries(JSON.parse(templateNames) as Record<string, never>)

/** What takes long is rendered whole, too: elsewhere, where nobody waits for it. */
function renderStock(text: string, watch: StepWatch): string {
  const template = inSteps(watch, compileTemplateSteps(text))
  const values = () => new Map(names.map(([name, value]) => [name, fromJson(value)]))
  return watch.step(() => template.renderAtOnce(values())) ?? template.render(values())
}

const requestParts = {
  params: { path: { a: '1' }, querystring: { b: '2' }, header: { A: '3' } },
  context: { stage: 'prod', identity: { sourceIp: '192.0.2.7' } },
  stageVariables: { v: 'w' },
}

function renderMapping(text: string, body: string, watch: StepWatch): string {
  const template = inSteps(watch, compileMappingTemplateSteps(text, { compileJsonPath }))
  const input = { ...requestParts, body }
  return (watch.step(() => template.renderAtOnce(input)) ?? template.render(input)).output
}
