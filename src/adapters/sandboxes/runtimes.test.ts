import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { createRuntimes } from './runtimes.ts'

const node = { path: '/opt/node', version: '26.10.0' }
const nothing = { configured: new Map<string, readonly string[]>(), node, searchPath: '' }

/** A directory with programs that say that they are a Python. */
function directoryOf(t: TestContext, programs: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory(t)
  for (const [name, answer] of Object.entries(programs)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${answer}\n`, { mode: 0o755 })
  }
  return directory
}

describe('find()', () => {
  test('warns when another Node runs a runtime of Node', () => {
    const { find } = createRuntimes({ ...nothing, node: { path: '/opt/node', version: '24.1.0' } })
    assert.deepEqual(find('nodejs24.x'), { outcome: 'available' })
    assert.deepEqual(find('nodejs18.x'), {
      outcome: 'available',
      warning:
        'nodejs18.x runs on Node.js 24.1.0. ' +
        'Start the server with --function-runtime nodejs18.x=/path/to/node to name one.',
    })
  })

  test('takes the command that is named, without a warning', async () => {
    const configured = new Map([
      ['nodejs18.x', ['/opt/node18']],
      ['ruby3.4', ['ruby', 'client.rb']],
      ['python3.9', ['/opt/python3.9']],
    ])
    const { find, findCommand } = createRuntimes({ ...nothing, configured })
    for (const name of configured.keys()) assert.deepEqual(find(name), { outcome: 'available' })
    assert.deepEqual(await findCommand('nodejs18.x'), { kind: 'node', command: ['/opt/node18'] })
    assert.deepEqual(await findCommand('ruby3.4'), {
      kind: 'client',
      command: ['ruby', 'client.rb'],
    })
    assert.deepEqual(await findCommand('python3.9'), {
      kind: 'python',
      command: ['/opt/python3.9'],
    })
  })

  test('says how to name a command for what cannot be run', async () => {
    const { find, look } = createRuntimes(nothing)
    assert.deepEqual(find('ruby3.4'), {
      outcome: 'unavailable',
      detail:
        'Functions of the runtime ruby3.4 cannot be run here: no command is named for it. ' +
        'Start the server with --function-runtime ruby3.4=COMMAND to name one.',
    })
    assert.deepEqual(find('python3.12'), { outcome: 'available' }, 'nobody has looked')
    await look('python3.12')
    const python = find('python3.12')
    assert.ok(python.outcome === 'unavailable')
    assert.match(python.detail, /there is no python3 on this machine/)
  })

  test('takes the Python of the version, else python3, and warns of the difference', async (t) => {
    const searchPath = directoryOf(t, {
      'python3.13': 'echo "/real/python3.13 3.13"',
      'python3.10': 'echo "no such version is installed" >&2; exit 127',
      python3: 'echo "/real/python3 3.11"',
    })
    const { find, findCommand, look } = createRuntimes({ ...nothing, searchPath })
    await look()
    assert.deepEqual(find('python3.13'), { outcome: 'available' })
    assert.deepEqual(await findCommand('python3.13'), {
      kind: 'python',
      command: ['/real/python3.13'],
    })
    assert.deepEqual(find('python3.11'), { outcome: 'available' })
    assert.deepEqual(find('python3.10'), {
      outcome: 'available',
      warning:
        'python3.10 runs on Python 3.11. ' +
        'Start the server with --function-runtime python3.10=/path/to/python3 to name one.',
    })
  })

  test('passes over a python3 that is too old, or none, for the next on the path', async (t) => {
    const searchPath = [
      directoryOf(t, { python3: 'echo "/old/python3 3.7"' }),
      directoryOf(t, { python3: 'echo garbage' }),
      directoryOf(t, { python3: 'echo "/good/python3 3.8"' }),
    ].join(delimiter)
    const { findCommand } = createRuntimes({ ...nothing, searchPath })
    assert.deepEqual(await findCommand('python3.8'), { kind: 'python', command: ['/good/python3'] })
  })
})

test('available() is every runtime that can be run, in its order', async (t) => {
  const configured = new Map([['ruby3.4', ['ruby']]])
  const none = createRuntimes({ ...nothing, configured })
  await none.look()
  assert.deepEqual(none.available(), [
    'nodejs18.x',
    'nodejs20.x',
    'nodejs22.x',
    'nodejs24.x',
    'nodejs26.x',
    'provided.al2',
    'provided.al2023',
    'ruby3.4',
  ])
  const searchPath = directoryOf(t, { python3: 'echo "/p 3.14"' })
  const one = createRuntimes({ ...nothing, searchPath })
  await one.look()
  assert.ok(one.available().includes('python3.14'))
})
