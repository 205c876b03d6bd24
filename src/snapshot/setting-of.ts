import type { CompiledMethod } from './compiled-deployment.ts'
import { findMethodSettingIn, type FoundMethodSetting } from './method-setting-table.ts'
import type { StageSnapshot } from './stage-snapshot.ts'

/**
 * The settings that a stage has for a method that a request found; undefined: it has none, and everything
 * is as AWS has it by default. Those of an ANY method are the settings of the request's own verb.
 *
 * Cost: two look-ups, no string is made.
 */
export function settingOf(
  { methodSettings }: StageSnapshot,
  { resourcePath, methodKey }: CompiledMethod,
  httpMethod: string,
): FoundMethodSetting | undefined {
  return findMethodSettingIn(
    methodSettings,
    resourcePath,
    methodKey === 'ANY' ? httpMethod : methodKey,
  )
}
