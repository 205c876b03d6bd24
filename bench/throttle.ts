import { admittedBounds, runOpenLoop } from '../test/support/open-loop.ts'
import { startRedisServer } from '../test/support/redis-server.ts'
import { startGateway, type RunningGateway } from '../test/support/running-gateway.ts'
import { publishThrottled } from '../test/support/throttled-api.ts'

const limit = { rate: 100, burst: 50 }
const perSecond = 1000

/**
 * How exact a throttle of 100 requests a second with a burst of 50 is under 1,000 requests a second: on one
 * worker, on two, and on two gateways that share a Redis. In 20 seconds it lets 2,050 through.
 */
export async function measureThrottle(seconds: number): Promise<void> {
  await report('1 worker', seconds, [[]])
  await report('2 workers', seconds, [['--workers', '2']])
  const redis = await startRedisServer().catch(() => undefined)
  if (redis === undefined) return void process.stdout.write('redis-server is not here\n')
  const flags = ['--redis-url', redis.url]
  await report('2 gateways on one Redis', seconds, [flags, flags])
  await redis.stop()
}

async function report(
  name: string,
  seconds: number,
  flagsOfEach: readonly (readonly string[])[],
): Promise<void> {
  const gateways: RunningGateway[] = []
  for (const flags of flagsOfEach) {
    gateways.push(await startGateway({ arguments: ['--memory', ...flags] }))
  }
  const urls = await Promise.all(gateways.map(({ endpoint }) => publishThrottled(endpoint, limit)))
  const answers = await runOpenLoop({ urls, perSecond, seconds })
  await Promise.all(gateways.map((gateway) => gateway[Symbol.asyncDispose]()))
  const admitted = answers.filter(({ status }) => status === 200).length
  const refused = answers.filter(({ status }) => status === 429).length
  const expected = limit.burst + limit.rate * seconds
  const off = ((100 * (admitted - expected)) / expected).toFixed(2)
  const { atLeast, atMost } = admittedBounds(answers, limit)
  process.stdout.write(
    `${name}: ${admitted} of ${answers.length} admitted in ${seconds} s (${expected} expected: ` +
      `${off}%), ${refused} refused; by the time that went by ${atLeast.toFixed(1)} to ` +
      `${atMost.toFixed(1)}\n`,
  )
}
