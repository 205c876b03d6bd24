import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, type watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { watchFolder } from './watch-folder.ts'

type Watch = typeof watch

const noWatch = (() => {
  throw Object.assign(new Error('no space left for watches'), { code: 'ENOSPC' })
}) as unknown as Watch

/** A watched folder, and a promise of the next change. */
function watched(t: TestContext, path: string, watchOne?: Watch) {
  let told = 0
  const waiting: (() => void)[] = []
  const close = watchFolder(
    path,
    () => {
      told += 1
      for (const wake of waiting.splice(0)) wake()
    },
    watchOne === undefined ? { pollMs: 50 } : { watchOne, pollMs: 50 },
  )
  t.after(close)
  /** Does something, again and again until a change is told: when watching begins is not told. */
  const isToldOf = async (change: (round: number) => void): Promise<void> => {
    const before = told
    for (let round = 0; round < 400; round += 1) {
      change(round)
      await Promise.race([
        new Promise<void>((resolve) => waiting.push(resolve)),
        new Promise((resolve) => setTimeout(resolve, 150)),
      ])
      if (told > before) return
    }
    assert.fail('no change is told')
  }
  return { isToldOf, close, told: () => told }
}

for (const [how, watchOne] of [
  ['where folders are watched', undefined],
  ['where they cannot be', noWatch],
] as const) {
  describe(`watchFolder() ${how}`, { concurrency: true }, () => {
    test('tells of a file that changes, comes and goes', async (t) => {
      const folder = temporaryDirectory(t)
      mkdirSync(join(folder, 'lib'))
      const { isToldOf } = watched(t, folder, watchOne)
      const path = join(folder, 'lib', 'index.js')
      await isToldOf((round) => writeFileSync(path, `new ${round}`))
      await isToldOf((round) => writeFileSync(path, `changed ${round}`.repeat(round + 2)))
      await isToldOf(() => rmSync(path, { force: true }))
    })

    test('tells of files in a folder that came later', async (t) => {
      const folder = temporaryDirectory(t)
      const { isToldOf } = watched(t, folder, watchOne)
      await isToldOf((round) => {
        mkdirSync(join(folder, `new-${round}`))
        writeFileSync(join(folder, `new-${round}`, 'a'), '')
      })
      await isToldOf((round) => writeFileSync(join(folder, 'new-0', 'a'), 'x'.repeat(round + 1)))
    })

    test('tells of a folder that goes and comes back', async (t) => {
      const folder = join(temporaryDirectory(t), 'dist')
      const { isToldOf } = watched(t, folder, watchOne)
      const build = (round: number) => {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, 'index.js'), 'x'.repeat(round + 1))
      }
      await isToldOf(build)
      await isToldOf(() => rmSync(folder, { recursive: true, force: true }))
      await isToldOf(build)
    })
  })
}

describe('watchFolder()', { concurrency: true }, () => {
  test('tells once of many changes at a time', async (t) => {
    const folder = temporaryDirectory(t)
    const { isToldOf, told } = watched(t, folder)
    await isToldOf((round) => {
      for (let file = 0; file < 100; file += 1) writeFileSync(join(folder, `${file}`), `${round}`)
    })
    assert.equal(told(), 1)
  })

  test('tells nothing after it was closed', async (t) => {
    const folder = temporaryDirectory(t)
    const closed = watched(t, folder)
    const open = watched(t, folder)
    await closed.isToldOf((round) => writeFileSync(join(folder, 'a'), `${round}`))
    closed.close()
    const before = closed.told()
    await open.isToldOf((round) => writeFileSync(join(folder, 'b'), `${round}`))
    assert.equal(closed.told(), before)
  })

  test('does not follow a symbolic link out of the folder', async (t) => {
    const [folder, outside] = [temporaryDirectory(t), temporaryDirectory(t)]
    symlinkSync(outside, join(folder, 'link'))
    const watching = watched(t, folder)
    await watching.isToldOf((round) => writeFileSync(join(folder, 'a'), `${round}`))
    const before = watching.told()
    const other = watched(t, outside)
    await other.isToldOf((round) => writeFileSync(join(outside, 'b'), `${round}`))
    assert.equal(watching.told(), before)
  })
})
