import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { LambdaContext } from '../../src/control-plane/lambda/context.ts'
import { lambdaService } from '../../src/control-plane/lambda/service.ts'
import { testLambda } from '../support/lambda-context.ts'
import {
  runManagementCase,
  type CallableOperations,
  type ManagementCase,
} from '../support/management-case.ts'

/** Handlers by name, without those that say why there is none. */
const operations: CallableOperations<LambdaContext> = Object.fromEntries(
  Object.entries(lambdaService.handlers).flatMap(([name, handler]) =>
    typeof handler === 'function'
      ? [[name, (input: object, context: LambdaContext) => handler(withZip(input), context)]]
      : [],
  ),
)

/** A case writes the bytes of a zip as text. */
function withZip(input: object): object {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      name === 'ZipFile' ? Buffer.from(value) : name === 'Code' ? withZip(value) : value,
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
    const golden: ManagementCase = JSON.parse(readFileSync(join(folder, path), 'utf8'))
    test(`${golden.operation}: ${basename(path, '.json')}`, async () => {
      assert.match(golden.provenance.kind, /^(Documented|Observed|Chosen)$/)
      assert.notEqual(golden.provenance.source, '')
      const { context } = testLambda({ folders: ['/srv/shop'] })
      await runManagementCase(golden, operations, context)
    })
  }
})
