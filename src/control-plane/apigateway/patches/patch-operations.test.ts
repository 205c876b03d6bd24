import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { patchOperationsMax } from '../../../aws/limits.ts'
import { ServiceError } from '../../../aws/service-error.ts'
import { badRequest } from '../errors.ts'
import {
  applyPatchOperations,
  matchPath,
  patchRow,
  setEntry,
  unescapeSegment,
  type PatchTable,
} from './patch-operations.ts'
import {
  booleanValue,
  doubleValue,
  integerValue,
  textValue,
  wordValue,
} from './patch-value-types.ts'

interface Shelf {
  readonly label?: string
  readonly books: Readonly<Record<string, string>>
}

const table: PatchTable<Shelf, string> = {
  rows: [
    patchRow({
      path: '/label',
      ops: ['add', 'replace'],
      type: textValue,
      set(draft, value, { environment }) {
        draft.label = `${environment}${value}`
      },
    }),
    patchRow({
      path: '/books/{title}',
      ops: ['replace'],
      type: textValue,
      async set(draft, value, place) {
        await Promise.resolve()
        setEntry(draft.books, place.segment('title'), `${place.rawSegment('title')}=${value}`)
      },
    }),
  ],
  refuse({ op, path, from }) {
    throw badRequest(`${op} ${path} ${from}`)
  },
}

const names = (pattern: string, path: string): unknown => {
  const found = matchPath(pattern, path)
  return found && Object.fromEntries(found)
}

describe('matchPath()', () => {
  test('finds what one name and several segments stand for, from the right', () => {
    assert.deepEqual(names('/a/{b}', '/a/x'), { b: 'x' })
    assert.deepEqual(names('/a/{b}', '/a/'), { b: '' })
    assert.deepEqual(names('/{key+}', '/x'), { key: 'x' })
    assert.deepEqual(names('/{key+}', '/x/y//z'), { key: 'x/y//z' })
    assert.deepEqual(names('/{path+}/{verb}/s', '/a/b/c/GET/s'), { path: 'a/b/c', verb: 'GET' })
    assert.deepEqual(names('/{path+}/{verb}/s', '//a/GET/s'), { path: '/a', verb: 'GET' })
  })

  test('answers undefined when the path does not fit', () => {
    for (const path of ['a/x', '', '/a', '/a/x/y', '/b/x']) {
      assert.equal(matchPath('/a/{b}', path), undefined, path)
    }
    assert.equal(matchPath('/{path+}/{verb}/s', '/GET/s'), undefined)
    assert.equal(matchPath('/{path+}/{verb}/s', '/a/GET/t'), undefined)
  })
})

describe('unescapeSegment()', () => {
  test('undoes ~1 before ~0', () => {
    assert.equal(unescapeSegment('a~1b~0c~01'), 'a/b~c~1')
  })
})

describe('applyPatchOperations()', () => {
  test('applies operations in order to a copy', async () => {
    const before: Shelf = Object.freeze({ books: Object.freeze({ a: '1' }) })
    const after = await applyPatchOperations(
      table,
      before,
      [
        { op: 'replace', path: '/label', value: 'x' },
        { op: 'add', path: '/label', value: 'y' },
        { op: 'replace', path: '/books/b~1c', value: '2' },
      ],
      'shelf ',
    )
    assert.deepEqual(after, { label: 'shelf y', books: { a: '1', 'b/c': 'b~1c=2' } })
    assert.deepEqual(before, { books: { a: '1' } })
  })

  test('changes nothing when a later operation is refused', async () => {
    const before: Shelf = { books: {} }
    await assert.rejects(
      applyPatchOperations(
        table,
        before,
        [
          { op: 'replace', path: '/books/a', value: '1' },
          { op: 'remove', path: '/books/a' },
        ],
        '',
      ),
      new ServiceError('BadRequestException', 400, 'remove /books/a null'),
    )
    assert.deepEqual(before, { books: {} })
  })

  test('refuses an operation without op or path in the words of the table', async () => {
    await assert.rejects(applyPatchOperations(table, { books: {} }, [{}], ''), /null null null/)
  })

  test('repeats the beginning of a long path and from, not all of them', async () => {
    const long = `/${'x'.repeat(500_000)}`
    await assert.rejects(
      applyPatchOperations(table, { books: {} }, [{ op: 'copy', path: long, from: long }], ''),
      { message: `copy ${long.slice(0, 1_024)}… ${long.slice(0, 1_024)}…` },
    )
  })

  test('refuses more operations than one request may have', async () => {
    const operations = Array.from({ length: patchOperationsMax + 1 }, () => ({
      op: 'replace' as const,
      path: '/label',
      value: '',
    }))
    await assert.rejects(
      applyPatchOperations(table, { books: {} }, operations, ''),
      /At most 25000/,
    )
  })
})

describe('setEntry()', () => {
  test('keeps a name that objects inherit', () => {
    const map: Record<string, string> = {}
    setEntry(map, '__proto__', 'x')
    assert.equal(JSON.stringify(map), '{"__proto__":"x"}')
  })
})

describe('types of values', () => {
  test('booleanValue is true for true in any case, else false', () => {
    const given = ['true', 'TRUE', 'True', 'yes', '1', '', undefined]
    assert.deepEqual(
      given.map((text) => booleanValue.parse(text)),
      [true, true, true, false, false, false, false],
    )
  })

  test('doubleValue reads what clients write and nothing else', () => {
    const type = doubleValue({ example: '1', accepts: () => true, refusal: badRequest })
    for (const [text, number] of [
      ['50', 50],
      ['-1.000000', -1],
      ['5e1', 50],
      [' .5 ', 0.5],
      ['5.', 5],
      ['-0', 0],
    ] as const) {
      assert.equal(Object.is(type.parse(text), number), true, text)
    }
    for (const text of ['', 'x', '1x', '0x10', 'NaN', 'Infinity', '1e999', '1,5', undefined]) {
      assert.throws(() => type.parse(text), ServiceError, text)
    }
  })

  test('integerValue takes digits only, within its bounds', () => {
    const type = integerValue({ example: '1', accepts: (n) => n < 10, refusal: badRequest })
    assert.equal(type.parse('-3'), -3)
    for (const text of ['1.0', '10', '', undefined, '1e0']) {
      assert.throws(() => type.parse(text), ServiceError, text)
    }
  })

  test('wordValue takes its words as they are spelled', () => {
    const type = wordValue(['OFF', 'INFO'], badRequest)
    assert.equal(type.parse('OFF'), 'OFF')
    assert.throws(() => type.parse('off'), ServiceError)
    assert.throws(() => type.parse(undefined), /null/)
  })
})
