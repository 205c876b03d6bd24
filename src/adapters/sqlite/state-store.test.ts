import { stateStoreContract } from '../../../test/contracts/state-store.ts'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { openSqliteStateStore } from './state-store.ts'

stateStoreContract('SqliteStateStore', async (t) =>
  openSqliteStateStore({ dataDir: temporaryDirectory(t) }),
)
