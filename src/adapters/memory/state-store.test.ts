import { slowConflictingStore } from '../../../test/contracts/slow-conflicting-store.ts'
import { stateStoreContract } from '../../../test/contracts/state-store.ts'
import { seededRandom, testSeed } from '../../../test/support/seeded-random.ts'
import { MemoryStateStore } from './state-store.ts'

stateStoreContract('MemoryStateStore', async () => new MemoryStateStore())

const seed = testSeed()

stateStoreContract(`slow and conflicting MemoryStateStore, seed ${seed}`, async () =>
  slowConflictingStore(new MemoryStateStore(), {
    random: seededRandom(seed),
    conflictShare: 0.3,
    turnsMax: 3,
  }),
)
