/** The front of the template engine: what other folders use of it. */
export {
  compileTemplate,
  compileTemplateSteps,
  defaultLimits,
  templateLengthMax,
} from './compile-template.ts'
export type { CompiledTemplate, CompileOptions } from './compile-template.ts'
export { compileMappingTemplate, compileMappingTemplateSteps } from './mapping-template.ts'
export type { MappingTemplate, RenderedMapping } from './mapping-template.ts'
export type { CompileJsonPath, MappingInput, Overrides } from './aws-bindings.ts'
export type { RenderLimits } from './budget.ts'
export { awsDialect, velocityDialect } from './dialect.ts'
export { fromJson } from './values.ts'
export { VtlError } from './vtl-error.ts'
export type { TemplatePosition, VtlErrorKind } from './vtl-error.ts'
