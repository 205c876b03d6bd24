import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryWatch } from './memory-watch.ts'

test('a program is believed to be over its memory when it has had time to become one', async (t) => {
  const watch = createMemoryWatch()
  t.after(() => watch.close())
  const order = { pid: process.pid, isIdle: () => false }
  // Looks are under way when the other program comes.
  const firstLook = Promise.withResolvers<void>()
  watch.add({ ...order, pid: process.ppid, limitBytes: 0, over: firstLook.resolve })
  await firstLook.promise
  const ageMs = await new Promise<number>((resolve) => {
    setTimeout(() => {
      const sinceMs = performance.now()
      const over = () => resolve(performance.now() - sinceMs)
      watch.add({ ...order, limitBytes: 0, over })
    }, 50)
  })
  assert.ok(ageMs >= 100, `${ageMs} ms old`)
})
