import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lambdaTable } from '../lambda-model.ts'
import { compileModel, type Operation } from '../operation-model.ts'
import { ServiceError } from '../service-error.ts'
import { checkConstraints } from './check-constraints.ts'
import { decodeInput, encodeError, encodeOutput } from './rest-json.ts'

const model = compileModel(lambdaTable)

function operationOf(name: string): Operation {
  const operation = model.operations.get(name)
  assert.ok(operation !== undefined)
  return operation
}

function decodeBody(name: string, body: string): object {
  const request = {
    query: new URLSearchParams(),
    headers: [],
    body: new TextEncoder().encode(body),
  }
  return decodeInput({ operation: operationOf(name), labels: new Map() }, request).input
}

function breachesOf(name: string, input: object): string {
  try {
    checkConstraints(operationOf(name), input, model.breachStyle)
    return ''
  } catch (error) {
    assert.ok(error instanceof ServiceError)
    return error.message
  }
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('rest-json as Lambda speaks it', () => {
  test('a blob in a body is base64', () => {
    assert.deepEqual(decodeBody('CreateFunction', '{"Code":{"ZipFile":"AP8="}}'), {
      Code: { ZipFile: Uint8Array.of(0, 255) },
    })
    assert.throws(
      () => decodeBody('CreateFunction', '{"Code":{"ZipFile":"a"}}'),
      /String can not be converted to a Blob/,
    )
  })

  test('brackets and quotes within strings are no nesting', () => {
    const description = String.raw`"${'['.repeat(200)}\\\"{\\"`
    assert.deepEqual(decodeBody('CreateFunction', `{"Description":${description}}`), {
      Description: JSON.parse(description),
    })
  })

  test('the payload of an invocation is the content, the rest are headers and the status', () => {
    const answer = encodeOutput(operationOf('Invoke'), {
      StatusCode: 202,
      Payload: new TextEncoder().encode('{"a":1}'),
      FunctionError: 'Unhandled',
      ExecutedVersion: '3',
    })
    assert.equal(answer.status, 202)
    assert.equal(textOf(answer.body), '{"a":1}')
    assert.deepEqual(answer.headers, [
      'X-Amz-Function-Error',
      'Unhandled',
      'X-Amz-Executed-Version',
      '3',
      'Content-Type',
      'application/json',
    ])
  })

  test('an answer that has no payload has no type', () => {
    const answer = encodeOutput(operationOf('Invoke'), {
      StatusCode: 202,
      Payload: new Uint8Array(),
    })
    assert.deepEqual(answer, { status: 202, headers: [], body: new Uint8Array() })
  })

  test('an answer whose status is 204 has no content', () => {
    const answer = encodeOutput(operationOf('DeleteFunction'), { StatusCode: 204 })
    assert.deepEqual(answer, { status: 204, headers: [], body: new Uint8Array() })
  })

  test("an error's message is spelled as its model spells it", () => {
    const bodyOf = (code: string) =>
      textOf(encodeError(model, new ServiceError(code, 400, 'no', { Type: 'User' })).body)
    assert.equal(bodyOf('ResourceNotFoundException'), '{"Message":"no","Type":"User"}')
    assert.equal(bodyOf('ResourceConflictException'), '{"message":"no","Type":"User"}')
  })
})

describe('checkConstraints() in the style of Lambda', () => {
  // Observed: CreateAlias with a weight above 1 and with $LATEST beside another version.
  test('names the place by members alone and every clause of a map', () => {
    const alias = { FunctionName: 'a', Name: 'b', FunctionVersion: '1' }
    const weights = (value: object) => ({
      ...alias,
      RoutingConfig: { AdditionalVersionWeights: value },
    })
    assert.equal(
      breachesOf('CreateAlias', weights({ 2: 2 })),
      "1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed " +
        'to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or ' +
        'equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
    )
    assert.equal(
      breachesOf('CreateAlias', weights({ $LATEST: 0.5 })),
      "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' " +
        'failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less ' +
        'than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy ' +
        'regular expression pattern: [0-9]+, Member must not be null]',
    )
    assert.equal(breachesOf('CreateAlias', weights({ 2: 0.25 })), '')
  })

  // Observed: https://github.com/trek10inc/serverless-secrets/issues/39
  test('never repeats a value that is secret', () => {
    const input = { FunctionName: 'a', Environment: { Variables: { 'a-b': 'swordfish' } } }
    assert.equal(
      breachesOf('UpdateFunctionConfiguration', input),
      "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map " +
        'keys must satisfy constraint: [Member must satisfy regular expression pattern: ' +
        '[a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]',
    )
  })

  // Observed: CreateFunction with an unknown word for SnapStart.
  test('names a value deep in a body', () => {
    assert.equal(
      breachesOf('CreateFunction', {
        FunctionName: 'a',
        Role: 'arn:aws:iam::000000000000:role/r',
        Code: {},
        SnapStart: { ApplyOn: 'invalidOption' },
      }),
      "1 validation error detected: Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy " +
        'constraint: Member must satisfy enum value set: [PublishedVersions, None]',
    )
  })
})
