import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { account } from './account.ts'
import { deployments } from './deployments.ts'
import { integrationResponses } from './integration-responses.ts'
import { integrations } from './integrations.ts'
import { methodResponses } from './method-responses.ts'
import { methods } from './methods.ts'
import { resources } from './resources.ts'
import { restApis } from './rest-apis.ts'
import { apigatewayService } from './service.ts'
import { stages } from './stages.ts'
import { tags } from './tags.ts'
import { unsupportedOperations } from './unsupported-operations.ts'

const built = {
  ...restApis,
  ...resources,
  ...methods,
  ...methodResponses,
  ...integrations,
  ...integrationResponses,
  ...deployments,
  ...stages,
  ...account,
  ...tags,
}

describe('apigatewayService', () => {
  test('has all 124 operations, each once: built, or not with a reason', () => {
    const names = [...Object.keys(built), ...Object.keys(unsupportedOperations)]
    assert.deepEqual(
      names.filter((name, index) => names.indexOf(name) !== index),
      [],
      'an operation that is built has a row that says it is not',
    )
    assert.equal(names.length, 124)
    assert.equal(Object.keys(apigatewayService.handlers).length, 124)
  })

  test('runs what is built and gives a reason for everything else', () => {
    for (const [name, handler] of Object.entries(apigatewayService.handlers)) {
      if (Object.hasOwn(built, name)) assert.equal(typeof handler, 'function', name)
      else assert.ok(typeof handler === 'object' && handler.reason.length > 10, name)
    }
  })
})
