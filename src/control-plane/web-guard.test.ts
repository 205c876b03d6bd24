import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findWebThreat } from './web-guard.ts'

const local = ['Host', 'localhost:4566']

describe('findWebThreat()', () => {
  const ourHosts = [
    'localhost',
    'localhost:4566',
    'LOCALHOST:4566',
    'localhost.:4566',
    '127.0.0.1:4566',
    '127.9.9.9',
    '[::1]:4566',
    'apigateway.localhost:4566',
    'localhost.localstack.cloud:4566',
    'apigateway.us-east-1.localhost.localstack.cloud',
    'apigateway.eu-west-1.amazonaws.com',
    'apigateway.cn-north-1.amazonaws.com.cn',
    'stagedoor:4566',
  ]
  for (const host of ourHosts) {
    test(`lets the Host ${host} in`, () => {
      assert.equal(findWebThreat('GET', ['host', host], ['stagedoor']), undefined)
    })
  }

  const foreignHosts = [
    'attacker.example',
    'localhost.attacker.example',
    'notlocalhost',
    '127.0.0.1.attacker.example',
    '127.0.0.1@attacker.example',
    'attacker.example:127.0.0.1',
    'amazonaws.com.attacker.example',
    'evilamazonaws.com',
    'a.execute-api.us-east-1.amazonaws.com',
    '169.254.169.254',
    '',
  ]
  for (const host of foreignHosts) {
    test(`refuses the Host ${host}: a name that somebody pointed here`, () => {
      assert.match(findWebThreat('GET', ['Host', host], []) ?? '', /Host/)
    })
  }

  test('refuses a request without a Host, and one with two', () => {
    assert.match(findWebThreat('GET', [], []) ?? '', /exactly one Host/)
    const two = [...local, 'Host', 'attacker.example']
    assert.match(findWebThreat('GET', two, []) ?? '', /exactly one Host/)
  })

  const origins = [
    'http://localhost:3000',
    'http://127.0.0.1:4566',
    'https://[::1]:1',
    'http://localhost:4566',
    'https://attacker.example',
    'http://localhost.attacker.example',
    'http://localhost:4566@attacker.example',
    'http://x.execute-api.localhost:4566',
    'null',
    '',
    'file://',
    'chrome-extension://localhost',
  ]
  for (const origin of origins) {
    test(`refuses the Origin ${origin}`, () => {
      assert.match(findWebThreat('POST', [...local, 'origin', origin], []) ?? '', /Origin/)
    })
  }

  test('refuses when any of several Origins is foreign', () => {
    const fields = [...local, 'Origin', 'https://attacker.example', 'Origin', 'http://localhost']
    assert.match(findWebThreat('POST', fields, []) ?? '', /Origin/)
  })

  for (const site of ['cross-site', 'same-site', 'same-origin', 'none']) {
    test(`refuses what a browser sends, ${site} too: a stage may serve pages on this origin`, () => {
      const threat = findWebThreat('GET', [...local, 'Sec-Fetch-Site', site], [])
      assert.match(threat ?? '', /browser/)
    })
  }

  test('refuses a preflight that hides its origin', () => {
    const fields = [...local, 'Access-Control-Request-Method', 'POST']
    assert.match(findWebThreat('OPTIONS', fields, []) ?? '', /preflight/)
  })
})
