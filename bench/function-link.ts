import {
  MessageChannel,
  parentPort,
  Worker,
  workerData,
  type MessagePort,
} from 'node:worker_threads'
import type { FunctionInvocation } from '../src/ports/functions.ts'
import { createFunctionLink, serveFunctionLink } from '../src/server/functions/function-link.ts'

/*
 * Round trips between two threads through a function link, 1 KB each way, against an echo:
 * `node bench/function-link.ts`. What the way to the functions thread costs, without any function.
 */

interface Setting {
  readonly role: 'caller' | 'echo'
  readonly port: MessagePort
  readonly atOnce: number
}

const seconds = 2
const invocation: FunctionInvocation = {
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:greet:PROD',
  caller: {
    kind: 'service',
    service: 'apigateway.amazonaws.com',
    sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:abcdefghij/prod/GET/hello/{name}',
    sourceAccount: '000000000000',
  },
  invocationType: 'RequestResponse',
  payload: 'x'.repeat(1024),
  traceId: 'Root=1-67891233-abcdef012345678912345678',
  logTail: false,
  timeoutMs: 29_000,
}

async function call({ port, atOnce }: Setting): Promise<void> {
  const link = createFunctionLink(() => link.connect(port))
  let count = 0
  const run = async (untilMs: number) => {
    const caller = async () => {
      while (performance.now() < untilMs) {
        await link.invoke(invocation)
        count += 1
      }
    }
    await Promise.all(Array.from({ length: atOnce }, caller))
  }
  await run(performance.now() + 500)
  count = 0
  const startMs = performance.now()
  const cpu = process.cpuUsage()
  await run(startMs + seconds * 1000)
  const { user, system } = process.cpuUsage(cpu)
  const perSecond = Math.round((count / (performance.now() - startMs)) * 1000)
  parentPort?.postMessage({
    atOnce,
    perSecond,
    cpuUs: Number(((user + system) / count).toFixed(1)),
  })
}

function echo({ port }: Setting): void {
  serveFunctionLink(port, {
    invoke: async ({ payload }) => ({
      outcome: 'answered',
      status: 200,
      payload,
      executedVersion: '1',
      requestId: '00000000-0000-0000-0000-000000000000',
    }),
  })
}

async function measure(atOnce: number): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const start = (role: Setting['role'], port: MessagePort) =>
    new Worker(new URL(import.meta.url), {
      workerData: { role, port, atOnce },
      transferList: [port],
    })
  const threads = [start('caller', port1), start('echo', port2)]
  console.log(JSON.stringify(await new Promise((resolve) => threads[0]?.once('message', resolve))))
  await Promise.all(threads.map((thread) => thread.terminate()))
}

if (parentPort === null) for (const atOnce of [1, 64]) await measure(atOnce)
else {
  // `measure` gives it.
  const setting = workerData as Setting
  if (setting.role === 'caller') await call(setting)
  else echo(setting)
}
