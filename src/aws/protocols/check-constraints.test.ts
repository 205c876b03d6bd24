import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apiGatewayTable } from '../apigateway-model.ts'
import { compileModel, type OperationTable } from '../operation-model.ts'
import { ServiceError } from '../service-error.ts'
import { checkConstraints } from './check-constraints.ts'

function breachesOf(name: string, input: object, table: OperationTable = apiGatewayTable): string {
  const operation = compileModel(table).operations.get(name)
  assert.ok(operation !== undefined)
  try {
    checkConstraints(operation, input)
    return ''
  } catch (error) {
    assert.ok(error instanceof ServiceError)
    assert.equal(error.code, 'ValidationException')
    assert.equal(error.status, 400)
    return error.message
  }
}

const put = { restApiId: 'a', resourceId: 'b', httpMethod: 'GET', statusCode: '200' }

describe('checkConstraints()', () => {
  // Observed: UpdateMethodResponse with a wrong op.
  test('names a wrong op by its place in the list', () => {
    assert.equal(
      breachesOf('UpdateMethodResponse', { ...put, patchOperations: [{ op: 'wrong_op' }] }),
      "1 validation error detected: Value 'wrong_op' at " +
        "'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [add, remove, move, test, replace, copy]',
    )
  })

  test('joins several breaches', () => {
    assert.equal(
      breachesOf('UpdateStage', {
        restApiId: 'a',
        stageName: 'b',
        patchOperations: [{ op: 'x' }, { op: 'add' }, { op: 'y' }],
      }),
      "2 validation errors detected: Value 'x' at 'updateStageInput.patchOperations.1.member.op' " +
        'failed to satisfy constraint: Member must satisfy enum value set: ' +
        "[add, remove, move, test, replace, copy]; Value 'y' at " +
        "'updateStageInput.patchOperations.3.member.op' failed to satisfy constraint: " +
        'Member must satisfy enum value set: [add, remove, move, test, replace, copy]',
    )
  })

  // Observed: PutIntegrationResponse with a status that is none.
  test('names a member of the path bare', () => {
    assert.equal(
      breachesOf('PutIntegrationResponse', { ...put, statusCode: 'wrong' }),
      "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [1-5]\\d\\d',
    )
  })

  // Observed: PutIntegration with a wrong type.
  test('prints the enum of an integration type in the order of AWS', () => {
    assert.equal(
      breachesOf('PutIntegration', { ...put, type: 'LAMBDA' }),
      "1 validation error detected: Value 'LAMBDA' at 'putIntegrationInput.type' failed to satisfy " +
        'constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]',
    )
  })

  // Observed: CreateRestApi with endpoint type and address type both wrong.
  test('prints the values of a list and what each of them must be', () => {
    assert.equal(
      breachesOf('CreateRestApi', {
        name: 'a',
        endpointConfiguration: { types: ['wrong'], ipAddressType: 'ipv9' },
      }),
      "2 validation errors detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration." +
        "types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy " +
        "enum value set: [PRIVATE, EDGE, REGIONAL]]; Value 'ipv9' at 'createRestApiInput." +
        "endpointConfiguration.ipAddressType' failed to satisfy constraint: Member must satisfy enum " +
        'value set: [ipv4, dualstack]',
    )
  })

  test('names what is missing by its name on the wire', () => {
    assert.equal(
      breachesOf('CreateStage', { restApiId: 'a', stageName: 'b' }),
      "1 validation error detected: Value null at 'createStageInput.deploymentId' failed to satisfy " +
        'constraint: Member must not be null',
    )
  })

  test('refuses null among the values of a map unless the model allows it', () => {
    const stage = { restApiId: 'a', stageName: 'b', deploymentId: 'c' }
    assert.equal(
      breachesOf('CreateStage', { ...stage, variables: { x: 'y', z: null } }),
      "1 validation error detected: Value '{x=y, z=null}' at 'createStageInput.variables' failed to " +
        'satisfy constraint: Map value must satisfy constraint: [Member must not be null]',
    )
    assert.equal(
      breachesOf('PutIntegrationResponse', { ...put, responseTemplates: { a: null } }),
      '',
    )
  })

  test('refuses null in a list', () => {
    assert.match(
      breachesOf('CreateRestApi', { name: 'a', binaryMediaTypes: [null] }),
      /'\[null\]' at 'createRestApiInput.binaryMediaTypes' .*: \[Member must not be null\]$/,
    )
    assert.match(
      breachesOf('UpdateStage', { restApiId: 'a', stageName: 'b', patchOperations: [null] }),
      /Value null at 'updateStageInput.patchOperations.1.member' .*: Member must not be null$/,
    )
  })

  test('tells lengths and ranges', () => {
    const table: OperationTable = {
      service: 's',
      errors: {},
      operations: { Op: { method: 'GET', uri: '/', status: 200, input: 'In' } },
      types: { Short: { min: 2, max: 3 }, Few: { base: 'integer', min: 1, max: 9 } },
      structures: { In: { text: { type: 'Short' }, count: { type: 'Few' } } },
    }
    assert.equal(
      breachesOf('Op', { text: 'long', count: 0 }, table),
      "2 validation errors detected: Value 'long' at 'opInput.text' failed to satisfy constraint: " +
        "Member must have length less than or equal to 3; Value '0' at 'opInput.count' failed to " +
        'satisfy constraint: Member must have value greater than or equal to 1',
    )
    assert.equal(breachesOf('Op', { text: 'abc', count: 9 }, table), '')
  })
})
