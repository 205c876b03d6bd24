import assert from 'node:assert/strict'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { functionCodeContract, storedCode } from '../../../test/contracts/function-code.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { zipOf } from '../../../test/support/zip.ts'
import { createFunctionCode } from './function-code.ts'

/** A store in a folder that does not exist yet. */
function store(t: TestContext) {
  const root = join(temporaryDirectory(t), 'data', 'code')
  return { root, code: createFunctionCode({ root }) }
}

functionCodeContract('createFunctionCode()', (t) => store(t).code)

const modeOf = (path: string): string => (lstatSync(path).mode & 0o7777).toString(8)

describe('codeDirectory()', () => {
  test('has files, folders, links and executable bits of the zip, read-only', async (t) => {
    const { root, code } = store(t)
    const { sha256 } = await storedCode(
      code,
      zipOf({
        'index.js': 'text',
        bootstrap: { content: '#!/bin/sh', mode: 0o104755 },
        'empty/': '',
        'node_modules/.bin/tool': { content: '../tool/cli.js', mode: 0o120777 },
        'node_modules/tool/cli.js': { content: 'x'.repeat(1_000_000), mode: 0o100600 },
        './dotted/./file': { content: 'stored', compression: 'store' },
      }),
    )
    const folder = await code.codeDirectory(sha256)
    assert.equal(folder, join(root, 'unpacked', sha256))
    assert.equal(readFileSync(join(folder, 'index.js'), 'utf8'), 'text')
    assert.equal(readFileSync(join(folder, 'dotted/file'), 'utf8'), 'stored')
    assert.equal(readFileSync(join(folder, 'node_modules/.bin/tool')).length, 1_000_000)
    assert.equal(readlinkSync(join(folder, 'node_modules/.bin/tool')), '../tool/cli.js')
    assert.deepEqual(
      ['', 'index.js', 'bootstrap', 'empty', 'node_modules/tool/cli.js'].map((path) =>
        modeOf(join(folder, path)),
      ),
      ['555', '444', '555', '555', '444'],
    )
  })

  test('unpacks once for all who ask, in other stores of the same folder too', async (t) => {
    const { root, code } = store(t)
    const { sha256 } = await storedCode(code, zipOf({ a: 'a', 'b/c': 'c' }))
    const stores = [code, code, ...Array.from({ length: 6 }, () => createFunctionCode({ root }))]
    const folders = await Promise.all(stores.map((each) => each.codeDirectory(sha256)))
    assert.equal(new Set(folders).size, 1)
    assert.deepEqual(readdirSync(join(root, 'unpacked')), [sha256])
    assert.equal(readFileSync(join(folders[0]!, 'b/c'), 'utf8'), 'c')
  })

  test('rejects when there is no such zip, and leaves nothing behind', async (t) => {
    const { root, code } = store(t)
    await storedCode(code, zipOf({ a: 'a' }))
    for (const sha256 of ['a'.repeat(64), '..', '../zips']) {
      await assert.rejects(code.codeDirectory(sha256), /there is no code with the SHA-256/)
    }
    assert.deepEqual(readdirSync(join(root, 'unpacked')), [])
  })

  test('unpacks again after reset() and put()', async (t) => {
    const { code } = store(t)
    const zip = zipOf({ a: 'a' })
    const { sha256 } = await storedCode(code, zip)
    const folder = await code.codeDirectory(sha256)
    await code.reset()
    assert.equal(existsSync(folder), false)
    await code.put(zip)
    assert.equal(await code.codeDirectory(sha256), folder)
    assert.equal(readFileSync(join(folder, 'a'), 'utf8'), 'a')
  })
})

describe('optDirectory()', () => {
  test('lays later layers over earlier ones', async (t) => {
    const { code } = store(t)
    const layers = [
      await storedCode(
        code,
        zipOf({
          'nodejs/node_modules/a/index.js': 'first a',
          'nodejs/node_modules/b/index.js': 'first b',
          lib: 'a file',
          'python/deep/file.py': 'first',
          link: { content: 'nodejs', mode: 0o120777 },
        }),
      ),
      await storedCode(
        code,
        zipOf({
          'nodejs/node_modules/b/index.js': 'second b',
          'lib/x.so': 'now a folder',
          python: 'now a file',
          'link/own': 'not written through the link',
          'bin/tool': { content: '#!', mode: 0o100755 },
        }),
      ),
    ]
    const folder = await code.optDirectory(layers)
    const read = (path: string) => readFileSync(join(folder, path), 'utf8')
    assert.equal(read('nodejs/node_modules/a/index.js'), 'first a')
    assert.equal(read('nodejs/node_modules/b/index.js'), 'second b')
    assert.equal(read('lib/x.so'), 'now a folder')
    assert.equal(read('python'), 'now a file')
    assert.equal(read('link/own'), 'not written through the link')
    assert.equal(existsSync(join(folder, 'nodejs/own')), false)
    assert.equal(modeOf(join(folder, 'bin/tool')), '555')
    assert.equal(await code.optDirectory(layers), folder)
    assert.notEqual(await code.optDirectory(layers.toReversed()), folder)
  })

  test('is an empty folder for no layers', async (t) => {
    assert.deepEqual(readdirSync(await store(t).code.optDirectory([])), [])
  })

  test('rejects when a layer is absent', async (t) => {
    const { code } = store(t)
    await assert.rejects(code.optDirectory([{ sha256: 'a'.repeat(64) }]), /there is no code/)
  })
})

describe('sweep()', () => {
  test('deletes what was unpacked of a zip that nobody claims, and what a crash left', async (t) => {
    const { root, code } = store(t)
    const kept = await storedCode(code, zipOf({ a: 'a' }))
    const dropped = await storedCode(code, zipOf({ b: 'b' }))
    await code.sweep(() => true)
    await code.codeDirectory(kept.sha256)
    await code.codeDirectory(dropped.sha256)
    await code.optDirectory([kept])
    mkdirSync(join(root, 'unpacked', '.half'))
    writeFileSync(join(root, 'zips', '.half'), 'x')
    assert.equal(await code.sweep((sha256) => sha256 === kept.sha256), 1)
    assert.deepEqual(readdirSync(join(root, 'unpacked')), [kept.sha256])
    assert.deepEqual(readdirSync(join(root, 'zips')), [`${kept.sha256}.zip`])
    assert.equal(existsSync(join(root, 'layers')), false)
  })

  test('deletes what was unpacked before the machine started', async (t) => {
    const { root, code } = store(t)
    const { sha256 } = await storedCode(code, zipOf({ a: 'a' }))
    const folder = await code.codeDirectory(sha256)
    writeFileSync(join(root, 'boot'), 'another start')
    await code.sweep(() => true)
    assert.equal(existsSync(folder), false)
    assert.equal(await code.codeDirectory(sha256), folder)
  })
})
