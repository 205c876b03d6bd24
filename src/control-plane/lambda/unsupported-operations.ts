import type { LambdaOperations } from '../../aws/models/lambda-types.ts'
import { unsupported, type Handlers } from '../service.ts'
import type { LambdaContext } from './context.ts'

const capacityProviders = unsupported('functions run on this machine alone')
const codeSigning = unsupported('signatures of code are not checked')
const durableExecutions = unsupported('durable executions are not built')
const eventInvokeConfigs = unsupported(
  "events are retried by AWS's defaults, which cannot be changed",
)
const eventSources = unsupported('no queues or streams are polled')
const functionUrls = unsupported('function URLs are not built; put an API in front of the function')
const layerPolicies = unsupported('layers are not shared with other accounts')
const provisioned = unsupported('no concurrency is provisioned')
const recursion = unsupported('loops of invocations are not looked for')
const resourcePolicies = unsupported(
  'resource policies are written statement by statement, with AddPermission',
)
const runtimeManagement = unsupported('a runtime is what the machine has')
const streaming = unsupported(
  'calls of the management API are answered whole; a function streams through a stage, with AWS_PROXY and STREAM',
)

/** Operations of Lambda that are not built, with what to tell who calls them. */
export const unsupportedOperations = {
  CreateCapacityProvider: capacityProviders,
  DeleteCapacityProvider: capacityProviders,
  GetCapacityProvider: capacityProviders,
  GetFunctionScalingConfig: capacityProviders,
  ListCapacityProviders: capacityProviders,
  ListFunctionVersionsByCapacityProvider: capacityProviders,
  PutFunctionScalingConfig: capacityProviders,
  UpdateCapacityProvider: capacityProviders,

  CreateCodeSigningConfig: codeSigning,
  DeleteCodeSigningConfig: codeSigning,
  DeleteFunctionCodeSigningConfig: codeSigning,
  GetCodeSigningConfig: codeSigning,
  GetFunctionCodeSigningConfig: codeSigning,
  ListCodeSigningConfigs: codeSigning,
  ListFunctionsByCodeSigningConfig: codeSigning,
  PutFunctionCodeSigningConfig: codeSigning,
  UpdateCodeSigningConfig: codeSigning,

  CheckpointDurableExecution: durableExecutions,
  GetDurableExecution: durableExecutions,
  GetDurableExecutionHistory: durableExecutions,
  GetDurableExecutionState: durableExecutions,
  ListDurableExecutionsByFunction: durableExecutions,
  SendDurableExecutionCallbackFailure: durableExecutions,
  SendDurableExecutionCallbackHeartbeat: durableExecutions,
  SendDurableExecutionCallbackSuccess: durableExecutions,
  StopDurableExecution: durableExecutions,

  DeleteFunctionEventInvokeConfig: eventInvokeConfigs,
  GetFunctionEventInvokeConfig: eventInvokeConfigs,
  ListFunctionEventInvokeConfigs: eventInvokeConfigs,
  PutFunctionEventInvokeConfig: eventInvokeConfigs,
  UpdateFunctionEventInvokeConfig: eventInvokeConfigs,

  CreateEventSourceMapping: eventSources,
  DeleteEventSourceMapping: eventSources,
  GetEventSourceMapping: eventSources,
  ListEventSourceMappings: eventSources,
  UpdateEventSourceMapping: eventSources,

  CreateFunctionUrlConfig: functionUrls,
  DeleteFunctionUrlConfig: functionUrls,
  GetFunctionUrlConfig: functionUrls,
  ListFunctionUrlConfigs: functionUrls,
  UpdateFunctionUrlConfig: functionUrls,

  InvokeWithResponseStream: streaming,

  AddLayerVersionPermission: layerPolicies,
  GetLayerVersionPolicy: layerPolicies,
  RemoveLayerVersionPermission: layerPolicies,

  DeleteProvisionedConcurrencyConfig: provisioned,
  GetProvisionedConcurrencyConfig: provisioned,
  ListProvisionedConcurrencyConfigs: provisioned,
  PutProvisionedConcurrencyConfig: provisioned,

  GetFunctionRecursionConfig: recursion,
  PutFunctionRecursionConfig: recursion,

  DeleteResourcePolicy: resourcePolicies,
  GetResourcePolicy: resourcePolicies,
  PutResourcePolicy: resourcePolicies,

  GetRuntimeManagementConfig: runtimeManagement,
  PutRuntimeManagementConfig: runtimeManagement,
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>
