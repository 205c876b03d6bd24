import { runScripted } from './run-scripted.ts'

// Begins as it should, and can apply nothing afterwards.
runScripted((count) => (count === 1 ? [] : [{ restApiId: 'a', stageName: 'prod', detail: 'no' }]))
