import assert from 'node:assert/strict'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { constants, deflateRawSync } from 'node:zlib'
import { seededRandom, testSeed } from '../../../test/support/seeded-random.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { type ZipEntry, zipOf, zipOfEntries } from '../../../test/support/zip.ts'
import { createFunctionCode } from './function-code.ts'
import { writeTree } from './write-tree.ts'
import { InvalidZipError, UnzippedTooLargeError } from './invalid-zip.ts'

const gigabyte = 2 ** 30
const file: ZipEntry = { name: 'index.js', content: 'text' }
const link = (name: string, target: string): ZipEntry => ({
  name,
  content: target,
  mode: 0o120777,
})

/** Zeros, deflated: a piece of 16 MB again and again. */
function zeros(pieces: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(2 ** 24), { finishFlush: constants.Z_FULL_FLUSH })
  const end = deflateRawSync(Buffer.alloc(0))
  return Buffer.concat([...Array.from({ length: pieces }, () => piece), end])
}

const bombContent = () => zeros(640)

async function put(t: TestContext, zip: Uint8Array) {
  return createFunctionCode({ root: temporaryDirectory(t) }).put(zip)
}

/** Unpacks, and fails when anything came beside the folder. */
async function unpack(t: TestContext, zip: Uint8Array): Promise<void> {
  const parent = temporaryDirectory(t)
  const inside = join(parent, 'inside')
  mkdirSync(inside)
  try {
    await writeTree(zip, join(inside, 'folder'))
  } finally {
    assert.deepEqual(readdirSync(parent), ['inside'])
    assert.deepEqual(readdirSync(inside), ['folder'])
  }
}

interface Hostile {
  readonly what: string
  readonly zip: () => Uint8Array
  readonly detail: RegExp
}

