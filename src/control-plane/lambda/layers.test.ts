import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { testLambda } from '../../../test/support/lambda-context.ts'
import { layers } from './layers.ts'
import { codeInUse } from './load-functions.ts'

const deps = (text: string) => ({
  LayerName: 'deps',
  Content: { ZipFile: new TextEncoder().encode(`PK${text}`) },
})

describe('PublishLayerVersion()', () => {
  test('gives every version its own number when several are published at a time', async () => {
    const { context } = testLambda()
    const texts = ['a', 'b', 'c', 'd']
    const published = await Promise.all(
      texts.map((text) => layers.PublishLayerVersion(deps(text), context)),
    )
    const numbers = published.map(({ Version = 0 }) => Version)
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      [1, 2, 3, 4],
    )
  })

  test('claims its zip, until nobody names it', async () => {
    const { context } = testLambda()
    const { Content } = await layers.PublishLayerVersion(deps('a'), context)
    const [sha256] = await codeInUse(context.store)
    assert.ok(Content?.Location?.endsWith(`/${sha256}`))
    await layers.DeleteLayerVersion({ LayerName: 'deps', VersionNumber: 1 }, context)
    assert.equal((await codeInUse(context.store)).size, 0)
  })

  test('belongs to its account and region', async () => {
    const { context, seenFrom } = testLambda()
    await layers.PublishLayerVersion(deps('a'), context)
    for (const other of [
      seenFrom({ region: 'eu-west-1' }),
      seenFrom({ account: '111111111111' }),
    ]) {
      assert.deepEqual((await layers.ListLayers({}, other)).Layers, [])
      assert.equal((await layers.PublishLayerVersion(deps('b'), other)).Version, 1)
    }
  })
})

describe('ListLayerVersions()', () => {
  test('goes on behind its marker, from the tenth version to the ninth', async () => {
    const { context } = testLambda()
    for (let count = 0; count < 11; count += 1) {
      await layers.PublishLayerVersion(deps('a'), context)
    }
    const numbers: (number | undefined)[] = []
    let Marker: string | undefined
    do {
      const page = await layers.ListLayerVersions(
        { LayerName: 'deps', MaxItems: 4, Marker },
        context,
      )
      numbers.push(...(page.LayerVersions ?? []).map(({ Version }) => Version))
      Marker = page.NextMarker
    } while (Marker !== undefined)
    assert.deepEqual(numbers, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  })
})
