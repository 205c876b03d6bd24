import type { NotRunIntegration } from './compiled-deployment.ts'
import type { IntegrationDefinition } from './definition.ts'

/**
 * Ends the compilation of one integration: this version stores what it is made of and cannot run it. The
 * message is the reason, for the operator.
 */
export class NotRun extends Error {
  override readonly name = 'NotRun'
}

/** Compiles an integration; one that ends in `NotRun` answers 500 and says why. */
export function compileOrNotRun<Compiled>(
  definition: IntegrationDefinition,
  compile: (definition: IntegrationDefinition) => Compiled,
): Compiled | NotRunIntegration {
  try {
    return compile(definition)
  } catch (error) {
    if (!(error instanceof NotRun)) throw error
    const { type: declaredType } = definition
    return Object.freeze({ type: 'not-run', declaredType, reason: error.message })
  }
}
