import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { residentMb } from './cpu-time.ts'
import { freePort } from './proxies.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

const cache = join(root, 'node_modules', '.cache', 'stagedoor-compiled')

/** From the start of the server's process to `Ready.`, and its memory then; ten starts, from source. */
export async function measureStart(): Promise<void> {
  // The first one fills the cache; its worker writes a second after it began.
  await startOnce(1500)
  const times: number[] = []
  const memory: number[] = []
  for (let run = 0; run < 10; run += 1) {
    const { readyMs, megabytes } = await startOnce()
    times.push(readyMs)
    memory.push(megabytes)
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
  process.stdout.write(
    `\nStart: Ready. after ${median(times).toFixed(0)} ms (worst ${Math.max(...times).toFixed(0)}), ` +
      `${median(memory).toFixed(0)} MB resident (worst ${Math.max(...memory).toFixed(0)})\n`,
  )
}

async function startOnce(lingerMs = 0): Promise<{ readyMs: number; megabytes: number }> {
  const port = await freePort()
  const startedAt = performance.now()
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...[join(root, 'src', 'main.ts'), 'start', '--memory', '--port', String(port)],
    ],
    // As `npm start` does it: the compiled form of the sources is kept.
    { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, NODE_COMPILE_CACHE: cache } },
  )
  let output = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (/^Ready\.$/m.test(output)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}\n${output}`)))
  })
  const readyMs = performance.now() - startedAt
  const megabytes = residentMb(child.pid ?? 0)
  await new Promise((resolve) => setTimeout(resolve, lingerMs))
  child.removeAllListeners('exit')
  child.kill('SIGKILL')
  return { readyMs, megabytes }
}
