import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { managementJsonMembersMax } from '../../../aws/limits.ts'
import { badRequest, notFound } from '../errors.ts'
import { mapEntryRows } from './patch-entry-rows.ts'
import { applyPatchOperations, type PatchTable } from './patch-operations.ts'
import { textValue } from './patch-value-types.ts'

interface Shelf {
  readonly books?: Readonly<Record<string, string>>
}

/** The shelf's table, and how often it has taken its member away. */
function shelf() {
  let cleared = 0
  const table: PatchTable<Shelf, undefined> = {
    rows: mapEntryRows({
      path: '/books',
      type: textValue,
      missing: () => notFound('no such book'),
      read: (draft: { books?: Record<string, string> }) => draft.books,
      write(draft, books) {
        if (books === undefined) {
          cleared += 1
          delete draft.books
        } else draft.books = books
      },
    }),
    refuse: () => {
      throw badRequest('no row')
    },
  }
  return { table, clearings: () => cleared }
}

const removals = (titles: readonly string[]) =>
  titles.map((title) => ({ op: 'remove', path: `/books/${title}` }) as const)

describe('mapEntryRows()', () => {
  test('takes the member away once, when its last entry is gone behind all operations', async () => {
    const { table, clearings } = shelf()
    const books = { a: '1', b: '2' }
    const apply = (operations: Parameters<typeof applyPatchOperations>[2]) =>
      applyPatchOperations(table, { books }, operations, undefined)
    assert.deepEqual(await apply(removals(['a'])), { books: { b: '2' } })
    const again = { op: 'add', path: '/books/c', value: '3' } as const
    assert.deepEqual(await apply([...removals(['a', 'b']), again]), { books: { c: '3' } })
    assert.equal(clearings(), 0)
    assert.deepEqual(await apply(removals(['a', 'b'])), {})
    assert.equal(clearings(), 1)
    await assert.rejects(apply(removals(['a', 'a'])), { message: 'no such book' })
  })

  test('refuses more entries than a map may have, however they came together', async () => {
    const { table } = shelf()
    const titles = Array.from({ length: managementJsonMembersMax }, (_, index) => `b${index}`)
    const books = Object.fromEntries(titles.map((title) => [title, '']))
    const add = { op: 'add', path: '/books/c', value: '' } as const
    await assert.rejects(applyPatchOperations(table, { books }, [add], undefined), {
      code: 'BadRequestException',
      message: 'A map cannot have more than 5000 entries',
    })
    const swapped = [add, ...removals(['b0'])]
    const after = await applyPatchOperations(table, { books }, swapped, undefined)
    assert.equal(Object.keys(after.books ?? {}).length, managementJsonMembersMax)
  })
})
