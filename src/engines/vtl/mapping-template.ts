import {
  awsBindings,
  type CompileJsonPath,
  type MappingInput,
  type Overrides,
} from './aws-bindings.ts'
import type { RenderLimits } from './budget.ts'
import { compileTemplate } from './compile-template.ts'
import { awsDialect } from './dialect.ts'

/** JSONPaths that a template keeps compiled. */
const pathsMax = 1000

/** A mapping template of API Gateway that can be rendered, any number of times. */
export interface MappingTemplate {
  /**
   * Overrides are what the template left; undefined: nothing was set, now or before.
   *
   * @throws {VtlError} when it fails or hits a limit.
   */
  render(input: MappingInput): {
    readonly output: string
    readonly overrides: Overrides | undefined
  }
}

/**
 * Compiles a mapping template as Amazon API Gateway understands it.
 *
 * @throws {VtlError} for what is no template, is too large, or asks for what is refused.
 */
export function compileMappingTemplate(
  text: string,
  options: { readonly compileJsonPath: CompileJsonPath; readonly limits?: Partial<RenderLimits> },
): MappingTemplate {
  const { compileJsonPath, limits = {} } = options
  const template = compileTemplate(text, { dialect: awsDialect, limits })
  const paths = new Map<string, ReturnType<CompileJsonPath>>()
  const compilePath: CompileJsonPath = (path) => {
    const known = paths.get(path)
    if (known !== undefined) return known
    const compiled = compileJsonPath(path)
    if (paths.size < pathsMax) paths.set(path, compiled)
    return compiled
  }
  return Object.freeze({
    render(input: MappingInput) {
      const bindings = awsBindings(input, compilePath)
      const output = template.render(bindings.names)
      return { output, overrides: bindings.overrides() }
    },
  })
}
