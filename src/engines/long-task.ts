import {
  type BodyValidator,
  type BodyVerdict,
  compileBodyValidator,
  type SchemaSources,
} from './body-validator/body-validator.ts'
import { compileJsonPath } from './json-path/compile-json-path.ts'
import { pickFromBody, type BodyPicks } from './parameter-mapping.ts'
import {
  compileMappingTemplate,
  type MappingInput,
  type MappingTemplate,
  type Overrides,
  type TemplatePosition,
  VtlError,
  type VtlErrorKind,
} from './vtl/index.ts'

/** What can take longer than an event loop may be held, with all that it needs: values that can be copied. */
export type LongTask =
  | {
      readonly kind: 'render'
      readonly template: string
      readonly input: Omit<MappingInput, 'contextVariable'>
    }
  | { readonly kind: 'validate'; readonly sources: SchemaSources; readonly body: Uint8Array }
  /** What the JSONPaths of mappings find in a body. */
  | { readonly kind: 'pick'; readonly body: Uint8Array; readonly paths: readonly string[] }

/** What a task comes to. */
export interface LongTaskOutcomes {
  readonly render: RenderOutcome
  readonly validate: BodyVerdict
  readonly pick: BodyPicks
}

/** What rendering came to: a value also where it failed, so that it can be copied. */
export type RenderOutcome =
  | {
      readonly outcome: 'rendered'
      readonly output: string
      readonly overrides: Overrides | undefined
    }
  | {
      readonly outcome: 'failed'
      readonly kind: VtlErrorKind
      readonly message: string
      readonly position: TemplatePosition
    }

/** Does a task, without a pause. Never throws for what callers and templates say. */
export type DoLongTask = <Kind extends LongTask['kind']>(
  task: Extract<LongTask, { kind: Kind }>,
) => LongTaskOutcomes[Kind]

/** Templates and schemas that are kept compiled. */
const keptMax = 32

/** Does tasks one after the other, and keeps what it compiled for the last ones. */
export function createLongTasks(): DoLongTask {
  const templates = keepLast(keptMax, (text: string) =>
    compileMappingTemplate(text, { compileJsonPath }),
  )
  const validators = keepLast(keptMax, (sources: string) => compileSources(sources))
  const perform = (task: LongTask): LongTaskOutcomes[LongTask['kind']] => {
    switch (task.kind) {
      case 'render':
        return render(() => templates(task.template), task.input)
      case 'validate':
        return validate(validators(sourcesText(task.sources)), decode(task.body))
      case 'pick':
        return pickFromBody(
          decode(task.body),
          task.paths.map((path) => compileJsonPath(path)),
        )
    }
  }
  // Each kind of task comes to its own kind of outcome, as the switch shows.
  return perform as DoLongTask
}

function render(template: () => MappingTemplate, input: MappingInput): RenderOutcome {
  try {
    return { outcome: 'rendered', ...template().render(input) }
  } catch (error) {
    if (!(error instanceof VtlError)) throw error
    return {
      outcome: 'failed',
      kind: error.kind,
      message: error.message,
      position: error.position,
    }
  }
}

function sourcesText({ schema, references }: SchemaSources): string {
  return JSON.stringify([schema, ...references])
}

function compileSources(text: string): BodyValidator | string {
  // The text is that of sourcesText().
  const [schema, ...references] = JSON.parse(text) as [string, ...[string, string][]]
  const byReference = new Map(references)
  const compiled = compileBodyValidator(schema, (reference) => byReference.get(reference))
  return compiled.outcome === 'compiled' ? compiled.validator : compiled.detail
}

function validate(validator: BodyValidator | string, body: string): BodyVerdict {
  if (typeof validator === 'string') return { outcome: 'unusable', detail: validator }
  return validator.validate(body)
}

/** Decoding megabytes takes some milliseconds, too. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Makes a value of a text once, and forgets the one that was asked for longest ago. */
function keepLast<Made>(max: number, make: (text: string) => Made): (text: string) => Made {
  const kept = new Map<string, Made>()
  return (text) => {
    const made = kept.get(text) ?? make(text)
    kept.delete(text)
    kept.set(text, made)
    const [oldest] = kept.keys()
    if (kept.size > max && oldest !== undefined) kept.delete(oldest)
    return made
  }
}