const hostile: readonly Hostile[] = [
  ...['../evil', 'a/../../evil', 'a/..', '..'].map((name) => ({
    what: `the name ${name}`,
    zip: () => zipOfEntries([file, { name, content: 'evil' }]),
    detail: /invalid relative path|leaves its folder/,
  })),
  ...['/etc/passwd', 'C:/evil', 'c:evil'].map((name) => ({
    what: `the name ${name}`,
    zip: () => zipOfEntries([{ name, content: 'evil' }]),
    detail: /absolute path/,
  })),
  ...['..\\evil', 'a\\b', 'a\0b'].map((name) => ({
    what: `the name ${JSON.stringify(name)}`,
    zip: () => zipOfEntries([{ name, content: 'evil' }]),
    detail: /invalid characters|has a character/,
  })),
  ...['', '.', './.'].map((name) => ({
    what: `the name "${name}"`,
    zip: () => zipOfEntries([{ name, content: 'evil' }]),
    detail: /has no name/,
  })),
  {
    what: 'a name of 300 bytes',
    zip: () => zipOf({ ['ä'.repeat(150)]: '' }),
    detail: /is too long/,
  },
  {
    what: 'a path of 5,000 bytes',
    zip: () => zipOf({ [`${'a/'.repeat(2_500)}b`]: '' }),
    detail: /is too long/,
  },
  ...['/etc/passwd', '..', '../../etc', 'sub/../../x', 'x\\..\\y', '', 'C:/x'].map((target) => ({
    what: `a link to "${target}"`,
    zip: () => zipOfEntries([file, link('link', target)]),
    detail: /symbolic link (that leaves|to no path)/,
  })),
  {
    what: 'a link that steps up from where another leads',
    zip: () => zipOfEntries([link('p/q/r/up', '../../..'), link('p/q/r/out', 'up/../..')]),
    detail: /out" is a symbolic link that leaves/,
  },
  {
    what: 'a file below a link',
    zip: () => zipOfEntries([link('out', 'sub'), { name: 'out/evil', content: 'evil' }]),
    detail: /"out" is there twice/,
  },
  {
    what: 'a file below a link that comes later',
    zip: () => zipOfEntries([{ name: 'out/evil', content: 'evil' }, link('out', 'sub')]),
    detail: /"out" is there twice/,
  },
  {
    what: 'a link in place of a file',
    zip: () => zipOfEntries([file, link('index.js', 'other')]),
    detail: /"index.js" is there twice/,
  },
  {
    what: 'a name twice',
    zip: () => zipOfEntries([file, { name: './index.js', content: 'other' }]),
    detail: /"index.js" is there twice/,
  },
  {
    what: 'a device',
    zip: () => zipOfEntries([{ ...file, mode: 0o060666 }]),
    detail: /is no file, folder or symbolic link/,
  },
  {
    what: 'encrypted content',
    zip: () => zipOfEntries([{ ...file, flags: 1 }]),
    detail: /is encrypted/,
  },
  {
    what: 'strongly encrypted content',
    zip: () => zipOfEntries([{ ...file, flags: 0x41 }]),
    detail: /encrypt/,
  },
  {
    what: 'a compression nobody knows',
    zip: () => zipOfEntries([{ ...file, method: 14 }]),
    detail: /unknown method 14/,
  },
  {
    what: '100,000 entries',
    zip: () =>
      zipOfEntries(
        Array.from({ length: 100_000 }, (_, i) => ({ name: `${i}`, content: '' })),
        { compression: 'store' },
      ),
    detail: /100000 entries, 20000 are the most/,
  },
  {
    what: 'a count of entries that is too high',
    zip: () => zipOfEntries([file], { entriesCount: 7 }),
    detail: /./,
  },
  {
    what: 'entries that share their content',
    zip: () => {
      const content = Buffer.alloc(5_000_000)
      return zipOfEntries([
        { name: 'a', content },
        ...Array.from({ length: 50 }, (_, i) => ({
          name: `b${i}`,
          content: '',
          stored: Buffer.alloc(0),
          offset: 0,
          zippedBytes: 4_000,
          unzippedBytes: 5_000_000,
        })),
      ])
    },
    detail: /overlap/,
  },
  ...[0, 1, 4_000].map((unzippedBytes) => ({
    what: `10 GB that say they are ${unzippedBytes} bytes`,
    zip: () => zipOfEntries([{ name: 'bomb', content: '', stored: bombContent(), unzippedBytes }]),
    detail: /does not have the size/,
  })),
  {
    what: 'less content than it says',
    zip: () => zipOfEntries([{ ...file, unzippedBytes: 5 }]),
    detail: /does not have the size/,
  },
  {
    what: 'much less content than it says',
    zip: () => zipOfEntries([{ ...file, unzippedBytes: 1_000_000 }]),
    detail: /does not have the size/,
  },
  {
    what: 'another checksum',
    zip: () => zipOfEntries([{ ...file, crc: 1 }]),
    detail: /does not have its checksum/,
  },
  {
    what: 'content that is not deflated',
    zip: () => zipOfEntries([{ ...file, stored: Buffer.from('\xff\xff\xff\xff') }]),
    detail: /is not what deflate makes/,
  },
  {
    what: 'large content that ends early',
    zip: () => {
      const content = Buffer.from(Array.from({ length: 600_000 }, (_, i) => (i * 7919) % 251))
      return zipOfEntries([{ name: 'a', content, stored: deflateRawSync(content).subarray(0, -9) }])
    },
    detail: /is not what deflate makes|does not have the size/,
  },
  {
    what: 'content beyond its end',
    zip: () => zipOfEntries([{ ...file, zippedBytes: 10_000 }]),
    detail: /overflows file bounds/,
  },
  {
    what: 'a local header that is none',
    zip: () => zipOfEntries([{ ...file, offset: 3 }]),
    detail: /local file header/,
  },
  {
    what: 'a link of a megabyte',
    zip: () => zipOfEntries([link('a', 'x'.repeat(1_000_000))]),
    detail: /is too long/,
  },
]

describe('put() and writeTree() refuse', () => {
  for (const { what, zip, detail } of hostile) {
    test(what, async (t) => {
      const bytes = zip()
      const answer = await put(t, bytes)
      assert.ok(answer.outcome === 'invalid', JSON.stringify(answer))
      assert.match(answer.detail, detail)
      assert.ok(answer.detail.length < 500 && !/\p{Cc}/u.test(answer.detail))
      await assert.rejects(unpack(t, bytes), InvalidZipError)
    })
  }

  test('10 GB that say so', async (t) => {
    const bomb = zipOfEntries([
      {
        name: 'bomb',
        content: '',
        stored: bombContent(),
        unzippedBytes: 10 * gigabyte,
        zip64: true,
      },
    ])
    const answer = await put(t, bomb)
    assert.deepEqual(answer, { outcome: 'unzipped-too-large', bytesMax: 262_144_000 })
    await assert.rejects(unpack(t, bomb), UnzippedTooLargeError)
  })

  test('entries that are too large together', async (t) => {
    const half = { content: '', stored: zeros(8), unzippedBytes: 8 * 2 ** 24 }
    const answer = await put(t, zipOf({ a: half, b: half }))
    assert.equal(answer.outcome, 'unzipped-too-large')
  })

  test('every zip that is cut off', async (t) => {
    const zip = zipOf({ 'index.js': 'text', 'lib/b.js': 'more text' })
    for (let bytes = 0; bytes < zip.length; bytes += 1) {
      assert.equal((await put(t, zip.subarray(0, bytes))).outcome, 'invalid', `${bytes} bytes`)
    }
  })
})

