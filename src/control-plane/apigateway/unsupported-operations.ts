import type { ApiGatewayOperations } from '../../aws/models/apigateway-types.ts'
import { unsupported, type Handlers } from '../service.ts'
import type { ApiGatewayContext } from './context.ts'

const authorizers = unsupported('authorizers are not built; a method that names one is closed')
const basePaths = unsupported('custom domain names and their base path mappings are not built')
const documentation = unsupported(
  'OpenAPI definitions are not imported; create the parts one by one',
)
const domains = unsupported('custom domain names are not built')
const export_ = unsupported('definitions are not exported to OpenAPI')
const imports = unsupported('OpenAPI definitions are not imported; create the API call by call')
const sdks = unsupported('client SDKs are not generated')

/** Operations of API Gateway that are not built, with what to tell who calls them. */
export const unsupportedOperations = {
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

  GetExport: export_,
  ImportRestApi: imports,
  PutRestApi: imports,

  GetSdk: sdks,
  GetSdkType: sdks,
  GetSdkTypes: sdks,
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>
