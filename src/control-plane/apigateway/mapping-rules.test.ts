import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  checkDeclaredHeaders,
  checkDeclaredParameters,
  checkRequestMappings,
  checkResponseMappings,
} from './mapping-rules.ts'

const frame = (errors: string) =>
  `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${errors}]`

describe('checkDeclaredParameters()', () => {
  test('takes parameters of the three places', () => {
    checkDeclaredParameters({
      'method.request.path.a': true,
      'method.request.querystring.b': false,
      'method.request.header.X-C.d_$': true,
    })
  })

  const malformed = [
    'method.request.body.a',
    'method.request.header.',
    'method.request.header.a b',
    'method.request.multivalueheader.a',
    'integration.request.header.a',
    'header.a',
    '',
  ]
  for (const name of malformed) {
    test(`refuses ${JSON.stringify(name)}`, () => {
      assert.throws(() => checkDeclaredParameters({ [name]: true }), {
        message: frame(`Invalid mapping expression specified: ${name}`),
      })
    })
  }

  test('tells names that differ by case apart', () => {
    checkDeclaredParameters({
      'method.request.header.a': true,
      'method.request.querystring.A': true,
    })
    assert.throws(
      () =>
        checkDeclaredParameters({ 'method.request.header.a': true, 'method.request.path.a': true }),
      { message: 'Parameter names must be unique across querystring, header and path' },
    )
  })
})

test('checkDeclaredHeaders() takes headers of the method response alone', () => {
  checkDeclaredHeaders({ 'method.response.header.a': true })
  assert.throws(() => checkDeclaredHeaders({ 'integration.response.header.a': true }), {
    message: frame('Invalid mapping expression specified: integration.response.header.a'),
  })
})

describe('checkRequestMappings()', () => {
  test('takes a multi-valued source by the declaration of its single value', () => {
    const declared = { 'method.request.header.h': true, 'method.request.querystring.q': true }
    const mappings = {
      'integration.request.header.a': 'method.request.multivalueheader.h',
      'integration.request.header.b': 'method.request.multivaluequerystring.q',
    }
    checkRequestMappings(mappings, declared)
    assert.throws(() => checkRequestMappings(mappings, {}), {
      message: frame(
        'Invalid mapping expression parameter specified: method.request.multivalueheader.h, ' +
          'Invalid mapping expression parameter specified: method.request.multivaluequerystring.q',
      ),
    })
  })

  test('does not take what every object inherits for a declaration', () => {
    const mappings = { 'integration.request.header.a': 'method.request.header.toString' }
    assert.throws(() => checkRequestMappings(mappings, {}), { message: /parameter specified/ })
  })
})

describe('checkResponseMappings()', () => {
  const declared = { responseParameters: { 'method.response.header.a': false } }
  const sources = [
    'integration.response.header.x',
    'integration.response.multivalueheader.x',
    'integration.response.body',
    'integration.response.body.pet.name',
    'stageVariables.version',
    'context.requestId',
    "'*'",
  ]
  for (const source of sources) {
    test(`takes ${source}`, () => {
      checkResponseMappings({ 'method.response.header.a': source }, declared)
    })
  }

  test('needs no method response when nothing is mapped', () => {
    checkResponseMappings({}, undefined)
  })

  test('lists every problem in the order given', () => {
    const mappings = {
      'method.response.header.b': "'1'",
      'method.response.body.c': "'1'",
      'method.response.header.a': 'method.request.header.h',
    }
    assert.throws(() => checkResponseMappings(mappings, declared), {
      message: frame(
        'Invalid mapping expression parameter specified: method.response.header.b, ' +
          'Invalid mapping expression specified: method.response.body.c, ' +
          'Invalid mapping expression specified: method.request.header.h',
      ),
    })
  })
})