describe('put() and writeTree() take', () => {
  const accepted: Readonly<Record<string, () => Uint8Array>> = {
    'an empty zip': () => zipOf({}),
    'sizes behind the content': () =>
      zipOf({ a: { content: 'x'.repeat(100), dataDescriptor: true } }),
    'a zip64': () => zipOf({ a: { content: 'abc', zip64: true } }, { zip64: true }),
    'a comment': () => zipOf({ a: 'a' }, { comment: 'made by hand' }),
    'names that differ in case, where the disk does': () => zipOf({ 'A.js': 'A', 'a.js': 'a' }),
    'a folder twice, and after what is in it': () =>
      zipOfEntries([
        { name: 'a/b', content: 'b' },
        { name: 'a/', content: '' },
        { name: 'a/', content: '', mode: 0o040755 },
      ]),
    'a link to nothing, and one to itself': () =>
      zipOfEntries([link('dangling', 'absent/file'), link('loop', 'loop'), link('a/up', '..')]),
    'another name in the local header, which is not looked at': () =>
      zipOfEntries([{ ...file, localName: '../../evil' }]),
  }
  for (const [what, zip] of Object.entries(accepted)) {
    test(what, async (t) => {
      const bytes = zip()
      assert.equal((await put(t, bytes)).outcome, 'stored')
      await unpack(t, bytes)
    })
  }
})

test('mutated zips end as an outcome and never write outside', async (t) => {
  const random = seededRandom(testSeed())
  const seeds = [
    zipOf({ 'index.js': 'text '.repeat(50), 'lib/b': { content: 'b', mode: 0o100755 } }),
    zipOf({
      'a/b': { content: '../c', mode: 0o120777 },
      c: { content: 'c', dataDescriptor: true },
    }),
    zipOf({ a: { content: 'abc', zip64: true }, 'd/': '' }, { zip64: true, comment: 'x' }),
  ]
  const parent = temporaryDirectory(t)
  const inside = join(parent, 'a', 'b', 'c')
  mkdirSync(inside, { recursive: true })
  const outcomes = { unpacked: 0, refused: 0 }
  for (let round = 0; round < 2_000; round += 1) {
    const zip = mutate(random, seeds[random.integer(seeds.length)]!)
    try {
      await writeTree(zip, join(inside, `${round}`))
      outcomes.unpacked += 1
    } catch (error) {
      const isOutcome = error instanceof InvalidZipError || error instanceof UnzippedTooLargeError
      assert.ok(isOutcome, `seed ${random.seed}, round ${round}: ${String(error)}`)
      outcomes.refused += 1
    }
  }
  assert.deepEqual([readdirSync(parent), readdirSync(join(parent, 'a'))], [['a'], ['b']])
  assert.deepEqual(readdirSync(join(parent, 'a', 'b')), ['c'])
  assert.ok(readdirSync(inside).every((name) => /^\d+$/.test(name)))
  assert.ok(outcomes.unpacked > 100 && outcomes.refused > 100, JSON.stringify(outcomes))
})

/** Some bytes set, a piece cut out, doubled or overwritten by names that climb. */
function mutate(random: ReturnType<typeof seededRandom>, zip: Uint8Array): Uint8Array {
  const bytes = Buffer.from(zip)
  const at = random.integer(bytes.length)
  const length = 1 + random.integer(20)
  switch (random.integer(5)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 1:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
    case 2: {
      const evil = ['../', '/', '..\\', '\0', 'a/b'][random.integer(5)]!
      bytes.write(evil, at)
      return bytes
    }
    default:
      for (let flips = 1 + random.integer(3); flips > 0; flips -= 1) {
        const extremes = [0, 0xff, 0x7f, random.integer(256)]
        bytes[random.integer(bytes.length)] = extremes[random.integer(4)]!
      }
      return bytes
  }
}
