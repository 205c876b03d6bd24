import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { LambdaContext } from '../../src/control-plane/lambda/context.ts'
import { lambdaService } from '../../src/control-plane/lambda/service.ts'
import { functionOutcomeOf, printInvocation } from '../support/function-case.ts'
import { testLambda } from '../support/lambda-context.ts'
import {
  runManagementCase,
  type CallableOperations,
  type ManagementCase,
} from '../support/management-case.ts'

/** A case of an operation that invokes says besides what the function gives, and how it was invoked. */
interface LambdaCase extends ManagementCase {
  /** In the words of `functionOutcomeOf`. Absent: nothing can be reached. */
  readonly function?: string
  /** Absent: it does not matter. */
  readonly invoked?: readonly string[]
}

/** Handlers by name, without those that say why there is none. */
const operations: CallableOperations<LambdaContext> = Object.fromEntries(
  Object.entries(lambdaService.handlers).flatMap(([name, handler]) =>
    typeof handler === 'function'
      ? [
          [
            name,
            async (input: object, context: LambdaContext) =>
              withText(await handler(withBytes(input), context)),
          ],
        ]
      : [],
  ),
)

/** A case writes bytes as text. */
function withBytes(input: object): object {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      isBytes.test(name) ? Buffer.from(value) : holdsBytes.test(name) ? withBytes(value) : value,
    ]),
  )
}

const holdsBytes = /^(?:Code|Content)$/
const isBytes = /^(?:ZipFile|Payload|InvokeArgs)$/

function withText(answer: object): object {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString() : value,
    ]),
  )
}

const folder = fileURLToPath(new URL('lambda', import.meta.url))

describe('operations of Lambda answer as recorded', () => {
  const paths = globSync('*.json', { cwd: folder }).toSorted()

  test('there are cases', () => {
    assert.ok(paths.length >= 70, `${paths.length} cases`)
  })

  for (const path of paths) {
    const golden: LambdaCase = JSON.parse(readFileSync(join(folder, path), 'utf8'))
    test(`${golden.operation}: ${basename(path, '.json')}`, async () => {
      assert.match(golden.provenance.kind, /^(Documented|Observed|Chosen)$/)
      assert.notEqual(golden.provenance.source, '')
      const invoked: string[] = []
      const { context } = testLambda({
        folders: ['/srv/shop'],
        invoke: async (invocation) => {
          invoked.push(printInvocation(invocation, false))
          return functionOutcomeOf(golden.function ?? 'unreachable')
        },
      })
      await runManagementCase(golden, operations, context)
      if (golden.invoked !== undefined) assert.deepEqual(invoked, golden.invoked)
    })
  }
})
