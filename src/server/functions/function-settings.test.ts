import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseFunctionRuntime, parseEndpointUrl } from './function-settings.ts'

describe('parseFunctionRuntime()', () => {
  test('takes a runtime and the words of its command', () => {
    assert.deepEqual(parseFunctionRuntime('ruby3.3=/usr/bin/ruby  -W0 /opt/boot=strap.rb'), {
      runtime: 'ruby3.3',
      command: ['/usr/bin/ruby', '-W0', '/opt/boot=strap.rb'],
    })
  })

  test('refuses what has no name or no command', () => {
    for (const entry of ['', 'ruby3.3', '=ruby', 'ruby3.3=', 'ruby3.3= ', 'Ruby 3=ruby']) {
      assert.equal(parseFunctionRuntime(entry), undefined, entry)
    }
  })
})

describe('parseEndpointUrl()', () => {
  test('takes an address with or without a path', () => {
    assert.equal(
      parseEndpointUrl('https://lambda.eu-west-1.amazonaws.com/'),
      'https://lambda.eu-west-1.amazonaws.com',
    )
    assert.equal(parseEndpointUrl('http://127.0.0.1:3002/lambda'), 'http://127.0.0.1:3002/lambda')
  })

  test('refuses what is no such address', () => {
    for (const text of [
      '',
      '127.0.0.1:3002',
      'ftp://a',
      'http://a/?b',
      'http://a/#b',
      'http://u@a/',
    ]) {
      assert.equal(parseEndpointUrl(text), undefined, text)
    }
  })
})
