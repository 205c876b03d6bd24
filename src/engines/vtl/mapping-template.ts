import {
  type AwsBindings,
  awsBindings,
  type CompileJsonPath,
  type MappingInput,
  type Overrides,
} from './aws-bindings.ts'
import type { RenderLimits } from './budget.ts'
import { compileTemplateSteps } from './compile-template.ts'
import { awsDialect } from './dialect.ts'
import { atOnce, type Steps } from './steps.ts'
import { TemplateFailure, VtlError } from './vtl-error.ts'

/** JSONPaths that a template keeps compiled. */
const pathsMax = 1000

/** A mapping template of API Gateway that can be rendered, any number of times. */
export interface MappingTemplate {
  /** As written. */
  readonly text: string
  /** @throws {VtlError} when it fails or hits a limit. */
  render(input: MappingInput): RenderedMapping
  /**
   * The same within some milliseconds; undefined when it takes longer, and then nothing has come of it.
   *
   * @throws {VtlError}
   */
  renderAtOnce(input: MappingInput): RenderedMapping | undefined
}

/** What a mapping template made. */
export interface RenderedMapping {
  readonly output: string
  /** What the template left; undefined: nothing was set, now or before. */
  readonly overrides: Overrides | undefined
}

/**
 * Compiles a mapping template as Amazon API Gateway understands it.
 *
 * @throws {VtlError} for what is no template, is too large, or asks for what is refused.
 */
export function compileMappingTemplate(
  text: string,
  options: MappingTemplateOptions,
): MappingTemplate {
  return atOnce(compileMappingTemplateSteps(text, options))
}

/** What a mapping template is compiled with. */
export interface MappingTemplateOptions {
  readonly compileJsonPath: CompileJsonPath
  readonly limits?: Partial<RenderLimits>
}

/** The same in steps of a few milliseconds: whoever calls may pause between any two. */
export function* compileMappingTemplateSteps(
  text: string,
  { compileJsonPath, limits = {} }: MappingTemplateOptions,
): Steps<MappingTemplate> {
  const template = yield* compileTemplateSteps(text, { dialect: awsDialect, limits })
  const paths = new Map<string, ReturnType<CompileJsonPath>>()
  const compilePath: CompileJsonPath = (path) => {
    const known = paths.get(path)
    if (known !== undefined) return known
    const compiled = compileJsonPath(path)
    if (paths.size < pathsMax) paths.set(path, compiled)
    return compiled
  }
  return Object.freeze({
    text,
    render(input: MappingInput) {
      const bindings = awsBindings(input, compilePath)
      const output = template.render(bindings.names)
      return { output, overrides: overridesOf(bindings) }
    },
    renderAtOnce(input: MappingInput) {
      const bindings = awsBindings(input, compilePath)
      const output = template.renderAtOnce(bindings.names)
      return output === undefined ? undefined : { output, overrides: overridesOf(bindings) }
    },
  })
}

/** What a template set can be too large to be told. */
function overridesOf(bindings: AwsBindings): Overrides | undefined {
  try {
    return bindings.overrides()
  } catch (error) {
    if (!(error instanceof TemplateFailure)) throw error
    throw new VtlError(error.kind, `$context: ${error.message}`, { line: 1, column: 1 })
  }
}
