import table from './models/lambda.json' with { type: 'json' }
import type { OperationTable } from './operation-model.ts'

// The compiler widens the words of a JSON file to string; the generator writes this very type.
/** The table of AWS Lambda: every operation of `lambda`. */
export const lambdaTable = table as OperationTable
