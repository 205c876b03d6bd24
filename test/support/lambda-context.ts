import type { LambdaContext } from '../../src/control-plane/lambda/context.ts'
import { functionPorts, type FunctionPortsOptions } from './function-ports.ts'
import {
  testApiGateway,
  type TestApiGateway,
  type TestApiGatewayOptions,
} from './api-gateway-context.ts'

/** What handlers of Lambda are tested on: a fresh store, a clock that stands, chance by seed. */
export interface TestLambda extends Omit<TestApiGateway, 'context' | 'seenFrom'> {
  readonly context: LambdaContext
  /** The same Lambda seen by another account, or from another region. */
  seenFrom(scope: Partial<Record<'account' | 'region', string>>): LambdaContext
}

/** Makes a `TestLambda`; nothing of it needs to be closed. */
export function testLambda(options: TestApiGatewayOptions & FunctionPortsOptions = {}): TestLambda {
  const { context, seenFrom, ...rest } = testApiGateway(options)
  const more = { ...functionPorts(options), endpoint: 'http://localhost:4566', requestId: 'call-1' }
  return {
    ...rest,
    context: { ...context, ...more },
    seenFrom: (scope) => ({ ...seenFrom(scope), ...more }),
  }
}
