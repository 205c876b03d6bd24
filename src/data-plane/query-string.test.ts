import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import {
  encodeQueryParameter,
  findPlainValues,
  findWrittenParameters,
  parseQuery,
  withQuery,
} from './query-string.ts'

describe('parseQuery()', () => {
  const cases: readonly [rawQuery: string, expected: readonly [string, readonly string[]][]][] = [
    ['', []],
    ['a=1', [['a', ['1']]]],
    [
      'a=1&a=2&b=3',
      [
        ['a', ['1', '2']],
        ['b', ['3']],
      ],
    ],
    ['a', [['a', ['']]]],
    ['a=', [['a', ['']]]],
    ['=1', [['', ['1']]]],
    ['a=b=c', [['a', ['b=c']]]],
    ['&&a=1&', [['a', ['1']]]],
    [
      'a=1;b=2',
      [
        ['a', ['1']],
        ['b', ['2']],
      ],
    ],
    ['a=x+y%20z%2B', [['a', ['x y z+']]]],
    ['%61+b=1', [['a b', ['1']]]],
    ['a=%C3%B6', [['a', ['ö']]]],
    ['a=100%', [['a', ['100%']]]],
    ['a=%zz+b', [['a', ['%zz b']]]],
    ['a=%C3', [['a', ['%C3']]]],
    ['__proto__=1', [['__proto__', ['1']]]],
  ]
  for (const [rawQuery, expected] of cases) {
    test(`reads ${rawQuery || 'nothing'}`, () => {
      assert.deepEqual([...parseQuery(rawQuery)], expected)
    })
  }
})

describe('findPlainValues()', () => {
  test('finds what parseQuery() finds, or leaves it to it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', '&', '%', '+', ';', 'ö') })
    const plain = fc.string({ unit: fc.constantFrom('a', 'b', '=', '&', 'ö') })
    const name = fc.oneof(fc.constantFrom('', 'a', 'b', 'ab', 'a=', 'a&b'), text)
    fc.assert(
      fc.property(fc.oneof(plain, text), name, (rawQuery, wanted) => {
        const found = findPlainValues(rawQuery, wanted)
        assert.equal(found === undefined, /[%+;]/.test(rawQuery))
        if (found !== undefined) assert.deepEqual(found, parseQuery(rawQuery).get(wanted) ?? [])
      }),
      { numRuns: 2000 },
    )
  })
})

describe('findWrittenParameters()', () => {
  for (const [rawQuery, expected] of [
    ['', []],
    ['a=1&b=2&a=3', ['a=1', 'a=3']],
    ['a&a=&ab=1&&a==', ['a', 'a=', 'a==']],
    ['%61=%31&b=a&a=%FF', ['%61=%31', 'a=%FF']],
    ['b=1;a=2', ['b=1;a=2']],
  ] as const) {
    test(`finds a in ${rawQuery || 'nothing'}`, () => {
      assert.deepEqual(findWrittenParameters(rawQuery, 'a'), expected)
    })
  }

  test('finds as many as parseQuery() does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '=', '&', '%61', '%', '+', 'ö') })
    fc.assert(
      fc.property(text, fc.constantFrom('', 'a', 'b', 'ab', ' '), (rawQuery, name) => {
        const values = findWrittenParameters(rawQuery, name).map(
          (written) => parseQuery(written).get(name)?.[0],
        )
        assert.deepEqual(values, parseQuery(rawQuery).get(name) ?? [])
      }),
      { numRuns: 2000 },
    )
  })
})

describe('encodeQueryParameter()', () => {
  for (const [name, value, expected] of [
    ['a', 'b', 'a=b'],
    ['a b', 'c&d=e;f+g', 'a%20b=c%26d%3De%3Bf%2Bg'],
    ['a', 'ö\r\n', 'a=%C3%B6%0D%0A'],
    ['a', '\ud800', 'a=%EF%BF%BD'],
  ] as const) {
    test(`writes ${expected}`, () => {
      assert.equal(encodeQueryParameter({ name, value }), expected)
    })
  }
})

describe('withQuery()', () => {
  for (const [target, rawQuery, expected] of [
    ['/a', '', '/a'],
    ['/a', 'b=1', '/a?b=1'],
    ['/a?c', 'b=1', '/a?c&b=1'],
    ['/a?', 'b=1', '/a?b=1'],
    ['/a?c&', 'b=1', '/a?c&b=1'],
    ['/a?c', 'b=1#&d=#', '/a?c&b=1%23&d=%23'],
  ] as const) {
    test(`adds ${rawQuery || 'nothing'} to ${target}`, () => {
      assert.equal(withQuery(target, rawQuery), expected)
    })
  }
})
