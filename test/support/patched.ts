import assert from 'node:assert/strict'
import { ServiceError } from '../../src/aws/service-error.ts'
import type { ApiGatewayContext } from '../../src/control-plane/apigateway/context.ts'

/** Everything that is stored in the scope, with revisions. */
async function everything({ store, scope }: ApiGatewayContext) {
  const { records, next } = await store.list({ prefix: [scope.account, scope.region], limit: 500 })
  assert.equal(next, undefined)
  return records
}

/**
 * Updates, and fails unless that leaves what `read` answers, compared as `plain` makes both, or is refused and
 * leaves all as it was. True: it was taken.
 */
export async function updateWholeOrNot(
  context: ApiGatewayContext,
  {
    update,
    read,
    plain,
  }: {
    readonly update: () => Promise<unknown>
    readonly read: () => Promise<unknown>
    readonly plain: (answer: unknown) => unknown
  },
): Promise<boolean> {
  const before = await everything(context)
  let answer: unknown
  try {
    answer = await update()
  } catch (error) {
    assert.ok(error instanceof ServiceError, String(error))
    assert.ok([400, 404, 409, 429].includes(error.status), error.message)
    assert.deepEqual(await everything(context), before)
    return false
  }
  assert.deepEqual(plain(answer), plain(await read()))
  return true
}
