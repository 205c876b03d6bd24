import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import type { PatchOperation } from '../../src/aws/models/apigateway-types.ts'
import { ServiceError } from '../../src/aws/service-error.ts'
import {
  applyPatchOperations,
  type PatchRow,
  type PatchTable,
} from '../../src/control-plane/apigateway/patches/patch-operations.ts'

const allOps = ['add', 'remove', 'replace', 'copy', 'move', 'test'] as const

/** What the rows of a table are tried on. */
export interface PatchTableFixture<State, Environment> {
  /** Each operation of each row must change one of them; none may take what no row has. */
  readonly states: readonly State[]
  readonly environment: Environment
  /** Stands for `{name}` or `{name+}` as it is sent: by `/path/{name} name`, or by `name` alone. */
  readonly segments?: Readonly<Record<string, string>>
  /** What an operation copies from, by path. */
  readonly copySources?: Readonly<Record<string, string>>
  /** True for rows that refuse all that they take. */
  readonly isCatchAll?: (row: { readonly path: string }) => boolean
}

/** Each row of a table accepts its example with each of its operations, and none that no row has. */
export function testPatchTable<State, Environment>(
  name: string,
  table: PatchTable<State, Environment>,
  fixture: PatchTableFixture<State, Environment>,
): void {
  const { segments = {}, copySources = {}, isCatchAll = () => false } = fixture
  const examplePath = (pattern: string): string =>
    pattern.replace(/\{(\w+)\+?\}/g, (_, segment: string) => {
      const text = segments[`${pattern} ${segment}`] ?? segments[segment]
      assert.ok(text !== undefined, `no segment for ${pattern}`)
      return text
    })
  const apply = (state: State, operation: PatchOperation): Promise<State> =>
    applyPatchOperations(table, state, [operation], fixture.environment)
  const rows = table.rows.filter((row) => !isCatchAll(row))
  const takes = (path: string, op: string): boolean =>
    rows.some((row: PatchRow<State, Environment>) => {
      return examplePath(row.path) === path && row.ops.some((each) => each === op)
    })
  describe(name, () => {
    for (const row of rows) {
      const path = examplePath(row.path)
      for (const op of allOps) {
        const operation = { op, path, value: row.example, from: copySources[path] }
        if (row.ops.includes(op)) {
          test(`takes ${op} ${row.path}`, async () => {
            const changed = await Promise.all(
              fixture.states.map(async (state) => {
                return !isDeepStrictEqual(await apply(state, operation), state)
              }),
            )
            assert.ok(changed.includes(true), 'it changes nothing')
          })
        } else if (!takes(path, op)) {
          test(`refuses ${op} ${row.path}`, async () => {
            for (const state of fixture.states) {
              await assert.rejects(apply(state, operation), ServiceError)
            }
          })
        }
      }
    }
  })
}
