import type { ApiGatewayOperations } from '../../aws/models/apigateway-types.ts'
import { unsupported, type Handlers } from '../service.ts'
import type { ApiGatewayContext } from './context.ts'

const apiKeys = unsupported('API keys are not built; a method that requires one is closed')
const authorizers = unsupported('authorizers are not built; a method that names one is closed')
const basePaths = unsupported('custom domain names and their base path mappings are not built')
const documentation = unsupported(
  'OpenAPI definitions are not imported; create the parts one by one',
)
const domains = unsupported('custom domain names are not built')
const export_ = unsupported('definitions are not exported to OpenAPI')
const imports = unsupported('OpenAPI definitions are not imported; create the API call by call')
const sdks = unsupported('client SDKs are not generated')
const usagePlans = unsupported('usage plans are not built')

/** Operations of API Gateway that are not built, with what to tell who calls them. */
export const unsupportedOperations = {
  CreateApiKey: apiKeys,
  DeleteApiKey: apiKeys,
  GetApiKey: apiKeys,
  GetApiKeys: apiKeys,
  ImportApiKeys: apiKeys,
  UpdateApiKey: apiKeys,

  CreateAuthorizer: authorizers,
  DeleteAuthorizer: authorizers,
  GetAuthorizer: authorizers,
  GetAuthorizers: authorizers,
  TestInvokeAuthorizer: authorizers,
  UpdateAuthorizer: authorizers,

  CreateBasePathMapping: basePaths,
  DeleteBasePathMapping: basePaths,
  GetBasePathMapping: basePaths,
  GetBasePathMappings: basePaths,
  UpdateBasePathMapping: basePaths,


  ImportDocumentationParts: documentation,

  CreateDomainName: domains,
  CreateDomainNameAccessAssociation: domains,
  DeleteDomainName: domains,
  DeleteDomainNameAccessAssociation: domains,
  GetDomainName: domains,
  GetDomainNameAccessAssociations: domains,
  GetDomainNames: domains,
  RejectDomainNameAccessAssociation: domains,
  UpdateDomainName: domains,

  CreateUsagePlan: usagePlans,
  CreateUsagePlanKey: usagePlans,
  DeleteUsagePlan: usagePlans,
  DeleteUsagePlanKey: usagePlans,
  GetUsage: usagePlans,
  GetUsagePlan: usagePlans,
  GetUsagePlanKey: usagePlans,
  GetUsagePlanKeys: usagePlans,
  GetUsagePlans: usagePlans,
  UpdateUsage: usagePlans,
  UpdateUsagePlan: usagePlans,

  GetExport: export_,
  ImportRestApi: imports,
  PutRestApi: imports,

  GetSdk: sdks,
  GetSdkType: sdks,
  GetSdkTypes: sdks,
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>
