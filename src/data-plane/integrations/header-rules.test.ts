import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  clientFieldRules,
  endpointFieldRules,
  mappedRequestFieldRules,
  mappedResponseFieldRules,
} from './header-rules.ts'

/** Fields that say how a message is framed: what passes one of them on lets two hops disagree. */
const framing = ['Content-Length', 'Transfer-Encoding', 'Connection', 'Keep-Alive', 'Trailer', 'TE']

describe('header rules', () => {
  for (const name of framing.flatMap((field) => [
    field,
    field.toLowerCase(),
    field.toUpperCase(),
  ])) {
    test(`${name} of a client never reaches an endpoint`, () => {
      assert.equal(clientFieldRules.find(name), 'drop')
    })
    test(`${name} of an endpoint never reaches a client under its own name`, () => {
      assert.notEqual(endpointFieldRules.find(name), undefined)
    })
  }

  for (const name of ['Content-Length', 'Transfer-Encoding', 'Connection']) {
    test(`${name} is set by no mapping`, () => {
      assert.notEqual(mappedRequestFieldRules.find(name), undefined)
      assert.notEqual(mappedResponseFieldRules.find(name), undefined)
    })
  }

  test('Cookie, Set-Cookie, X-Forwarded-For and fields of one’s own pass', () => {
    for (const name of ['Cookie', 'Set-Cookie', 'X-Forwarded-For', 'X-Custom', 'x-api-key']) {
      assert.equal(clientFieldRules.find(name), undefined)
      assert.equal(endpointFieldRules.find(name), undefined)
    }
  })
})
