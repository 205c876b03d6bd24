import assert from 'node:assert/strict'
import { test } from 'node:test'
import { definitionOf } from '../../test/support/compiled-stage.ts'
import { compileDeployment } from './compile-deployment.ts'
import { notRunMethods } from './not-run-methods.ts'

test('notRunMethods() names models whose schemas cannot be run', () => {
  const mock = { type: 'MOCK' } as const
  const method = { requestValidatorId: 'val001', requestModels: { 'application/json': 'Pet' } }
  const found = notRunMethods(
    compileDeployment(
      definitionOf({
        integrations: { 'POST /b': mock, 'POST /a': mock, 'GET /a': mock },
        methods: { 'POST /b': method, 'POST /a': method },
        api: {
          models: { Pet: { contentType: 'application/json', schema: '{"pattern":"("}' } },
          requestValidators: {
            val001: { name: 'v', validateRequestBody: true, validateRequestParameters: false },
          },
        },
      }),
    ),
  )
  assert.deepEqual(found, [
    {
      declaredType: 'model Pet',
      reason: 'pattern (: Unclosed group at 1',
      method: 'POST /a',
      count: 2,
    },
  ])
})
