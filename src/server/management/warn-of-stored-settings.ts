import type { DefinitionHash } from '../../aws/identifiers.ts'
import { loadStages } from '../../control-plane/apigateway/stages/load-stages.ts'
import { unreachableServices } from '../../control-plane/apigateway/deployments/unreachable-services.ts'
import {
  unenforcedOfDefinition,
  unenforcedOfStage,
  warnUnenforced,
} from '../../control-plane/apigateway/unenforced-settings.ts'
import { loadVpcLinks } from '../../control-plane/apigateway/vpc-links/load-vpc-links.ts'
import { warnUnreachable } from '../../control-plane/apigateway/vpc-links/unreachable-vpc-links.ts'
import type { AwsServicePlaces } from '../../ports/aws-services.ts'
import type { OperatorLog } from '../../ports/operator-log.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { VpcLinkTargets } from '../../ports/vpc-link-targets.ts'
import { decodeDefinition } from '../../snapshot/definition-codec.ts'

/**
 * Tells the operator which settings of the stages that are served act on nothing yet, and which VPC links
 * lead nowhere, and which AWS services cannot be called: at every start, as at every write.
 *
 * Runs beside the serving of requests: a definition at a time.
 */
export async function warnOfStoredSettings(
  store: StateStore,
  log: OperatorLog,
  places: { readonly vpcLinkTargets: VpcLinkTargets; readonly awsServices: AwsServicePlaces },
): Promise<void> {
  const { vpcLinkTargets, awsServices } = places
  for await (const link of loadVpcLinks(store)) warnUnreachable(log, link, vpcLinkTargets)
  const seen = new Set<DefinitionHash>()
  for await (const { stage, declaration } of loadStages(store)) {
    const { restApiId, stageName, definitionHash, canary } = declaration
    const fields = { restApiId, stage: stageName }
    warnUnenforced(log, fields, unenforcedOfStage(stage))
    for (const hash of [definitionHash, ...(canary === undefined ? [] : [canary.definitionHash])]) {
      if (seen.has(hash)) continue
      seen.add(hash)
      const bytes = await store.findBlob(hash)
      if (bytes === undefined) continue
      const definition = decodeDefinition(bytes)
      warnUnenforced(log, fields, unenforcedOfDefinition(definition))
      const { account } = declaration
      for (const { method, reason } of unreachableServices(definition, account, awsServices)) {
        log.warn('aws-service-out-of-reach', { ...fields, method, detail: `${reason}.` })
      }
    }
  }
}
