import { lambdaTable } from '../../aws/lambda-model.ts'
import { lambdaBodyBytesMax } from '../../aws/limits.ts'
import type { LambdaOperations } from '../../aws/models/lambda-types.ts'
import { defineService } from '../service.ts'
import { accountSettings } from './account-settings.ts'
import { aliases } from './aliases.ts'
import { concurrency } from './concurrency.ts'
import type { LambdaContext } from './context.ts'
import { functionUpdates } from './function-updates.ts'
import { functions } from './functions.ts'
import { invocations } from './invoke.ts'
import { layers } from './layers.ts'
import { permissions } from './permissions.ts'
import { tags } from './tags.ts'
import { unsupportedOperations } from './unsupported-operations.ts'
import { versions } from './versions.ts'

/**
 * AWS Lambda: each of its operations has a handler here or says why it has none.
 *
 * To add one: take its row out of `unsupported-operations.ts`, and write the handler in the file of its
 * resource. Without either this does not compile; with both a test fails.
 */
export const lambdaService = defineService<LambdaContext, LambdaOperations>(
  lambdaTable,
  {
    ...functions,
    ...functionUpdates,
    ...versions,
    ...aliases,
    ...permissions,
    ...invocations,
    ...concurrency,
    ...accountSettings,
    ...layers,
    ...tags,
    ...unsupportedOperations,
  },
  lambdaBodyBytesMax,
)
