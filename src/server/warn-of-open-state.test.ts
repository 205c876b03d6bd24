import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { recordingLog } from '../../test/support/recording-sinks.ts'
import { temporaryDirectory } from '../../test/support/temporary-directory.ts'
import { warnOfOpenState } from './warn-of-open-state.ts'

const skip = process.getuid === undefined && 'files have no such modes here'

describe('warnOfOpenState()', { skip }, () => {
  const cases: readonly [directoryMode: number, fileMode: number, open: readonly string[]][] = [
    [0o700, 0o600, []],
    [0o700, 0o644, []],
    [0o755, 0o600, []],
    [0o770, 0o600, []],
    [0o755, 0o644, ['state.sqlite']],
    [0o777, 0o600, ['.']],
    [0o1777, 0o666, ['.', 'state.sqlite']],
  ]
  for (const [directoryMode, fileMode, open] of cases) {
    const modes = `${directoryMode.toString(8)} with a file of ${fileMode.toString(8)}`
    test(`tells of ${open.length} in a directory of ${modes}`, (t) => {
      const directory = temporaryDirectory(t)
      const path = join(directory, 'state.sqlite')
      writeFileSync(path, '')
      chmodSync(path, fileMode)
      chmodSync(directory, directoryMode)
      const log = recordingLog()
      warnOfOpenState(directory, log)
      assert.deepEqual(
        log.lines.map(({ level, event, fields }) => [level, event, fields['path']]),
        open.map((name) => ['warn', 'state-open-to-others', join(directory, name)]),
      )
    })
  }

  test('says nothing of what is not there', () => {
    const log = recordingLog()
    warnOfOpenState('/nowhere/at/all', log)
    assert.deepEqual(log.lines, [])
  })
})
