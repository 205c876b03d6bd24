import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '../../../../test/support/seeded-random.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import { importedKeysMax, parseApiKeyCsv } from './api-key-csv.ts'

const parse = (text: string) => parseApiKeyCsv(new TextEncoder().encode(text))
const bare = { description: '', enabled: '', usagePlanIds: [] }

describe('parseApiKeyCsv()', () => {
  test('takes columns in any case and order, and leaves out those it does not know', () => {
    assert.deepEqual(parse('KEY,Colour,name\nk1,red,first\n'), [
      { line: 2, name: 'first', key: 'k1', ...bare },
    ])
  })

  test('takes fields in double and in single quotes, over lines, doubled within themselves', () => {
    const rows = parse(
      'Key,Name,Description,UsagePlanIds\r\n' +
        'k1,"a ""b"", c","two\r\nlines",\'p1, p2\'\r\n' +
        "k2,'it''s',,p3\r\n",
    )
    assert.deepEqual(rows, [
      {
        ...{ line: 2, name: 'a "b", c', key: 'k1', description: 'two\r\nlines', enabled: '' },
        usagePlanIds: ['p1', 'p2'],
      },
      { line: 4, name: "it's", key: 'k2', description: '', enabled: '', usagePlanIds: ['p3'] },
    ])
  })

  test('takes every end of line, the last row without one, and leaves out empty rows', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const rows = parse(`\ufeffName,Key${end}${end}a,k1${end},${end}b,k2`)
      assert.deepEqual(
        rows.map(({ name, key }) => [name, key]),
        [
          ['a', 'k1'],
          ['b', 'k2'],
        ],
      )
    }
  })

  const tooMany = /^Invalid API Key file: it has more than 100000 fields, empty lines and plans/
  const endless: readonly (readonly [string, string, RegExp])[] = [
    [
      'a head of many columns',
      `Name,Key${',x'.repeat(99)}\n`,
      /line 1: it has more than 100 fields/,
    ],
    ['a row of many fields', `Name,Key\n${','.repeat(1e6)}`, /line 2: it has more than 100 fields/],
    ['many empty lines', `Name,Key\n${'\n'.repeat(1e6)}`, tooMany],
    ['many plans', `Name,Key,UsagePlanIds\na,k,"${'p,'.repeat(1e6)}"`, tooMany],
    [
      'many plans in all',
      `Name,Key,UsagePlanIds\n${`a,k,"${'p,'.repeat(99)}"\n`.repeat(1001)}`,
      tooMany,
    ],
  ]
  for (const [what, file, message] of endless) {
    test(`refuses ${what} without reading the rest`, () => {
      assert.throws(() => parse(file), { code: 'BadRequestException', message })
    })
  }

  test('takes a row that is shorter than the columns', () => {
    assert.deepEqual(parse('Name,Key,Enabled\na,k1\n'), [
      { line: 2, name: 'a', key: 'k1', ...bare },
    ])
  })

  test('takes blanks around fields, quoted ones too', () => {
    const rows = parse('Name, Key, UsagePlanIds\n a , k1 ,\t"p1,p2" \n b,k2, \n')
    assert.deepEqual(
      rows.map(({ name, key, usagePlanIds }) => [name, key, usagePlanIds]),
      [
        ['a', 'k1', ['p1', 'p2']],
        ['b', 'k2', []],
      ],
    )
  })

  const broken = [
    ['', /no column Name/],
    ['Name\na\n', /no column Key/],
    ['Name,Key\na,k,more\n', /line 2: it has more fields/],
    ['Name,Key\n"a,k\n', /line 2: a quoted field has no end/],
    ['Name,Key\n"a"b,k\n', /line 2: there is more behind the quotes/],
  ] as const
  for (const [text, message] of broken) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parse(text), { code: 'BadRequestException', message })
    })
  }

  test('takes or refuses anything, however long a field is', () => {
    const random = seededRandom(9)
    const signs = ['"', "'", ',', '\n', '\r', ' ', 'a', '""', '\u0000', 'ü']
    for (let round = 0; round < 2_000; round += 1) {
      const length = Math.floor(random.fraction() * 12)
      const noise = Array.from({ length }, () => signs[Math.floor(random.fraction() * 10)])
      try {
        parse(`Name,Key\n${noise.join('')}`)
      } catch (error) {
        assert.ok(error instanceof ServiceError, String(error))
      }
    }
    const long = '""x'.repeat(1_000_000)
    assert.equal(parse(`Name,Key\n"${long}",k\n`)[0]?.name.length, 2_000_000)
    assert.throws(() => parse(`Name,Key\n"${long},k\n`), { message: /has no end/ })
  })

  test('refuses what is not UTF-8', () => {
    assert.throws(() => parseApiKeyCsv(Uint8Array.of(0x4b, 0xff)), { message: /not UTF-8/ })
  })

  test('refuses more rows than there may be keys', () => {
    const rows = 'a,k\n'.repeat(importedKeysMax)
    assert.equal(parse(`Name,Key\n${rows}`).length, importedKeysMax)
    assert.throws(() => parse(`Name,Key\n${rows}a,k\n`), { message: /more than 10000 keys/ })
  })
})
