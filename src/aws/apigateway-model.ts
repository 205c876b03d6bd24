import table from './models/apigateway.json' with { type: 'json' }
import { compileModel, type OperationTable, type ServiceModel } from './operation-model.ts'

// The compiler widens the words of a JSON file to string; the generator writes this very type.
/** The table of Amazon API Gateway: every operation of `apigateway`. */
export const apiGatewayTable = table as OperationTable

/** The table made ready to read and write messages with. */
export function compileApiGatewayModel(): ServiceModel {
  return compileModel(apiGatewayTable)
}
