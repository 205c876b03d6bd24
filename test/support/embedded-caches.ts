import {
  createStageCacheClusters,
  type OwnedStageCaches,
} from '../../src/adapters/shared-memory/stage-cache-clusters.ts'
import { attachStageCaches } from '../../src/adapters/shared-memory/stage-caches.ts'
import type { Clock } from '../../src/ports/clock.ts'

/** The caches of stages as one thread has them that is also their owner: none yet, `bytesMax` for all together. */
export function openEmbeddedCaches(
  clock: Clock,
  bytesMax = 64 * 1024 ** 2,
): {
  readonly caches: ReturnType<typeof attachStageCaches>
  readonly clusters: OwnedStageCaches
} {
  const caches = attachStageCaches({ token: 1, clock })
  const clusters = createStageCacheClusters({
    bytesMax,
    tell: (cache) => caches.attach(cache),
    onShortage: () => {},
    onReclaimed: () => {},
  })
  return { caches, clusters }
}
